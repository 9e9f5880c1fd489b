"""The chart summary: problems in order, then what holds for the whole chart, every line judged.

The whole is at most `MOST_LINES` lines: the fixed sections take what they need, the problems get
the rest in the order of their weight, and a problem that finds no room any more is one line of
"Other problems". Drugs that no shown problem has stand in "Other medications".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.briefing.allergies import allergies
from pipelines.briefing.brief import Made
from pipelines.briefing.chart_summary import people
from pipelines.briefing.chart_summary.courses import Series, course_lines, series_of
from pipelines.briefing.chart_summary.diagnoses import (
    diagnosis_line,
    name_of,
    refuted_line,
)
from pipelines.briefing.chart_summary.judged import judged
from pipelines.briefing.chart_summary.more import capped, counted
from pipelines.briefing.chart_summary.plans import PlanLine, last_plan, plan_lines
from pipelines.briefing.chart_summary.problems import Problem, ProblemList, problem_list
from pipelines.briefing.chart_summary.procedures import procedures
from pipelines.briefing.chart_summary.social import social
from pipelines.briefing.chart_summary.specialists import specialists
from pipelines.briefing.chart_summary.stays import stays
from pipelines.briefing.chart_summary.treatments import (
    NEVER_BEGUN,
    Treatment,
    of_family,
    treatment_line,
    treatments,
)
from pipelines.briefing.line import Line, Part, part
from pipelines.briefing.window import window_of
from pipelines.charts import medications, patients
from pipelines.records.answers import Briefing
from pipelines.records.chart import Chart

MOST_LINES, FIRST_LINES = 120, 8
OTHER_PROBLEMS, OTHER_DRUGS, REFUTED = "Other problems", "Other medications", "Refuted diagnoses"
PROBLEMS, MEDICATIONS = "Problems", "Medications"
OTHERS_LISTED, DRUGS_LISTED, REFUTED_LISTED = 10, 8, 3
LEAST_ROOM = 5


@dataclass(frozen=True, slots=True)
class Room:
    """How many lines of each kind a problem may have."""

    diagnoses: int
    courses: int
    treatments: int


FULL, SHORT = Room(4, 4, 5), Room(2, 2, 2)
FULL_PROBLEMS, MANY_PROBLEMS = 5, 8


def summarize(chart: Chart) -> Briefing:
    """The summary of everything that is recorded up to the as-of; `from` and `to` its extent."""
    return made(chart).briefing


def made(chart: Chart) -> Made:
    """The same summary, its lines beside their statements."""
    window = window_of(chart, None)
    banner = patients.banner(chart)
    held = problem_list(chart)
    fixed: tuple[Part, ...] = (
        stays(chart), procedures(chart), specialists(chart), allergies(banner),
        people.code_status(chart), social(chart, held.social), people.immunizations(chart),
        people.family(chart), *_refuted(held),
    )  # fmt: skip
    room = MOST_LINES - FIRST_LINES - OTHERS_LISTED - DRUGS_LISTED - 2
    room -= sum(len(one.lines) for one in fixed)
    parts = (*_by_problem(chart, held, room), *fixed)
    first, sections, said = judged(parts, _first(parts))
    summary = Briefing(
        patient=chart.patient_id,
        as_of=chart.as_of.written,
        window_from=window.start_written,
        window_to=chart.as_of.written,
        summary=first,
        sections=sections,
        incomplete=banner.incomplete,
        engine="embedded",
        log_id="",
        seconds=0.0,
    )
    return Made(summary, tuple(said.items()))


@dataclass(slots=True)
class _Sources:
    """What the problems share: each course and drug is told once, under the first that has it."""

    series: Series
    drugs: list[Treatment]
    plans: tuple[PlanLine, ...]
    families: frozenset[str]
    told: set[str]


def _by_problem(chart: Chart, held: ProblemList, room: int) -> list[Part]:
    wanted = frozenset(c for p in held.problems for c, _side in p.family.results)
    families = frozenset(p.family.key for p in held.problems)
    sources = _Sources(
        series_of(chart, wanted), list(treatments(chart)), plan_lines(chart), families, set()
    )
    most_full = FULL_PROBLEMS if len(held.problems) > MANY_PROBLEMS else MANY_PROBLEMS
    parts: list[Part] = []
    folded: list[Problem] = []
    for problem in held.problems:
        size = FULL if len(parts) < most_full else SHORT
        lines = _lines(problem, sources, size) if room >= LEAST_ROOM else []
        if len(lines) <= 1 or len(lines) > room:
            folded.append(problem)
            continue
        room -= len(lines)
        parts.append(Part(_unlike(problem, parts), tuple(lines)))
    others = [*_others(held, folded, bool(parts)), *_other_drugs(sources.drugs, chart)]
    return [*parts, *others]


def _unlike(problem: Problem, parts: Sequence[Part]) -> str:
    name = name_of(problem.diagnoses[0].newest.condition.fact)
    known = {one.name for one in parts}
    return name if name not in known else f"{name} ({problem.family.key})"


def _lines(problem: Problem, sources: _Sources, size: Room) -> list[Line]:
    """Onset and course, key results, treatments, the last plan; the drugs shown are taken."""
    diagnoses = [diagnosis_line(one) for one in problem.diagnoses]
    lines = capped(diagnoses, size.diagnoses, "more diagnosis", "more diagnoses of this kind")
    lines += course_lines(problem.family, sources.series, sources.told, size.courses)
    mine = of_family(problem.family, sources.drugs, sources.families, problem.span)
    drugs = [treatment_line(one) for one in mine]
    lines += capped(drugs, size.treatments, "more medication", "more medications for it")
    lines += last_plan(problem.family, sources.plans)
    if len(lines) > 1:
        sources.drugs = [one for one in sources.drugs if one not in mine]
    return lines


def _others(held: ProblemList, folded: Sequence[Problem], some_told: bool) -> list[Part]:
    """Diagnoses without a section of their own, active ones first; without any problem, why."""
    every = [*(one for problem in folded for one in problem.diagnoses), *held.others]
    every.sort(key=lambda one: (not one.is_active, not one.is_illness, one.is_coded))
    lines = [diagnosis_line(one) for one in every]
    told = capped(lines, OTHERS_LISTED, "more problem", "more problems")
    if told:
        return [Part(OTHER_PROBLEMS if some_told else PROBLEMS, tuple(told))]
    return [] if some_told else [part(PROBLEMS, (), bool(held.refuted or held.social))]


def _other_drugs(drugs: Sequence[Treatment], chart: Chart) -> list[Part]:
    """Active drugs that no section has told, then how many past ones there are."""
    active = [treatment_line(one) for one in drugs if one.is_active]
    lines = capped(active, DRUGS_LISTED, "more active medication", "more active medications")
    past = counted(
        (one.newest.fact for one in drugs if not one.is_active),
        "past medication", "past medications",
    )  # fmt: skip
    if lines or past:
        return [Part(OTHER_DRUGS, (*lines, *past))]
    entries = medications.medications(chart)
    told_above = any(entry.status not in NEVER_BEGUN for entry in entries)
    return [] if told_above else [part(MEDICATIONS, (), bool(entries))]


def _refuted(held: ProblemList) -> list[Part]:
    lines = [refuted_line(condition) for condition in reversed(held.refuted)]
    told = capped(lines, REFUTED_LISTED, "more refuted diagnosis", "more refuted diagnoses")
    return [Part(REFUTED, tuple(told))] if told else []


def _first(parts: Sequence[Part]) -> list[Line]:
    """What to know first: the leading problems, the last stay, allergies, code status."""
    by_name = {one.name: one.lines for one in parts}
    leading = [one.lines[0] for one in parts if one.name not in _FIXED and one.lines]
    others = [
        line
        for name, most in ((people.CODE_STATUS, 1), ("Allergies", 2), (_STAYS, 1))
        for line in by_name.get(name, ())[:most]
    ]
    return list(dict.fromkeys([*leading[: FIRST_LINES - len(others)], *others]))


_STAYS = "Hospital stays and visits"
_FIXED = frozenset(
    {
        PROBLEMS, MEDICATIONS, OTHER_PROBLEMS, OTHER_DRUGS, REFUTED, _STAYS, "Procedures",
        "Allergies", "Specialists and reports", "Social determinants", people.CODE_STATUS,
        people.FAMILY, people.IMMUNIZATIONS,
    }
)  # fmt: skip
