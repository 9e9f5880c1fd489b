"""Questions that were near where the words of one were not understood.

Only names that this chart has are offered, each in a question of its kind: first those that the
words name outright, then those that a word is a near spelling of. Near is not meant: nothing is
asked until the reader chooses. A question about another patient or for advice has no near one,
because it was understood and declined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from pipelines.answers.question.names import take_names, telling_words
from pipelines.answers.question.text import QuestionText, key, phrase_words
from pipelines.answers.question.things import take_things
from pipelines.answers.question.understood_others import table
from pipelines.charts.question_names import own_names, result_names, thing_names
from pipelines.records.chart import Chart
from pipelines.records.understood import OtherReading
from pipelines.terms.concepts import load

MOST = 4
SHORTEST = 5
LONGEST = 4
NEAR_SCORE = 80


def nearest(typed: str, chart: Chart) -> tuple[OtherReading, ...]:
    """A few questions about what the words name or nearly name, the surest first."""
    if _names_somebody(typed, chart):
        return ()
    found = (*_named(typed, chart), *_nearly(typed, chart))
    return tuple(islice(dict.fromkeys(found), MOST))


def _names_somebody(typed: str, chart: Chart) -> bool:
    """Whether a word with a capital is neither of this chart nor of questions: another person?"""
    known = {w for name in result_names(chart) for w in key(name.display).split()}
    known |= {w for names in thing_names(chart).values() for n in names for w in key(n).split()}
    known |= set().union(*own_names(chart)) | phrase_words() | set(load().named)
    capitals = re.findall(r"(?<=[a-z,] )[A-Z][a-z]{2,}", typed)
    return any(word.lower() not in known for word in capitals)


def _named(typed: str, chart: Chart) -> Iterator[OtherReading]:
    text = QuestionText(typed)
    for thing in take_things(text, result_names(chart), []):
        if thing.code_keys:
            yield _asked("result", thing.title)
    for kind, displays in thing_names(chart).items():
        for display in take_names(text, displays).displays:
            yield _asked(kind, display)


def _nearly(typed: str, chart: Chart) -> Iterator[OtherReading]:
    """Names of which one word is nearly one that was typed."""
    from rapidfuzz import fuzz, process

    words = {kind: displays for kind, displays in thing_names(chart).items() if kind in _forms()}
    words["result"] = tuple(name.display for name in result_names(chart))
    by_word: dict[str, list[tuple[str, str]]] = {}
    for kind, displays in words.items():
        for display in displays:
            if len(key(display).split()) > LONGEST:
                continue  # a sentence of a questionnaire, not a name
            for word in telling_words(display):
                by_word.setdefault(word, []).append((kind, display))
    found: dict[tuple[str, str], float] = {}
    for said in QuestionText(typed).left():
        if len(said) < SHORTEST or said in phrase_words():
            continue
        close = process.extract(said, list(by_word), scorer=fuzz.ratio, score_cutoff=NEAR_SCORE)
        for word, score, _ in close:
            for named in by_word[word]:
                found[named] = max(score, found.get(named, 0.0))
    for (kind, display), _ in sorted(found.items(), key=lambda one: -one[1]):
        yield _asked(kind, display)


def _forms() -> dict[str, str]:
    forms: dict[str, str] = table()["nearest"]
    return forms


def _asked(kind: str, display: str) -> OtherReading:
    question = _forms()[kind].format(name=display)
    return OtherReading(question, question)
