"""Allergies in their four states: known, none known, not recorded, unavailable.

`not recorded` is "not in this chart", never "no allergies". `unavailable` is said first and loud,
with what is there behind it: an entry was refused, so the list may not be whole.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.evidence.conflicts import says_none_known, stated_allergens
from pipelines.answers.verify.safety import holds_markup, reads_like_instruction
from pipelines.briefing import wording
from pipelines.briefing.line import NOT_IN_CHART, Line, Part
from pipelines.briefing.note_conflicts import Record
from pipelines.charts.allergies import is_current
from pipelines.records.facts import Allergy, AllergyList, Passage
from pipelines.records.patients import Banner

NAME = "Allergies"
TABLE = Path(__file__).with_name("allergies.toml")
UNAVAILABLE, BACKGROUND = 0, 9


def allergies(banner: Banner, record: Record | None = None) -> Part:
    """The section, from the banner's list; "none known" beside a later note that names one."""
    listed = banner.allergies
    later = _named_later(listed, record) if record is not None else None
    known = [_line(one, later) for one in listed.allergies if is_current(one)]
    if listed.state == "unavailable":
        text = "Allergies unavailable: an allergy entry of this chart was refused"
        known.insert(0, Line(text, (banner.patient.fact,), urgency=UNAVAILABLE))
    return Part(NAME, tuple(known), None if known else NOT_IN_CHART)


def _named_later(listed: AllergyList, record: Record) -> Passage | None:
    """The last sentence of a note, newer than a list that says none, that names a reaction."""
    since = [one.fact.when for one in listed.allergies if one.is_no_known]
    if listed.state != "none known" or not since:
        return None
    start = since[-1]
    for passage in reversed(record.passages):
        after = start is None or (passage.when is not None and passage.when > start)
        named = _says_otherwise(passage.text)
        if (
            after
            and named
            and not (holds_markup(passage.text) or reads_like_instruction(passage.text))
        ):
            return passage
    return None


def _says_otherwise(text: str) -> bool:
    """Whether a sentence names an allergy, or says that the list is not right."""
    if any(re.search(pattern, text, re.IGNORECASE) for pattern in _table()["list_is_wrong"]):
        return True
    return bool(stated_allergens(text)) and not says_none_known(text)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def _line(allergy: Allergy, later: Passage | None) -> Line:
    name = wording.plain(allergy.fact.display)
    when = f", {wording.clock(allergy.fact.when)}" if allergy.fact.when else ""
    if allergy.is_no_known and later is not None:
        head = f"{wording.plain(later.title)}, {wording.clock(later.when)}"
        sentence = Line(f"{head} says “{wording.one_line(later.text)}”", passage=later)
        text = f"Allergy list and a later note differ, ask: recorded {name}{when}"
        return Line(text, (allergy.fact,), urgency=UNAVAILABLE, clauses=(sentence,))
    if allergy.is_no_known:
        return Line(f"Recorded: {name}{when}", (allergy.fact,), urgency=BACKGROUND)
    details = [wording.plain(reaction) for reaction in allergy.reactions]
    details += [allergy.severity] if allergy.severity else []
    details += [f"criticality {allergy.criticality}"] if allergy.criticality else []
    details += [allergy.verification_status] if allergy.verification_status == "unconfirmed" else []
    said = f" ({', '.join(details)})" if details else ""
    word = "Intolerance: " if allergy.type == "intolerance" else "Allergy: "
    if "allerg" in name.lower() or "intoleran" in name.lower():
        word = ""
    note = f"; note: “{wording.plain(allergy.note)}”" if allergy.note else ""
    return Line(f"{word}{name}{said}{note}", (allergy.fact,), urgency=BACKGROUND)
