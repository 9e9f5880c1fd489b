"""Allergies in their four states: known, none known, not recorded, unavailable.

`not recorded` is "not in this chart", never "no allergies". `unavailable` is said first and loud,
with what is there behind it: an entry was refused, so the list may not be whole.
"""

from __future__ import annotations

from pipelines.briefing import wording
from pipelines.briefing.line import NOT_IN_CHART, Line, Part
from pipelines.charts.allergies import is_current
from pipelines.records.facts import Allergy
from pipelines.records.patients import Banner

NAME = "Allergies"
UNAVAILABLE, BACKGROUND = 0, 9


def allergies(banner: Banner) -> Part:
    """The section, from the banner's list."""
    listed = banner.allergies
    known = [_line(allergy) for allergy in listed.allergies if is_current(allergy)]
    if listed.state == "unavailable":
        text = "Allergies unavailable: an allergy entry of this chart was refused"
        known.insert(0, Line(text, (banner.patient.fact,), urgency=UNAVAILABLE))
    return Part(NAME, tuple(known), None if known else NOT_IN_CHART)


def _line(allergy: Allergy) -> Line:
    name = wording.plain(allergy.fact.display)
    if allergy.is_no_known:
        return Line(f"Recorded: {name}", (allergy.fact,), urgency=BACKGROUND)
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
