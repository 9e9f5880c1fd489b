"""New and abnormal results: each with what it was before, the critical ones first.

A result counts as new when it was taken in the window and was back by its end. An analyte has
one line (`courses`). Flagged ones are all listed; what is in range or has no range stands together,
a line for each draw, as many as fit, then their number. What was abnormal before the window and
has not been measured again stands in one line of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pipelines.briefing import wording
from pipelines.briefing.courses import (
    UNFLAGGED,
    Series,
    comparable,
    course,
    decided,
    doubted,
    severity,
    short_course,
    worst_of,
)
from pipelines.briefing.importance import importance, weight
from pipelines.briefing.line import Line, Part, part
from pipelines.briefing.window import Window
from pipelines.charts import labs, reports
from pipelines.records.answers import Computation
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact
from pipelines.terms.limits import judged, sorted_out

NAME = "New and abnormal results"
QUIET_LISTED = 24
QUIET_IN_A_LINE = 10
BEFORE_LISTED = 2
NOT_REPEATED_LISTED = 12
NOT_YET_LISTED = 6
KEY_WEIGHT = 2.0
RECOVERED_WEIGHT = 3.0
"""Weights of `result_weights.toml`: from the first on an analyte is missed when not measured, from
the second on a result back in range is told with the worst one of the stay."""
OUTSIDE_A_STAY = timedelta(days=366)
"""How far back an abnormal result that nobody repeated is still told outside of a stay."""


def results(
    chart: Chart,
    window: Window,
    facts: Sequence[Fact],
    age_years: int | None,
    stay_start: datetime | None = None,
) -> Part:
    """The section, from the window's results of all kinds."""
    before, late = _before(chart, window, age_years)
    mine = [judged(fact, age_years) for fact in facts if _is_result(fact)]
    groups = _by_kind([*late, *mine])
    taken = {one.fact.resource: one for one in reports.specimens(chart) if one.conditions}
    every = [
        Series(tuple(group), tuple(before.get(key, ())), stay_start, taken)
        for key, group in groups.items()
    ]
    loud = [
        one for one in every if any(f.flag or doubted(f) or f.specimen in taken for f in one.window)
    ]
    lines = sorted((course(one) for one in loud), key=_order)
    quiet = sorted((one for one in every if one not in loud), key=_quiet_order)
    lines += [*_quiet(quiet[:QUIET_LISTED]), *_rest(quiet[QUIET_LISTED:])]
    if window.start is not None:
        since = stay_start or window.start - OUTSIDE_A_STAY
        gone = [found for key, found in before.items() if key not in groups]
        lines += _not_repeated(gone, since)
        if stay_start is not None and stay_start >= window.start:
            recent = stay_start - OUTSIDE_A_STAY
            lines += _not_yet(
                [one for one in gone if one[-1].when and one[-1].when.instant >= recent]
            )
    return part(NAME, lines, bool(lines) or any(k.kind != "vital" for k in labs.kinds(chart)))


def before_window(chart: Chart, window: Window, age_years: int | None) -> tuple[Line, ...]:
    """The worst of the last laboratory results before a window that has none of its own."""
    last = [kind.last for kind in labs.kinds(chart) if kind.kind == "lab" and kind.last]
    newest = max(last, default=None)
    if newest is None or window.holds(newest):
        return ()
    found = labs.results(chart, start=newest.instant, end=newest.instant)
    mine = sorted((judged(f, age_years) for f in found if f.kind == "lab"), key=severity)
    return tuple(
        replace(line, text=f"Before this window: {line.text}", urgency=UNFLAGGED)
        for line in (course(Series((fact,), (), None)) for fact in mine[:BEFORE_LISTED])
    )


def _is_result(fact: Fact) -> bool:
    """Laboratory results; other observations (surveys, smoking) only where they are flagged."""
    return fact.kind == "lab" or (fact.kind == "observation" and fact.flag is not None)


def _by_kind(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.when is not None:
            groups[fact.code_key or fact.display].append(fact)
    return groups


def _before(
    chart: Chart, window: Window, age_years: int | None
) -> tuple[dict[str, list[Fact]], list[Fact]]:
    """The results that were back before the window, and those taken before that came in it."""
    if window.start is None:
        return {}, []
    start = window.start
    known: list[Fact] = []
    late: list[Fact] = []
    for fact in map(sorted_out, labs.results(chart, end=start)):
        if not _is_result(fact) or fact.when is None or fact.when.instant >= start:
            continue
        if not window.knows(fact.issued):
            continue
        came_late = fact.issued is not None and fact.issued.instant >= start
        (late if came_late else known).append(judged(fact, age_years))
    return _by_kind(known), late


def _quiet(every: Sequence[Series]) -> list[Line]:
    """Results without a flag, those of one draw and kind together on a line."""
    draws: dict[tuple[str, str], list[Series]] = defaultdict(list)
    for one in every:
        latest = one.window[-1]
        lead = "In range" if latest.flag_source is not None else "No range given"
        draws[lead, wording.clock(latest.when)].append(one)
    lines = []
    for (lead, when), together in draws.items():
        if len(together) == 1:
            lines.append(course(together[0], with_history=False))
            continue
        for at in range(0, len(together), QUIET_IN_A_LINE):
            clauses = [_short(one) for one in together[at : at + QUIET_IN_A_LINE]]
            first = clauses[0]
            text = f"{lead}, {when}: {first.text}"
            lines.append(replace(first, text=text, urgency=UNFLAGGED, clauses=tuple(clauses[1:])))
    return lines


def _short(one: Series) -> Line:
    latest = one.window[-1]
    older = [fact for fact in (*one.earlier, *one.window) if fact.when and latest.when
             and fact.when.instant < latest.when.instant]  # fmt: skip
    status = f" ({latest.status_word})" if latest.status_word else ""
    since = one.stay_start
    stay = [f for f in one.earlier if since and f.when and f.when.instant >= since]
    worst = worst_of(stay) if stay and weight(latest) >= RECOVERED_WEIGHT else None
    if worst is not None and worst.flag and comparable(worst, latest):
        between = older[-1] if comparable(older[-1], latest) else worst
        return _recovered(worst, between, latest, status)
    made = short_course(latest, older[-1] if older else None, wording.name(latest))
    return replace(made, text=f"{made.text}{status}")


def _recovered(worst: Fact, between: Fact, latest: Fact, status: str) -> Line:
    """From the worst value of this stay, with its day, by the one before to one without a flag.

    The line is of results in range: a word like "critical high" in it would mark it as such.
    """
    path = [worst, *([between] if between is not worst else []), latest]
    old, *others = wording.numbers(path)
    text = (
        f"{wording.name(latest)} {old} (worst of this stay, {wording.clock(worst.when)}) → "
        f"{' → '.join(others)}{wording.unit(latest)}{status}"
    )
    return Line(text, tuple(path), decided(path))


def _not_repeated(groups: Sequence[Sequence[Fact]], since: datetime) -> list[Line]:
    """The last result of each analyte that was abnormal then and has not been measured again."""
    last = [(found[-1], found[-2] if len(found) > 1 else None) for found in groups]
    told = [
        pair for pair in last if pair[0].flag and pair[0].when and pair[0].when.instant >= since
    ]
    told.sort(key=lambda pair: (severity(pair[0]), -importance([pair[0]])))
    clauses = []
    for latest, before in told[:NOT_REPEATED_LISTED]:
        short = short_course(latest, before, wording.name(latest))
        mark = wording.FLAG_WORDS.get(latest.flag or "", latest.flag)
        status = f", {latest.status_word}" if latest.status_word else ""
        text = f"{short.text} ({mark}{status}, {wording.clock(latest.when)})"
        clauses.append(replace(short, text=text))
        if latest.note:
            clauses.append(Line(f"of that result: “{wording.plain(latest.note)}”", (latest,)))
    if not clauses:
        return []
    first = clauses[0]
    text = f"Abnormal before this window, not repeated: {first.text}"
    return [replace(first, text=text, urgency=UNFLAGGED, clauses=tuple(clauses[1:]))]


def _not_yet(groups: Sequence[Sequence[Fact]]) -> list[Line]:
    """On the first day of a stay: key analytes with no result of the stay, by the one before."""
    key = [found[-1] for found in groups if weight(found[-1]) >= KEY_WEIGHT]
    key.sort(key=lambda fact: (-weight(fact), wording.name(fact)))
    pieces = []
    for fact in key[:NOT_YET_LISTED]:
        value = f"{wording.numbers([fact])[0]}{wording.unit(fact)}"
        text = f"{wording.name(fact)} {value} ({wording.clock(fact.when)})"
        pieces.append(Line(text, (fact,)))
    if not pieces:
        return []
    text = f"No result in this stay yet; the last before: {pieces[0].text}"
    return [replace(pieces[0], text=text, clauses=tuple(pieces[1:]))]


def _rest(every: Sequence[Series]) -> list[Line]:
    """How many unflagged results are not listed, with all of them behind it."""
    facts = tuple(one.window[-1] for one in every)
    if not facts:
        return []
    noun = "result" if len(facts) == 1 else "results"
    text = f"{len(facts)} more {noun} of this window without a flag"
    return [Line(text, facts, Computation("count", len(facts)))]


def _quiet_order(one: Series) -> tuple[object, ...]:
    """The newest draw first, then what weighs most, then by name."""
    latest = one.window[-1]
    when = latest.when.instant.timestamp() if latest.when else 0.0
    return (-when, -weight(latest), wording.name(latest))


def _order(line: Line) -> tuple[object, ...]:
    """Critical first, then the newest day, then what weighs most, then by name."""
    newest = max(fact.when.instant for fact in line.facts if fact.when is not None)
    return (line.urgency, -newest.toordinal(), -importance(line.facts), line.text)
