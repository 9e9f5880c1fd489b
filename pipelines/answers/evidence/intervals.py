"""Evidence for the time between two edges of stays: the two moments, the later one first.

An edge without a number means the latest stay, and an ICU edge beside a hospital edge the first
ICU stay inside that hospital stay. Where a stay or its end is not recorded there is no evidence.
"""

from __future__ import annotations

from pipelines.answers.evidence.stays import nth, pool
from pipelines.answers.evidence.visits import came_said, left_said, stay_edge
from pipelines.answers.question import ChartQuestion, StayEdge
from pipelines.charts.encounters import encounters
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Encounter


def interval_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The two edges that are asked about."""
    every = encounters(chart)
    hospital = [_stay(every, edge, question, None) for edge in question.edges]
    around = next(
        (s for s, e in zip(hospital, question.edges, strict=True) if e.kind == "hospital"), None
    )
    stays = [_stay(every, edge, question, around) for edge in question.edges]
    found: list[Evidence] = []
    for stay, edge in zip(stays, question.edges, strict=True):
        if stay is None or (stay.start if edge.side == "start" else stay.end) is None:
            return []
        said = came_said(stay) if edge.side == "start" else left_said(stay)
        found.append(stay_edge(stay, edge.side, said))
    return sorted(found, key=_moment, reverse=True)


def _stay(
    every: tuple[Encounter, ...], edge: StayEdge, question: ChartQuestion, around: Encounter | None
) -> Encounter | None:
    stays = pool(every, edge.kind)
    if edge.position is not None:
        return nth(stays, edge.position)
    if edge.kind == "icu" and around is not None:
        inside = [s for s in stays if s.part_of == around.fact.resource]
        return nth(inside, 1)
    return nth(stays, question.stay.position if question.stay is not None else -1)


def _moment(item: Evidence) -> float:
    when = item.fact.when if item.fact is not None else None
    return when.instant.timestamp() if when is not None else 0.0
