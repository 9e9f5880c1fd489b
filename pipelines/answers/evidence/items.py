"""How facts become numbered items: one line each, with kind, date and the fact as written.

The line of a result is `Potassium 5.9 mmol/L (high) 2026-11-22 05:30`; that of anything else is
the very sentence an answer shows, so that the judge compares like with like. Units are shown as
clinicians write them; numbers are the record's own, only a trailing `.0` goes.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.verify.safety import LEFT_OUT, reads_like_instruction
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact, Passage
from pipelines.terms.concepts import title

SHORTEST_NAME = 3
NEAR = "note near in meaning"  # found by vectors alone: no answer by itself
MOST_DECIMALS = 3
CONFLICT = "note that says otherwise"  # beside the record, never instead of it
TABLE = Path(__file__).with_name("evidence_words.toml")
_BRACKETS = re.compile(r"\s*\[[^\]]*\]")
_BLOOD = re.compile(
    r"\s+(?:in|of)\s+(?:Serum or Plasma|Serum|Plasma|Blood)(?=\s|$)"
    r"|\s+by\s+(?:Automated count|calculation|Calculation)$"
)
_MACHINE = re.compile(r"[a-z0-9]+_[a-z0-9_]+|[a-z]{3}")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\t]")


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def shown_unit(unit: str | None) -> str:
    """The unit as a clinician writes it, with a space before it; empty for none."""
    if not unit:
        return ""
    bare = unit.strip()
    written: str = _table()["units"].get(bare, bare)
    if not written:
        return ""
    return written if written == "%" else f" {written}"


def route_words(route: str) -> tuple[str, ...]:
    """How a dose in words says the route that a code names (`PO`: by mouth)."""
    return tuple(_table()["routes"].get(route.upper(), ()))


@lru_cache(maxsize=5_000)
def shown_name(display: str) -> str:
    """A laboratory's name without property, blood specimen and counting method."""
    name = _BRACKETS.sub("", _INVISIBLE.sub("", display))
    name = " ".join(_BLOOD.sub("", name).split())
    return name or display


def name_of(fact: Fact) -> str:
    """The name of a result; two letters (`PT`) and names made for machines are said in full.

    A unit at the end of the name goes where the result has its own: `Temperature Fahrenheit`
    may well be filed in degrees Celsius.
    """
    name = shown_name(fact.display)
    if fact.concept and (len(name) < SHORTEST_NAME or _MACHINE.fullmatch(name)):
        return title(fact.concept)
    return _without_unit(name) if fact.unit else name


def _without_unit(name: str) -> str:
    for word in _table()["names"]["units"]:
        if name.lower().endswith(f" {word}"):
            return name[: -len(word)].rstrip()
    return name


def shown_value(fact: Fact) -> str:
    """The value as written, with its comparator and unit."""
    text = fact.value_text if fact.value_text is not None else ""
    if fact.value is not None:
        text = _decimals(text or f"{fact.value:g}", fact.kind)
        sign = fact.comparator or ""
        text = text if not sign or text.startswith(sign) else f"{sign}{text}"
        return f"{text}{shown_unit(fact.unit)}"
    return text or fact.quote


def _decimals(text: str, kind: str) -> str:
    """A laboratory's number keeps its decimals, up to three; elsewhere a bare `.0` goes."""
    kept = kind == "lab" and re.search(rf"\.\d{{1,{MOST_DECIMALS}}}$", text) is not None
    return text if kept else re.sub(r"\.0+$", "", text)


def marks(fact: Fact) -> str:
    """` (high)`, ` (preliminary)`, ` (high, corrected)`, or nothing for a plain final result."""
    said = [_table()["flags"].get(fact.flag or ""), fact.status_word]
    words = ", ".join(word for word in said if word)
    return f" ({words})" if words else ""


def result_line(fact: Fact) -> str:
    """Thing, value, unit, flag, status and time of a result on one line."""
    when = f" {fact.when.clock}" if fact.when is not None else ""
    if fact.value is None:
        return f"{name_of(fact)}: {shown_value(fact)}{marks(fact)}{when}"
    return f"{name_of(fact)} {shown_value(fact)}{marks(fact)}{when}"


def result_item(fact: Fact) -> Evidence:
    """A result as an item, not yet numbered."""
    return item(fact, result_line(fact), name_of(fact))


def item(fact: Fact, line: str, title: str | None = None) -> Evidence:
    """Any fact as an item with the line that says it; `number` 0 until it is numbered."""
    return Evidence(
        number=0,
        kind=fact.kind,
        line=line,
        title=title or fact.display,
        date=fact.when.written if fact.when is not None else None,
        text=fact.quote,
        sha256=_digest(fact.quote),
        fact=fact,
    )


def passage_item(passage: Passage) -> Evidence:
    """A sentence of a note as an item; the line leaves out what addresses the reader's software."""
    day = f" {passage.when.day}" if passage.when is not None else ""
    said = LEFT_OUT if reads_like_instruction(passage.text) else " ".join(passage.text.split())
    return Evidence(
        number=0,
        kind="note",
        line=f"{passage.title}{day}: {said}",
        title=passage.title,
        date=passage.when.written if passage.when is not None else None,
        text=passage.text,
        sha256=_digest(passage.text),
        passage=passage,
    )


def numbered(items: list[Evidence]) -> tuple[Evidence, ...]:
    """The items with numbers from 1; the same place twice is one item."""
    seen: dict[tuple[str, str, str, str], Evidence] = {}
    for one in items:
        place = (one.resource, one.fact.path if one.fact else "", one.line, one.date or "")
        seen.setdefault(place, one)
    return tuple(replace(one, number=n) for n, one in enumerate(seen.values(), start=1))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
