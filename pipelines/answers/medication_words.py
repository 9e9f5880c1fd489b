"""A medication entry as one line that is read at a glance: drug, dose, what for; what was done.

`Amlodipine 5 mg tablet, 5 mg by mouth daily, for Hypertension; active order since 2024-04-15.`
The line says nothing that the entry does not: status, begin and end are its own, and an order
is called one, since it is no proof that a drug was given. What a flowsheet files beside a dose
("FinishedRunning, continuous", "Main order parameter") is told in words of the data file, or not
at all; digits that only a computer's arithmetic made are cut.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from typing import Any

from pipelines.answers.evidence.items import TABLE, route_words
from pipelines.records.facts import Medication

_EVENT = re.compile(r"\s*\(([^()]*)\)$")
_DUST = re.compile(r"\d+\.\d{5,}")
_BARE_ZERO = re.compile(r"(\d)\.0+(?=\s|$)")
_LISTED_ROUTE = ";"  # a flowsheet's categories, not a route


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["medications"]
    return found


def medication_line(entry: Medication, why: str | None = None, *, later: bool = False) -> str:
    """The entry as one sentence; `why` is the record's reason for its status."""
    dose, event = _split(entry.dose_text) if entry.dose_text else (_dose(entry), None)
    done = _given(entry, event) if entry.form == "administration" else _ordered(entry, later)
    parts = [entry.name, dose, _route(entry), f"for {entry.reason}" if entry.reason else ""]
    first = ", ".join(part for part in parts if part)
    told = [first, done, f"reason: {why}" if why else ""]
    return "; ".join(part for part in told if part) + "."


def _given(entry: Medication, event: str | None) -> str:
    """When a dose was given, or what a pump did then."""
    done = event or ("not given" if entry.status == "not-done" else "given")
    at = f"{done} {entry.start.clock}" if entry.start else done
    lasts = entry.end is not None and entry.end != entry.start
    return f"{at} until {entry.end.clock}" if entry.end and lasts else at


def _ordered(entry: Medication, later: bool) -> str:
    """What an order is now, since when, until when."""
    status = (entry.status or "").replace("-", " ")
    noun = _words()["intents"].get(entry.intent) or _words()["forms"].get(entry.form, entry.form)
    noun = f"{noun} not to give it" if entry.is_do_not_perform else noun
    head = f"active {noun}" if status == "active" else f"{noun} {status}".rstrip()
    if entry.start:
        begun = "since" if status == "active" else ", started"
        begun = ", to start" if later else begun
        head = f"{head} {begun} {entry.start.clock}".replace(" ,", ",")
    if entry.end is None or entry.end.day in (entry.dose_text or ""):
        return head
    ends = "until" if status in ("active", "on hold") else "ended"
    return f"{head}, {ends} {entry.end.clock}"


def _split(written: str) -> tuple[str, str | None]:
    """A dose in words, and the pump's event filed behind it, where it is one of the table's."""
    found = _EVENT.search(written)
    event = _words()["events"].get(found[1].strip().lower()) if found else None
    dose = written[: found.start()] if found and event else written
    shown = _DUST.sub(lambda number: _cut(number[0]), dose)
    return (_BARE_ZERO.sub(r"\1", shown) if event else shown), event


def _cut(number: str) -> str:
    value = float(number)
    return f"{value:.2f}".rstrip("0").rstrip(".") if value >= 1 else f"{value:.3g}"


def _route(entry: Medication) -> str:
    """The route, unless the dose says it already: in its own word, or as people write it."""
    route, dose = entry.route or "", (entry.dose_text or "").lower()
    if _LISTED_ROUTE in route:
        known = _words()["routes"]
        words = [known.get(part.strip().lower(), "") for part in route.split(_LISTED_ROUTE)]
        route = next((word for word in words if word), "")
    said = (route, *route_words(route))
    return "" if any(re.search(rf"\b{re.escape(w.lower())}\b", dose) for w in said if w) else route


def _dose(entry: Medication) -> str:
    if entry.dose_value is None:
        return ""
    return f"{entry.dose_value:g} {entry.dose_unit or ''}".strip()
