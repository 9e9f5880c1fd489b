"""Evidence written by hand, for tests of the judge and of the model writer."""

from __future__ import annotations

import hashlib
from datetime import datetime

from pipelines.records.answers import Computation, Draft, DraftSentence, Statement
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.facts import Fact, Passage, ReferenceRange
from pipelines.records.moments import Moment


def moment(written: str) -> Moment:
    """A moment as written; its instant is taken as UTC, which is enough here."""
    return Moment(datetime.fromisoformat(written[:19].ljust(10, "0")), written)


def lab(
    name: str, written: float | str, unit: str | None, when: str, flag: str | None = None
) -> Evidence:
    """One result, `written` as in `5.9` or `<0.5`; its line is as `answers.evidence` writes it."""
    day = moment(when)
    words = f"{written} {unit or ''}".strip()
    comparator = "<" if str(written).startswith("<") else None
    value = float(str(written).lstrip("<"))
    levels = {"H": " (high)", "L": " (low)", "HH": " (critically high)", "LL": " (critically low)"}
    fact = Fact(
        resource=f"Observation/{name.lower().replace(' ', '-')}-{day.clock[:16].replace(' ', 't')}",
        kind="lab",
        display=name,
        path="valueQuantity",
        quote=words,
        concept=name.lower(),
        value=value,
        value_text=str(written),
        comparator=comparator,
        unit=unit,
        flag=flag,
        flag_source="range",
        reference_range=ReferenceRange(),
        when=day,
    )
    return of_fact(fact, f"{name} {words}{levels.get(flag or '', '')} {day.clock}")


def fact(kind: str, name: str, line: str, when: str | None = None, **more: str) -> Evidence:
    """One fact of any other kind."""
    return of_fact(
        Fact(
            resource=f"{kind.title()}/{name.lower().replace(' ', '-')}",
            kind=kind,
            display=name,
            path="code.text",
            quote=name,
            when=moment(when) if when else None,
            **more,  # type: ignore[arg-type]
        ),
        line,
    )


def of_fact(made: Fact, line: str) -> Evidence:
    """A fact as unnumbered evidence."""
    date = made.when.written if made.when else None
    return Evidence(0, made.kind, line, made.display, date, made.quote, sha(made.quote), fact=made)


def note(text: str, when: str = "2026-11-22T08:00:00+00:00", start: int = 100) -> Evidence:
    """One passage of a note, which begins at offset `start` of it."""
    passage = Passage(
        passage_id=f"p{start}",
        resource="DocumentReference/n1",
        heading="Assessment",
        title="Progress note",
        author=None,
        when=moment(when),
        start=start,
        end=start + len(text),
        text=text,
        note_sha256=sha(text),
        path="content[0].attachment.data",
    )
    line = " ".join(text.split())
    return Evidence(0, "note", line, "Progress note", when, text, sha(text), passage=passage)


def sha(text: str) -> str:
    """The digest of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def evidence(*items: Evidence) -> EvidenceSet:
    """The items, numbered from 1."""
    numbered = (
        Evidence(n, i.kind, i.line, i.title, i.date, i.text, i.sha256, i.fact, i.passage)
        for n, i in enumerate(items, start=1)
    )
    return EvidenceSet(tuple(numbered), ("Observation, whole chart",))


def drafted(text: str, *cites: int, computation: Computation | None = None) -> Draft:
    """A draft of one sentence."""
    return Draft(True, (DraftSentence(text, cites, computation),))


def only(statements: tuple[Statement, ...]) -> Statement:
    """The one statement."""
    assert len(statements) == 1, statements
    return statements[0]


POTASSIUM = lab("Potassium", 5.9, "mmol/L", "2026-11-22T05:30:00+00:00", "H")
EARLIER_POTASSIUM = lab("Potassium", 4.4, "mmol/L", "2026-11-20T05:00:00+00:00")
SODIUM = lab("Sodium", 139.0, "mmol/L", "2026-11-22T05:30:00+00:00")
GLUCOSE = lab("Glucose", 182.0, "mg/dL", "2026-11-21T06:00:00+00:00", "H")
TROPONIN = lab("Troponin I", "<0.5", "ng/mL", "2026-11-22T05:30:00+00:00")
METFORMIN = fact(
    "medication", "Metformin 500 mg tablet",
    "Metformin 500 mg tablet, active, since 2024-03-01", "2024-03-01", status="active",
)  # fmt: skip
