"""A reader's saved lists of patients: by hand, by where they lie, or by a rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ListKind = Literal["hand", "location", "rule"]
RuleForm = Literal["rise", "fall", "above", "below", "news2", "kdigo"]


@dataclass(frozen=True, slots=True)
class ListRule:
    """What a patient's record must say to be on a list, as of the end of that record.

    `form`: `rise` and `fall` are a change of at least `amount` within `hours`; `above` and `below`
    judge the newest result if it is no older than `hours`; `news2` and `kdigo` are "at least".
    `concept` and `unit` (UCUM) are empty for scores, `hours` is 0 for them.
    """

    form: RuleForm
    amount: float
    concept: str = ""
    unit: str = ""
    hours: int = 0
    title: str = ""

    @property
    def text(self) -> str:
        """`Creatinine up ≥ 0.3 mg/dL in 48 h`, `Potassium > 5.5 mmol/L, newest of 24 h`."""
        amount = f"{self.amount:g} {self.unit}".strip()
        if self.form in ("rise", "fall"):
            word = "up" if self.form == "rise" else "down"
            return f"{self.title} {word} ≥ {amount} in {self.hours} h"
        if self.form in ("above", "below"):
            sign = ">" if self.form == "above" else "<"
            return f"{self.title} {sign} {amount}, newest of {self.hours} h"
        return f"{self.title} ≥ {amount}"


@dataclass(frozen=True, slots=True)
class OfferedRule:
    """A rule that may be chosen, with the bounds within which a reader may change it."""

    key: str
    rule: ListRule
    least: float
    most: float
    step: float
    source: str


@dataclass(frozen=True, slots=True)
class SavedList:
    """One list of one reader; what is filled besides `name` depends on `kind`."""

    list_id: str
    name: str
    kind: ListKind
    patients: tuple[str, ...] = ()
    location: str | None = None
    rule: ListRule | None = None


EditKind = Literal["hand", "location", "rule", "rename", "delete", "members"]


@dataclass(frozen=True, slots=True)
class ListEdit:
    """What a reader asks to be done to the lists; `kind` says which of the other parts count."""

    kind: EditKind
    name: str = ""
    patients: tuple[str, ...] = ()
    location: str = ""
    rule_key: str = ""
    amount: float = 0.0
    hours: int = 0
