"""What the command line prints for people; for programs it prints the contract's JSON.

Chart text goes to the terminal without control characters, so that no record can move the
cursor, change colours or set a title.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.desk import verdict
from pipelines.records.answers import Answer
from pipelines.records.ledger import LedgerCheck, LogEntry
from pipelines.records.patients import WorklistRow

if TYPE_CHECKING:
    from pipelines.settings import Settings

# What some readers take for the end of a line; JSON escapes all others by itself.
LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def json_line(value: object) -> None:
    """Exactly one JSON value on stdout."""
    sys.stdout.buffer.write(encoded(value))
    sys.stdout.flush()


def encoded(value: object) -> bytes:
    """One line of JSON as UTF-8, whoever counts lines; a lone surrogate is no crash."""
    line = json.dumps(value, ensure_ascii=False)
    try:
        return line.translate(LINE_ENDS).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(value).encode() + b"\n"


def pretty(value: object) -> None:
    """A JSON object for reading."""
    text(json.dumps(value, ensure_ascii=False, indent=2))


def text(words: str, end: str = "\n") -> None:
    """Text on stdout, as UTF-8 whatever the terminal says, without control characters."""
    clean = "".join(c for c in words if c in "\n\t" or (c.isprintable() or c == "\u00a0"))
    sys.stdout.buffer.write((clean + end).encode("utf-8", "replace"))
    sys.stdout.flush()


def raw(words: str) -> None:
    """Redacted text, letter for letter."""
    sys.stdout.buffer.write(words.encode("utf-8", "surrogatepass"))
    sys.stdout.flush()


def bare(piece: bytes) -> None:
    """A piece of a JSON value that is written as it is made."""
    sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def patients(rows: Sequence[WorklistRow]) -> None:
    """One row a patient."""
    if not rows:
        text("No patients are loaded.")
    for row in rows:
        person = row.patient
        age = "?" if row.age_years is None else str(row.age_years)
        seen = row.last_encounter.day if row.last_encounter else "no encounter"
        incomplete = f"  incomplete: {row.refused_count} refused" if row.refused_count else ""
        text(
            f"{person.patient_id}  {person.name}  {age} y  {person.sex or '?'}  "
            f"MRN {person.mrn or '-'}  {seen}  {row.problem_count} problems{incomplete}"
        )


def answer(made: Answer) -> None:
    """The answer, then each source on a line."""
    text(made.answer)
    if made.understood is not None and made.understood.line:
        text(f"  understood as: {made.understood.line}")
    if made.understood is not None and made.understood.nearest:
        near = "; ".join(one.label for one in made.understood.nearest)
        text(f"  did you mean: {near}")
    shown = [item for item in made.statements if item.support != "unverified"]
    cited = {citation.n: citation for item in shown for citation in item.citations}
    for number in sorted(cited):
        item = cited[number]
        text(f"  [{number}] {item.title}, {item.date or 'no date'}, {item.resource}: {item.quote}")
    if not cited and made.searched:
        text("  searched: " + "; ".join(made.searched))
    for note in (made.notice, made.incomplete and f"This chart is incomplete: {made.incomplete}."):
        if note:
            text(f"  {note}")
    for other in made.differences:
        text(f"  ⚠ two values for {other.what}: the model says: {other.model}")
        text(f"    the chart's own result says: {other.chart}")
    if made.offers_embedded:
        text(f"  {verdict.OFFER} Ask again with --engine embedded.")
    text(f"  {verdict.said(made)}")
    if made.status == "answered":
        text(f"  {verdict.MEANS}")
    text(f"  as of {made.as_of} · {verdict.writer(made)} · log {made.log_id}")


def entries(listed: Sequence[LogEntry]) -> None:
    """One line an entry."""
    if not listed:
        text("The log is empty.")
    for entry in listed:
        text(
            f"{entry.seq:>6}  {entry.time}  {entry.action:<9} {entry.reader}  "
            f"{entry.patient or '-'}  {entry.entry_id}"
        )


def broken_sentence(check: LedgerCheck) -> str:
    """The one sentence that names the first broken entries."""
    named = ", ".join(f"entry {item.seq} {item.what}" for item in check.broken[:5])
    more = f" and {len(check.broken) - 5} more" if len(check.broken) > 5 else ""
    return f"The log was tampered with: {named}{more}."


def settings(values: Settings, site: tuple[tuple[str, str], ...], *, as_json: bool) -> None:
    """Each setting, its value and its source; then the site's own tables."""
    table = {
        name.upper(): {"value": _plain(getattr(values, name)), "source": source}
        for name, source in values.sources.items()
    }
    if as_json:
        json_line({**table, "overrides": [{"file": f, "state": s} for f, s in site]})
        return
    for name, item in table.items():
        text(f"{name} = {item['value']}  ({item['source']})")
    for file, state in site:
        text(f"site/{file}: {state}")


def demo_model(url: str, *, as_json: bool) -> None:
    """Where the scripted server listens."""
    if as_json:
        json_line({"server": url, "scripted": True})
    else:
        text(f"Scripted server (no real model) at {url}; stop it with Ctrl-C.")


def serving(url: str, *, as_json: bool) -> None:
    """Where the app listens."""
    if as_json:
        json_line({"url": url})
    else:
        text(f"Chartroom at {url}; stop it with Ctrl-C.")


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return ",".join(str(item) for item in value)
    return value if isinstance(value, int | float | str) or value is None else str(value)
