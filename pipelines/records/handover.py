"""A briefing on its way to another person: a model's narrative, when it was last looked at, forms.

Plain values between briefing, desk and pages. Nothing here decides what is true: every statement
was judged before it came here, and a form only says where each stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.answers import Briefing, Statement
from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class Look:
    """The last time a reader opened a briefing of this chart.

    `at` is the ledger's time of it (UTC, ISO 8601), `as_of` where the chart ended for that look,
    `file_id` the newest file that the store held then, None where the entry does not say.
    """

    at: str
    as_of: Moment
    file_id: int | None
    log_id: str


@dataclass(frozen=True, slots=True)
class FormGroup:
    """The statements of one section of the briefing, under its name.

    `above` is how many further lines of the section stand further up in the form.
    """

    name: str
    statements: tuple[Statement, ...]
    above: int = 0

    @property
    def heading(self) -> str:
        """The name, and how many lines of the section stand above."""
        return f"{self.name} ({self.above} more above)" if self.above else self.name


@dataclass(frozen=True, slots=True)
class FormPart:
    """One heading of a hand-over form with the sections whose statements stand under it.

    `code` is the LOINC code of the section or None; `missing` says what stands there in place of
    statements; `for_human` marks a part that no code may fill; `unsaid` names the sections of the
    part that have no line, each with the reason ("Allergies: not in this chart"), and those whose
    lines all stand further up in the form ("Vital signs: 2 lines stand above").
    """

    title: str
    code: str | None
    groups: tuple[FormGroup, ...]
    missing: str | None = None
    for_human: bool = False
    unsaid: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements of the part, in order."""
        return tuple(item for group in self.groups for item in group.statements)

    @property
    def has_names(self) -> bool:
        """Whether the sections need their names: where the part's title does not say it."""
        return any(group.heading != self.title for group in self.groups)


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A briefing in the order of a form: its key, its title, its parts."""

    key: str
    title: str
    parts: tuple[FormPart, ...]


@dataclass(frozen=True, slots=True)
class HandoverHeader:
    """What stands on every page that is handed over: whose chart, which window, when it was made.

    `allergies` are the words of one of the four states; `printed_at` is the wall clock, UTC.
    """

    name: str
    mrn: str
    birth_date: str
    person: str
    allergies: str
    window: str
    as_of: str
    printed_at: str
    reader: str
    log_id: str


@dataclass(frozen=True, slots=True)
class HandOut:
    """What was given out: its text, a file name without PHI, and the entry that was made first."""

    text: str
    file_name: str
    log_id: str


@dataclass(frozen=True, slots=True)
class ListItem:
    """One patient of a list: the briefing, or the one sentence that says why there is none."""

    patient_id: str
    briefing: Briefing | None
    failed: str | None = None
