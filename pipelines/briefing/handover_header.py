"""The words that identify a page which is handed over: whose chart, what of it, made when.

Allergies stand there in one of their four states, each in its own words; a state that is not
known is told as unavailable. The printing time is the wall clock's, since paper grows old; every
other time is the chart's own.
"""

from __future__ import annotations

from pipelines.charts.allergies import is_current
from pipelines.records.answers import Briefing
from pipelines.records.facts import Allergy, AllergyList
from pipelines.records.handover import HandoverHeader
from pipelines.records.patients import Banner

UNRECORDED = "NOT RECORDED (the chart says nothing either way)"
UNAVAILABLE = "UNAVAILABLE (an allergy entry of this chart was refused; the list may not be whole)"
SEXES = {"male": "M", "female": "F"}


def header(banner: Banner, briefing: Briefing, printed_at: str, reader: str) -> HandoverHeader:
    """The header of this briefing; `printed_at` is UTC, ISO 8601."""
    who = banner.patient
    family = ", ".join(part for part in ((who.family or "").upper(), who.given or "") if part)
    age = "age not known" if banner.age_years is None else f"{banner.age_years} y"
    begins = "since the last look, " if briefing.since else ""
    return HandoverHeader(
        name=(family if who.family else who.name) or "Name not recorded",
        mrn=who.mrn or "not recorded",
        birth_date=who.birth_date or "not recorded",
        person=f"{age}, {SEXES.get(who.sex or '', who.sex or 'sex not recorded')}",
        allergies=allergy_words(banner.allergies),
        window=f"{begins}{clock(briefing.window_from)} to {clock(briefing.window_to)}",
        as_of=clock(briefing.as_of),
        printed_at=f"{clock(printed_at)} UTC",
        reader=reader,
        log_id=briefing.log_id[:8],
    )


def allergy_words(listed: AllergyList) -> str:
    """The state of the list in words, with every current allergy named."""
    current = [item for item in listed.allergies if is_current(item) and not item.is_no_known]
    names = "; ".join(map(_allergy, current))
    if listed.state == "known":
        return names or UNAVAILABLE
    if listed.state == "none known":
        return "No known allergies"
    if listed.state == "not recorded":
        return UNRECORDED
    return f"{UNAVAILABLE} Recorded: {names}" if names else UNAVAILABLE


def _allergy(item: Allergy) -> str:
    details = [*item.reactions, *([item.severity] if item.severity else [])]
    said = f" ({', '.join(details)})" if details else ""
    return f"{' '.join(item.fact.display.split())}{said}"


def clock(written: str) -> str:
    """`YYYY-MM-DD HH:MM` as written, or the date alone."""
    return f"{written[:10]} {written[11:16]}" if "T" in written else written[:10]
