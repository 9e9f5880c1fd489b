"""Evidence from notes: sentences that hold what the question asks for, word for word.

BM25 finds candidates; a candidate counts only when it holds every content word of the question
or a synonym of it (of four or more words, all but one). Nothing found is nothing found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pipelines.answers.evidence_items import passage_item
from pipelines.answers.evidence_stays import in_window, since
from pipelines.answers.question import ChartQuestion
from pipelines.charts import passages
from pipelines.charts.encounters import encounters
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Passage

CANDIDATES = 60
MOST_SHOWN = 4
ALL_WORDS_UP_TO = 3
SHORTEST_STEM = 4
_WORD = re.compile(r"[a-z0-9]+(?:[.][0-9]+)?")


# The search itself is the caller's: the pipeline comes with the notes' Haystack store.
NoteSearch = Callable[[Chart, Sequence[str], int], tuple[Passage, ...]]


def note_evidence(
    chart: Chart, question: ChartQuestion, search: NoteSearch = passages.search
) -> list[Evidence]:
    """The sentences worth showing, best first."""
    words = [w for group in question.note_words for phrase in group for w in phrase.split()]
    found = search(chart, list(dict.fromkeys(words)), CANDIDATES)
    if question.window is not None:
        window = since(encounters(chart), question.window)
        found = tuple(p for p in found if window and in_window(p.when, window))
    need = len(question.note_words)
    least = need if need <= ALL_WORDS_UP_TO else need - 1
    held = [(_held(p, question.note_words), p) for p in found]
    kept = [(count, p) for count, p in held if count >= least]
    kept.sort(key=lambda pair: (-pair[0], -pair[1].score))
    return [passage_item(p) for _, p in kept[:MOST_SHOWN]]


def _held(passage: Passage, groups: tuple[tuple[str, ...], ...]) -> int:
    """How many of the asked words the sentence (or its heading or title) holds."""
    text = f"{passage.title} {passage.heading or ''} {passage.text}".lower()
    present = set(_WORD.findall(text))
    return sum(any(_has(phrase, present, text) for phrase in group) for group in groups)


def _has(phrase: str, present: set[str], text: str) -> bool:
    if " " in phrase:
        return phrase in text
    if phrase in present:
        return True
    stem = re.sub(r"(?:ing|ed|es|s)$", "", phrase)
    if len(stem) < SHORTEST_STEM:
        return False
    return any(re.fullmatch(rf"{re.escape(stem)}(?:e|s|es|ed|d|ing)?", word) for word in present)
