"""A question as it is said, written in the words that the readers know, before any reads it.

In: a question and its chart. Out: the question with the patient's names as "the patient", dates
as ISO dates, letters said apart as one word, and the other ways of saying the same that
`spoken.toml` lists. Nothing here answers, and nothing narrower than what was said may come out.
`otherwise` are further wordings for a question that was not understood: which stay or which moment
of a stay is meant, looked up in the chart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from pipelines.answers.question.spoken_dates import says_a_date, with_dates
from pipelines.answers.question.spoken_person import with_patient
from pipelines.answers.question.spoken_plainer import plainer
from pipelines.answers.question.spoken_stays import with_stays
from pipelines.answers.question.text import phrase_words
from pipelines.answers.question.word_table import WordTable
from pipelines.charts.days import days, last_sign
from pipelines.charts.question_names import own_names
from pipelines.records.chart import Chart
from pipelines.terms import site
from pipelines.terms.concepts import short_names
from pipelines.terms.spelling import is_known

TABLE = WordTable("spoken.toml")
Row = tuple[re.Pattern[str], str, re.Pattern[str] | None, tuple[str, str] | None]
_APART = re.compile(r"(?<![\w'\u2019.-])[A-Za-z](?:[ .][A-Za-z]){1,4}(?![\w'\u2019-])\.?")
_AND_APART = re.compile(r"(?<![\w'])([A-Za-z]) and ([A-Za-z])(?![\w'])")
_LETTERS_JOINED = {"h and p": "h&p", "i and o": "i&o", "d and c": "d&c", "t and a": "t&a"}


def spoken(question: str, chart: Chart) -> str:
    """The question in the words of the readers; `NotThisPatient` where it names another one."""
    text = _joined(question)
    text = with_patient(_reworded(text, "before"), own_names(chart)[1])
    text = with_dates(text, days(chart)) if says_a_date(text) else text
    return _reworded(_of_signs(text, chart), "same")


def otherwise(text: str, chart: Chart) -> Iterator[str]:
    """Further wordings, to be tried one after the other where none before was understood."""
    told = _better(_reworded(text, "perhaps"))
    if told != text:
        yield told
    yield from with_stays(told, chart)
    yield from plainer(told, chart)
    if told != text:
        yield from plainer(text, chart)


def _of_signs(text: str, chart: Chart) -> str:
    """ "The last 24 hours of vitals" end with the last vital sign, not with the chart."""
    found = TABLE.written("signs", "last").search(text.lower())
    last = last_sign(chart) if found is not None else None
    if found is None or last is None:
        return text
    end = datetime.fromisoformat(last[:16])
    start = end - timedelta(hours=int(found["hours"]))
    stretch = f"between {start:%Y-%m-%dT%H:%M} and {end:%Y-%m-%dT%H:%M}"
    return f"{text[: found.start()]}{stretch}{text[found.end() :]}"


def _joined(question: str) -> str:
    text = _AND_APART.sub(lambda m: _LETTERS_JOINED.get(m.group().lower(), m.group()), question)
    return _APART.sub(lambda m: _one_word(m.group()), text)


def _one_word(written: str) -> str:
    """Letters apart as the word that they spell, where some list knows it."""
    letters = re.sub(r"[ .]", "", written)
    for drop in (0, 1) if written[0].lower() in ("a", "i") else (0,):
        word = letters[drop:].lower()
        if len(word) > 1 and (word in _spelt() or word in phrase_words() or is_known(word)):
            return f"{written[:drop]} {word}".strip()
    return written


@site.remembered()
def _spelt() -> frozenset[str]:
    return frozenset(
        {*short_names(), "icu", "ed", "er", "bp", "hr", "rr", "iv", "or", "pcp", "vbg", "abg"}
    )


@lru_cache(maxsize=4)
def _rows(section: str) -> tuple[Row, ...]:
    return tuple(
        (
            re.compile(row["say"], re.IGNORECASE),
            row["as"],
            re.compile(row["unless"], re.IGNORECASE) if "unless" in row else None,
            tuple(row["later"]) if "later" in row else None,
        )
        for row in TABLE.words[section]
    )


def _reworded(text: str, section: str) -> str:
    for pattern, said, unless, later in _rows(section):
        found = pattern.search(text)
        if found is None or (unless is not None and unless.search(text)):
            continue
        if later is not None and found.expand(later[0]) <= found.expand(later[1]):
            continue
        text = pattern.sub(said, text)
    return re.sub(r"\s+", " ", text).strip()


@lru_cache(maxsize=1)
def _better_patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    table = TABLE.words["better"]
    sides = {"low": ("lowest", "highest"), "high": ("highest", "lowest")}
    made = []
    for side, names in table.items():
        listed = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
        for word, said in zip(("best", "worst"), sides[side], strict=True):
            made.append((re.compile(rf"\b{word}(?= (?:{listed})\b)", re.IGNORECASE), said))
    return tuple(made)


def _better(text: str) -> str:
    for pattern, said in _better_patterns():
        text = pattern.sub(said, text)
    return text
