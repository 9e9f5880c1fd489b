"""Which stay is meant by what it was for: "the mitral valve admission", "the pneumonia stay".

In: a question and its chart. Out: the question with that stay by its place in time, where every
word before "admission" stands in a diagnosis coded for exactly one stay (in the year or season
that is said, if one is). Words that no diagnosis of a stay has, or that several stays share,
choose none; `names_a_stay` then says that they are no name of what is asked for.
"""

from __future__ import annotations

import re
from datetime import datetime

from pipelines.answers.question.spoken_stays import Stay, stays_of
from pipelines.answers.question.text import phrase_words
from pipelines.answers.question.window import span
from pipelines.charts.encounters import encounters
from pipelines.charts.kept import kept
from pipelines.charts.problems import conditions
from pipelines.records.chart import Chart
from pipelines.terms.dates import local_clock
from pipelines.terms.words import TOKEN

_NOUN = r"(?:admission|stay|hospitali[sz]ation|encounter|visit)"
_LEAD = r"(?:(?:in|during|over|throughout|on|for|of|from|at|after|following|with)\s+)?"
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "fall": (9, 11), "autumn": (9, 11)}
_WHEN = (
    r"(?:\s+(?:in|of|from|during|back in)\s+(?:the\s+)?(?:(?P<season>spring|summer|fall|autumn)\s+"
    r"(?:of\s+)?)?(?P<when>\d{4}(?:-\d{2}(?:-\d{2})?)?)(?![\d:-]))?"
)
_NAMED = re.compile(
    rf"\b{_LEAD}(?:the|that|this|his|her|their)\s+(?P<said>(?:[a-z][a-z'-]+\s+){{1,5}}?){_NOUN}\b{_WHEN}"
)
_BESIDE = re.compile(
    r"\b(?:(?P<after>after|following)|before|since|until|between|except|besides|than|without|not)"
    r"\s+(?:those\s+of\s+|that\s+of\s+)?(?:the|that|this|his|her|their)\s+$"
)
_LEFT = re.compile(r"\b(?:disposition|discharged|setting|sent|go|went)\b")
_EASY = frozenset(("of", "the", "and", "with", "a", "in", "hospital", "inpatient", "icu", "unit"))
LONGEST_ENDING, SHORTEST_STEM = 3, 5


def with_reason_stay(text: str, chart: Chart) -> str:
    """The question with the stay that the words before "admission" name by its diagnosis."""
    low = text.lower()
    found = _NAMED.search(low)
    if found is None:
        return text
    said = _words(found["said"])
    lead = _BESIDE.search(low[: found.start("said")])
    ended = lead is not None and lead["after"] is not None and _LEFT.search(low) is not None
    if not said or (lead is not None and not ended):
        return text  # what came before or after a stay is not of it, save where it led
    fitting = [s for s in _stays_for(chart, said) if _in_time(s, found)]
    if len(fitting) != 1:
        return text
    told = f"{low[: found.start()]} during {fitting[0].words()} {low[found.end() :]}"
    return re.sub(r"\s+", " ", told).strip()


def names_a_stay(whole: str, said: tuple[str, ...]) -> bool:
    """Whether words that a diagnosis was found by stand before "admission" in the question."""
    words = {w for one in said for w in TOKEN.findall(one)}
    return any(words & set(found["said"].split()) for found in _NAMED.finditer(whole))


def _words(said: str) -> tuple[str, ...]:
    """What was said of a stay, none of it a word of order or of stays; else nothing."""
    words = tuple(w for w in said.split() if w not in _EASY)
    return () if any(w in phrase_words() for w in words) else words


def _in_time(stay: Stay, found: re.Match[str]) -> bool:
    if found["when"] is None:
        return True
    if not stay.touches(span(found["when"])):
        return False
    first, last = _SEASONS.get(found["season"] or "", (1, 12))
    return first <= stay.start.month <= last


def _stays_for(chart: Chart, said: tuple[str, ...]) -> list[Stay]:
    """The hospital stays of which one coded diagnosis has every word."""
    coded = _coded(chart)
    begun = {
        start for start, names in coded for name in names if all(_holds(name, w) for w in said)
    }
    return [s for s in stays_of(chart) if s.kind == "hospital" and s.start in begun]


def _holds(name: tuple[str, ...], word: str) -> bool:
    if len(word) < SHORTEST_STEM:
        return word in name
    stem = word[: max(len(word) - LONGEST_ENDING, SHORTEST_STEM)]
    return any(other.startswith(stem) for other in name)


@kept
def _coded(chart: Chart) -> tuple[tuple[datetime, tuple[tuple[str, ...], ...]], ...]:
    """The words of the diagnoses that each hospital stay has, by its beginning."""
    names: dict[str, list[tuple[str, ...]]] = {}
    for one in conditions(chart):
        if one.fact.encounter:
            words = tuple(TOKEN.findall(one.fact.display.lower()))
            names.setdefault(one.fact.encounter, []).append(words)
    return tuple(
        (local_clock(e.start), tuple(names[e.fact.resource]))
        for e in encounters(chart)
        if e.is_hospital and e.start is not None and e.fact.resource in names
    )
