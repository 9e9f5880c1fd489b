"""Other readings of a question: each changes one part and keeps the rest, at most four a part.

They are said by the sentences that say the question itself, by a name that was read back rightly
or that stands in the chart word for word. What the chart has nothing of is not offered: no ICU
stay without one, no notes without notes. A part that says something rare (two picks compared, a
bound) has none: to change it without the others would ask something nobody meant.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from pipelines.answers.evidence.stays import pool
from pipelines.answers.question import ChartQuestion, Pick, StayWanted, Window
from pipelines.answers.question.back import sentence_about
from pipelines.answers.question.names import telling_words
from pipelines.answers.question.reading import read
from pipelines.answers.question.same import asks_the_same
from pipelines.answers.question.text import QuestionText, key
from pipelines.answers.question.things import take_things
from pipelines.charts.encounters import encounters
from pipelines.charts.question_names import has_notes, result_names, thing_names
from pipelines.records.chart import Chart
from pipelines.records.understood import OtherReading
from pipelines.terms.dates import local_clock

TABLE = Path(__file__).with_name("understood.toml")
MOST = 4
SHORTEST_SHARED = 4
LISTS = {"medication": "medication", "problem": "condition", "procedure": "procedure",
         "immunization": "immunization", "allergy": "allergy"}  # fmt: skip
SINGLE = ("value", "extreme", "list", "trend", "when", "flag", "mean", "median")


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The words for parts and labels."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def other_things(asked: ChartQuestion, about: str, chart: Chart) -> tuple[OtherReading, ...]:
    """The same question of another name that what was typed may have meant."""
    if len(asked.things) == 1 and asked.subject == "result":
        displays: Iterable[str] = _near_results(asked, chart)
    elif asked.names and asked.subject in LISTS:
        displays = _near_entries(asked, chart)
    else:
        return ()
    others = (d for d in displays if key(d) != key(about))
    found = ((d, sentence_about(_alone(asked, d), d)) for d in islice(others, MOST))
    said = (OtherReading(d, s) for d, s in found if s is not None)
    return tuple(one for one in said if _is_another(one, asked, chart))


def _is_another(one: OtherReading, asked: ChartQuestion, chart: Chart) -> bool:
    """Whether a name of the chart is read as one, and as another than the one in force.

    Of a result the name alone is read: the words around it are those that were read back. Names
    of lists hold words that mean something beside others, so their whole sentence is read.
    """
    if asked.things:
        things = take_things(QuestionText(one.label), result_names(chart), [])
        return len(things) == 1 and things[0].choices != asked.things[0].choices
    other = read(one.question, chart)
    same_kind = other.decline is None and other.subject == asked.subject
    return same_kind and not asks_the_same(other, asked)


def _alone(asked: ChartQuestion, display: str) -> ChartQuestion:
    """The question with one entry of a list in place of those it named."""
    if asked.things:
        return asked
    return replace(asked, names=(display,), groups=((display,),), unlisted=())


def _near_results(asked: ChartQuestion, chart: Chart) -> Iterator[str]:
    """The names that were taken together, then others that share a telling word."""
    thing = asked.things[0]
    own = tuple(d for choice in thing.choices for d in choice)
    if len(own) > 1:
        yield from own
    words = {w for name in (thing.title, *own) for w in _long(name)}
    for name in result_names(chart):
        is_counted = name.numeric_count > 0  # of cultures and the like other words ask
        if is_counted and name.display not in own and words & set(_long(name.display)):
            yield name.display


def _near_entries(asked: ChartQuestion, chart: Chart) -> Iterator[str]:
    """The entries that were taken together, then others with a telling word of theirs."""
    if len(asked.names) > 1:
        yield from asked.names
    words = {w for name in asked.names for w in telling_words(name)}
    for display in thing_names(chart).get(LISTS[asked.subject], ()):
        if display not in asked.names and words & set(telling_words(display)):
            yield display


def _long(name: str) -> tuple[str, ...]:
    return tuple(w for w in telling_words(name) if len(w) >= SHORTEST_SHARED)


def other_ways(asked: ChartQuestion, about: str) -> tuple[OtherReading, ...]:
    """The same thing, another one of its results or another thing wanted of it."""
    if asked.subject == "result" and any(thing.code_keys for thing in asked.things):
        return _first(_other_results(asked, about))
    return _first(_other_asks(asked, about))


def _other_results(asked: ChartQuestion, about: str) -> Iterator[OtherReading]:
    if asked.ask not in SINGLE or len(asked.picks) > 1 or asked.threshold or asked.group:
        return
    stay = asked.stay
    plain = replace(asked, picks=(), extreme=None, relation=None, attribute=None, every=False)
    when = "when" if asked.ask == "when" else None
    ways = (
        ("latest", replace(plain, ask=when or "value", picks=(Pick(-1, stay),))),
        ("highest", replace(plain, ask=when or "extreme", extreme="maximum")),
        ("lowest", replace(plain, ask=when or "extreme", extreme="minimum")),
        ("first", replace(plain, ask=when or "value", picks=(Pick(1, stay),))),
        ("all", replace(plain, ask="list", every=True)),
    )
    for label, other in ways:
        if not _is_same_way(other, asked):
            yield from _reading(label, other, about)


def _is_same_way(other: ChartQuestion, asked: ChartQuestion) -> bool:
    """Whether the other reading is the one in force; a bare value is the latest."""
    position = asked.picks[0].position if asked.picks else -1 if asked.ask == "value" else None
    own = other.picks[0].position if other.picks else None
    return (other.ask, own, other.extreme) == (asked.ask, position, asked.extreme)


def _other_asks(asked: ChartQuestion, about: str) -> Iterator[OtherReading]:
    """What else is often wanted of a drug or a problem."""
    plain = replace(asked, picks=(), every=False, attribute=None, relation=None)
    ways: tuple[tuple[str, ChartQuestion], ...] = ()
    if asked.subject == "medication" and len(asked.groups) == 1:
        ways = (
            ("now", replace(plain, ask="exists", every=True)),
            ("dose", replace(plain, ask="dose")),
            ("given", replace(plain, ask="when", attribute="given", picks=(Pick(-1),))),
            ("ordered", replace(plain, ask="when")),
        )
    elif asked.subject == "problem" and len(asked.groups) == 1:
        ways = (
            ("has", replace(plain, ask="exists", attribute="active")),
            ("since", replace(plain, ask="when")),
        )
    for label, other in ways:
        if (other.ask, other.attribute) != (asked.ask, asked.attribute):
            yield from _reading(label, other, about)


def other_places(
    part: str, asked: ChartQuestion, about: str, chart: Chart
) -> tuple[OtherReading, ...]:
    """The same question elsewhere: another stay or stretch of time, or the notes."""
    if part == "where":
        return _first(_other_sources(asked, about, chart))
    if asked.subject != "result" or asked.ask not in (*SINGLE, "count", "exists"):
        return ()
    if len(asked.picks) > 1:
        return ()
    return _first(_other_times(asked, about, chart))


def _other_times(asked: ChartQuestion, about: str, chart: Chart) -> Iterator[OtherReading]:
    now = local_clock(chart.as_of)
    own = asked.stay or next((p.stay for p in asked.picks if p.stay is not None), None)
    if own is not None or asked.window is not None:
        yield from _reading("whole", _placed(asked, None), about)
    every = encounters(chart)
    for kind in ("hospital", "icu"):
        same = own is not None and (own.kind, own.position) == (kind, -1)
        if not same and pool(every, kind):
            yield from _reading(kind, _placed(asked, StayWanted(kind, -1, "stay")), about)
    day = Window(now - timedelta(hours=24), now, "in the last 24 hours")
    if asked.window is None or asked.window.start != day.start:
        yield from _reading("day", replace(_placed(asked, None), window=day), about)


def _placed(asked: ChartQuestion, stay: StayWanted | None) -> ChartQuestion:
    picks = tuple(Pick(p.position, stay) for p in asked.picks)
    return replace(asked, picks=picks, stay=stay, window=None)


def _other_sources(asked: ChartQuestion, about: str, chart: Chart) -> Iterator[OtherReading]:
    if asked.subject == "note":
        yield from _as_results(asked, chart)
    elif asked.subject in ("result", "medication", "problem") and about and has_notes(chart):
        sentence = f"What do the notes say about {about}?"
        if read(sentence, chart).subject == "note":
            yield OtherReading(table()["labels"]["notes"], sentence)


def _as_results(asked: ChartQuestion, chart: Chart) -> Iterator[OtherReading]:
    """Results of this chart that a question for the notes names."""
    for thing in take_things(QuestionText(asked.text), result_names(chart), []):
        if thing.code_keys:
            label = f"{table()['labels']['latest']} {thing.title}"
            yield OtherReading(label, f"What is the latest {thing.title}?")


def _reading(label: str, other: ChartQuestion, about: str) -> Iterator[OtherReading]:
    sentence = sentence_about(other, about)
    if sentence is not None:
        yield OtherReading(str(table()["labels"][label]), sentence)


def _first(found: Iterable[OtherReading]) -> tuple[OtherReading, ...]:
    return tuple(dict.fromkeys(found))[:MOST]
