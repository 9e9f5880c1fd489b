"""Family history of first-degree relatives, vaccinations, code status: a few lines each.

A relative's illness is told of the relative. Vaccinations are one line, those not given another.
A code status is told in the words of each record that is in force; where two of them contradict
each other both are told, and the section says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.briefing import wording
from pipelines.briefing.chart_summary.more import capped
from pipelines.briefing.line import Line, Part, part
from pipelines.charts import code_status as chart_code_status
from pipelines.charts import family as chart_family
from pipelines.charts import immunizations as chart_immunizations
from pipelines.records.answers import Computation
from pipelines.records.chart import Chart
from pipelines.records.consents import CodeStatement
from pipelines.records.facts import Immunization
from pipelines.records.surveys import FamilyCondition

FAMILY, IMMUNIZATIONS, CODE_STATUS = "Family history", "Immunizations", "Code status"
FAMILY_LISTED, CODE_LISTED = 6, 4
# HL7 v3 RoleCode of parents, siblings and children, by birth or not said otherwise.
FIRST_DEGREE = re.compile(
    r"N?(?:PRN|MTH|FTH|SIB|BRO|SIS|CHILD|SON|DAU)|H(?:SIB|BRO|SIS)|TWIN(?:BRO|SIS)?|DAUC|SONC"
)
FIRST_WORDS = ("mother", "father", "brother", "sister", "sibling", "son", "daughter", "child",
               "parent", "twin")  # fmt: skip
MOST_CHARACTERS = 220


def family(chart: Chart) -> Part:
    """Conditions of parents, siblings and children as recorded."""
    recorded = chart_family.family_history(chart)
    close = [one for one in recorded if one.condition and _is_first_degree(one)]
    lines = [_relative(one) for one in close]
    told = capped(lines, FAMILY_LISTED, "more condition", "more conditions of relatives")
    return part(FAMILY, told, bool(recorded))


def _is_first_degree(one: FamilyCondition) -> bool:
    code = (one.relationship_key or "").rpartition("|")[2].upper()
    words = (one.relationship or "").lower()
    return FIRST_DEGREE.fullmatch(code) is not None or words.startswith(FIRST_WORDS)


def _relative(one: FamilyCondition) -> Line:
    who = wording.plain(one.relationship or "relative")
    told = f", onset {wording.plain(one.onset)}" if one.onset else ""
    died = ", died of it" if one.contributed_to_death else ""
    text = f"{who.capitalize()}: {wording.plain(one.condition or '')}{told}{died}"
    return Line(text, (one.fact,))


def immunizations(chart: Chart) -> Part:
    """One line on what was given, one on what was not."""
    found = chart_immunizations.immunizations(chart)
    given = [one for one in found if one.status not in ("not-done", "entered-in-error")]
    refused = [one for one in found if one.status == "not-done"]
    lines = [*_given(given), *[_not_given(one) for one in refused[-1:]]]
    return part(IMMUNIZATIONS, lines, bool(found))


def _given(given: Sequence[Immunization]) -> list[Line]:
    """How many, then the last of each kind, the newest first, as many as fit."""
    if not given:
        return []
    newest = {one.fact.display: one for one in given}
    noun = "vaccination" if len(given) == 1 else "vaccinations"
    text = f"{len(given)} {noun}"
    for one in sorted(newest.values(), key=_last_first):
        day = one.occurred.day if one.occurred else "undated"
        told = f"{'; ' if ';' in text or ': last' in text else ': last '}"
        told += f"{wording.plain(one.fact.display)} {day}"
        if len(text) + len(told) > MOST_CHARACTERS:
            break
        text += told
    facts = tuple(one.fact for one in reversed(given))
    return [Line(text, facts, Computation("count", len(facts)))]


def _last_first(one: Immunization) -> float:
    return -one.occurred.instant.timestamp() if one.occurred else 0.0


def _not_given(one: Immunization) -> Line:
    when = f", {one.occurred.day}" if one.occurred else ""
    why = f", reason: {wording.plain(one.status_reason)}" if one.status_reason else ""
    return Line(f"Not given: {wording.plain(one.fact.display)}{when}{why}", (one.fact,))


def _newest_first(one: CodeStatement) -> float:
    return -one.fact.when.instant.timestamp() if one.fact.when else 0.0


def code_status(chart: Chart) -> Part:
    """Each record in force in its own words, the newest first; a contradiction is said."""
    status = chart_code_status.code_status(chart)
    lines = []
    for one in sorted(status.current, key=_newest_first):
        when = one.fact.when.clock if one.fact.when else "undated"
        unlike = " (records disagree)" if status.state == "conflict" else ""
        text = f"{one.source.capitalize()} of {when}{unlike}: {wording.plain(one.wording)}"
        lines.append(Line(text, (one.fact,)))
    in_chart = bool(status.current or status.earlier or status.refused)
    return part(CODE_STATUS, lines[:CODE_LISTED], in_chart)
