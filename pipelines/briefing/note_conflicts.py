"""Sentences of notes that the record, or another note, contradicts.

Copied-forward text is the commonest way for a chart to lie: "Foley in place" two days after it
came out, "4 L NC" on room air, "full code" after a DNR order. Such a sentence is never lifted as
what holds. Where a person has to act (code status, directive, a medicine that one note denies and
another reports) both sides are told, word for word, and nothing decides who is right. What cannot
be compared (no device, no flow charted) is no conflict.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from pipelines.briefing import wording
from pipelines.briefing.note_values import Known, known_values, misstated
from pipelines.charts import devices, labs, notes, passages
from pipelines.charts.code_states import contradict
from pipelines.charts.code_status import code_status
from pipelines.records.chart import Chart
from pipelines.records.consents import CodeStatement
from pipelines.records.devices import Device
from pipelines.records.facts import Fact, Note, Passage

TABLE = Path(__file__).with_name("note_conflicts.toml")
WISH = "wish"
CODE, DIRECTIVE, DEVICE, OXYGEN, DENIED, VALUE = (
    "code status",
    "directive",
    "device",
    "oxygen",
    "medicine",
    "value",
)
FLOW = "oxygen_flow"


@dataclass(frozen=True, slots=True)
class Differs:
    """A sentence of a note, what it is about, and what says otherwise."""

    passage: Passage
    about: str
    says: str
    facts: tuple[Fact, ...] = ()
    other: Passage | None = None


class Record:
    """The notes of a chart and what they are compared with, each read once and only if needed."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """Every note by the as-of, the newest first."""
        return notes.notes(self._chart)

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Every sentence of them, the oldest first."""
        return passages.passages(self._chart) if self.notes else ()

    @cached_property
    def current(self) -> tuple[CodeStatement, ...]:
        """What holds of the code status."""
        return code_status(self._chart).current

    @cached_property
    def uses(self) -> tuple[Device, ...]:
        """Every statement that a device is or was in use."""
        return tuple(one for one in devices.devices(self._chart) if one.form == "use")

    @cached_property
    def values(self) -> Known:
        """The laboratory results."""
        return known_values(self._chart)

    @cached_property
    def flows(self) -> tuple[Fact, ...]:
        """The charted flows of oxygen, in L/min."""
        keys = [kind.code_key for kind in labs.kinds(self._chart) if kind.concept == FLOW]
        return labs.results(self._chart, keys) if keys else ()

    def differs(self, passage: Passage) -> Differs | None:
        """What says otherwise than this sentence; None where nothing does."""
        return (
            _code(self.current, passage)
            or _directive(self.current, passage)
            or _device(self.uses, passage)
            or _oxygen(self.flows, passage)
            or _value(self.values, passage)
        )

    def wish(self, passage: Passage) -> Differs | None:
        """Words against resuscitation that came after an order for it; the order still stands."""
        text = passage.text
        if not _re("wish", "about").search(text) or not _re("wish", "against").search(text):
            return None
        for said in self.current:
            when = said.fact.when
            earlier = when is not None and passage.when is not None and when <= passage.when
            if earlier and contradict((said.state, "DNR")):
                return Differs(passage, WISH, said.wording or said.fact.display, (said.fact,))
        return None


def _value(known: Known, passage: Passage) -> Differs | None:
    fact = misstated(known, passage)
    if fact is None:
        return None
    name, unit = wording.name(fact), wording.unit(fact)
    said = f"{name} {wording.numbers([fact])[0]}{'' if unit.strip() == name else unit}"
    return Differs(passage, VALUE, f"{said}, {wording.clock(fact.when)}", (fact,))


def only_states_code(text: str) -> bool:
    """Whether a sentence is a bare code status, which the record tells better."""
    return _stated(text) is not None and not _re("code_told", "changed").search(text)


def is_a_denial(text: str) -> bool:
    """Whether a sentence denies a medicine or habit that people are asked about more than once."""
    return any(re.search(one["denies"], text, re.IGNORECASE) for one in _table()["denied"])


def denied(passages: Sequence[Passage]) -> Iterator[Differs]:
    """Denials of one note that another note's sentence contradicts, the first sentence of each."""
    for rule in _table()["denied"]:
        denials = [p for p in passages if re.search(rule["denies"], p.text, re.IGNORECASE)]
        taken = [p for p in passages if _is_taken(rule, p)]
        for denial in denials[-1:]:
            for other in taken:
                if other.resource != denial.resource and _close(denial, other):
                    yield Differs(denial, DENIED, str(rule["thing"]), other=other)
                    break


def _is_taken(rule: dict[str, str], passage: Passage) -> bool:
    found = re.search(rule["takes"], passage.text, re.IGNORECASE) is not None
    return found and not _re("denied_told", "not_taken").search(passage.text)


def _close(first: Passage, second: Passage) -> bool:
    if first.when is None or second.when is None:
        return False
    gap = abs(first.when.instant - second.when.instant)
    return gap <= timedelta(days=_table()["denied_told"]["days"])


def _code(current: Iterable[CodeStatement], passage: Passage) -> Differs | None:
    state = _stated(passage.text)
    if state is None or _re("code_told", "changed").search(passage.text):
        return None
    for said in current:
        later = said.fact.when is None or passage.when is None or passage.when >= said.fact.when
        if later and contradict((state, said.state)):
            return Differs(passage, CODE, said.wording or said.fact.display, (said.fact,))
    return None


def _stated(text: str) -> str | None:
    """The code status that a sentence names, None where it names none or several."""
    found = {one["state"] for one in _table()["code"] if re.search(one["says"], text, re.I)}
    return str(found.pop()) if len(found) == 1 else None


def _directive(current: Iterable[CodeStatement], passage: Passage) -> Differs | None:
    if not _re("directive", "denies").search(passage.text):
        return None
    for said in current:
        earlier = said.fact.when and passage.when and said.fact.when <= passage.when
        if said.source == "consent" and earlier:
            return Differs(passage, DIRECTIVE, said.wording or said.fact.display, (said.fact,))
    return None


def _device(uses: Sequence[Device], passage: Passage) -> Differs | None:
    present, gone = _re("device_told", "present"), _re("device_told", "gone")
    if passage.when is None or not present.search(passage.text) or gone.search(passage.text):
        return None
    for rule in _table()["device"]:
        if not re.search(rule["note"], passage.text, re.IGNORECASE):
            continue
        mine = [one for one in uses if re.search(rule["device"], one.fact.display, re.IGNORECASE)]
        if mine and all(_is_over(one, passage) for one in mine):
            last = max(mine, key=lambda one: one.used_end.instant if one.used_end else 0)
            says = f"{last.fact.display} until {wording.clock(last.used_end)}"
            return Differs(passage, DEVICE, says, (last.fact,))
    return None


def _is_over(use: Device, passage: Passage) -> bool:
    return (
        use.used_end is not None
        and passage.when is not None
        and use.used_end.instant < passage.when.instant
    )


def _oxygen(flows: Sequence[Fact], passage: Passage) -> Differs | None:
    if passage.when is None or _re("oxygen", "elsewhere").search(passage.text):
        return None
    stated = _litres(passage.text)
    before = [f for f in flows if f.when and f.when.instant <= passage.when.instant]
    if stated is None or not before or before[-1].when is None or before[-1].value is None:
        return None
    rules = _table()["oxygen"]
    if passage.when.instant - before[-1].when.instant > timedelta(hours=rules["hours"]):
        return None
    if abs(stated - before[-1].value) < rules["least_litres"]:
        return None
    return Differs(passage, OXYGEN, f"oxygen flow {before[-1].value:g} L/min", (before[-1],))


def _litres(text: str) -> float | None:
    match = _re("oxygen", "flow").search(text)
    if match is not None:
        return float(match["litres"])
    return 0.0 if _re("oxygen", "air").search(text) else None


@lru_cache(maxsize=32)
def _re(group: str, name: str) -> re.Pattern[str]:
    return re.compile(_table()[group][name], re.IGNORECASE)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
