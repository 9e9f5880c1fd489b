"""Questions for one element of a record, and for results by what people call them.

"Who ordered it", "which lot", "who is her agent" ask for one element of records of one kind; the
table `question_particulars.toml` names the words, the element and the sentence. "Receptor status"
asks for results that a laboratory files under other names. Nothing is bent: a word that neither
the table explains nor a record's own name carries leaves the question to other readers, and a
particular of records that the chart does not have is looked for in its notes, or left to them.
"""

from __future__ import annotations

import re
import tomllib
from copy import copy
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.question import ChartQuestion, NoteAsked
from pipelines.answers.question.names import take_names
from pipelines.answers.question.reading import Reading
from pipelines.answers.question.records import device_sort
from pipelines.answers.question.scope import take_picks
from pipelines.answers.question.text import QuestionText, any_of, asks_if, key, phrase, words
from pipelines.answers.question.when import take_when
from pipelines.charts.labs import kinds
from pipelines.charts.particulars import Entry, Particular, entries
from pipelines.records.chart import Chart

TABLE = Path(__file__).with_name("question_particulars.toml")
_ELSE = phrase(r"why|how come|how many|how often|should|need|needs|(?<!fall )(?<!falls )risk")
_WHY = phrase(r"why|how come|reasons?")
_COUNT = phrase(
    r"how many(?:\s+times)?"
    r"|(?<!lot )(?<!serial )(?<!batch )(?<!model )(?<!phone )(?<!telephone )(?<!record )"
    r"(?:total\s+)?number of(?!\s+(?:his|her|the|this|an?)\b)(?:\s+times)?|count of|how often"
)
_SHOULD = phrase(r"should|need|needs|(?<!fall )(?<!falls )risk")


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The table of words."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def read_particulars(reading: Reading) -> ChartQuestion | None:
    """The question as one for a particular or a topic of results, or None."""
    plain = reading.text.find(_ELSE) is None
    return (_topic(reading) if plain else None) or _particular(reading)


def _tried(reading: Reading) -> Reading:
    tried = copy(reading)
    tried.text = copy(reading.text)
    tried.yes_no = asks_if(tried.text.whole)
    return tried


@lru_cache(maxsize=256)
def _said(section: str, number: int) -> re.Pattern[str]:
    """What people say for one entry of the table, the longest phrase first."""
    return phrase(any_of(table()[section][number]["said"]))


def _topic(reading: Reading) -> ChartQuestion | None:
    """Results of the chart that are filed under a topic that the question names."""
    for number, topic in enumerate(table()["topic"]):
        said = _said("topic", number)
        if reading.text.find(said) is None:
            continue
        tried = _tried(reading)
        tried.text.take(said)
        filed = _filed(reading.chart, topic["filed"])
        if not filed and not topic.get("notes"):
            continue
        tried.text.take_all(phrase(any_of((*topic["filler"], *table()["filler"]))))
        when = take_when(tried.text)
        picks = take_picks(tried.text, ())
        left = {word.removesuffix("s") for word in tried.text.left()}
        meant = tuple(name for name in filed if left <= _words_of(name))
        if not filed and not left:
            return _noted(tried, topic)
        if not meant:
            again = _as_result(reading, said, filed) if left else None
            if again is not None:
                return again
            continue
        tried.picks = picks
        ask = "when" if when and not topic["title"].endswith("date") else "list"
        return tried.made("topic", ask, attribute=topic["title"], names=meant)
    return None


def _as_result(
    reading: Reading, said: re.Pattern[str], filed: tuple[str, ...]
) -> ChartQuestion | None:
    """The question with the one result's own name: its extreme, its number, its course."""
    from pipelines.answers.question.reading import read

    if len(filed) != 1 or key(filed[0]) in key(reading.text.whole):
        return None
    again = read(said.sub(key(filed[0]), reading.text.whole, count=1), reading.chart)
    told = again.subject == "result" and again.decline is None
    return replace(again, text=reading.text.whole) if told else None


def _filed(chart: Chart, filed: str) -> tuple[str, ...]:
    """The names of the chart's results that are filed so."""
    return tuple(k.display for k in kinds(chart) if re.search(filed, k.display.lower()))


def _words_of(name: str) -> set[str]:
    return {word.removesuffix("s") for word in key(name).split()}


@lru_cache(maxsize=1)
def particulars() -> tuple[Particular, ...]:
    """Every particular of the table."""
    return tuple(
        Particular(
            one["title"], one["record"], one["path"], one.get("value", "."), one["line"],
            one.get("role"), one.get("each", False), one.get("beside"),
        )
        for one in table()["particular"]
    )  # fmt: skip


def _particular(reading: Reading) -> ChartQuestion | None:
    """The first particular whose words and whose records the question names."""
    silent: ChartQuestion | None = None
    for number, one in enumerate(table()["particular"]):
        said = _said("particular", number)
        if reading.text.find(said) is None or not _is_its_kind(reading.text, one):
            continue
        tried = _tried(reading)
        if not one.get("name_first"):  # "general examination" is a name with such a word in it
            tried.text.take(said)
        asked = _asked(tried, one, str(number))
        if asked is None:
            continue
        if holding(entries(reading.chart, particulars()[number], asked.names), asked):
            return asked
        if not one.get("quiet"):
            silent = silent or _noted(tried, one) or asked
    return silent


def holding(found: tuple[Entry, ...], asked: ChartQuestion) -> tuple[Entry, ...]:
    """The entries that say every word which is looked for in them."""
    wanted = {word.removesuffix("s") for word in asked.searched}
    return tuple(e for e in found if wanted <= _words_of(e.value))


def _is_its_kind(text: QuestionText, one: dict[str, Any]) -> bool:
    """Whether a reason or a number may be asked for where the question asks for one."""
    if text.find(_SHOULD) is not None:
        return False
    if text.find(_WHY) is not None and not one.get("why"):
        return False
    counted = text.find(_COUNT) is not None
    return not counted or bool(one.get("counts"))


def _asked(tried: Reading, one: dict[str, Any], number: str) -> ChartQuestion | None:
    """The question for a particular, or None where words are left that nothing explains."""
    text = tried.text
    ask = "count" if text.take_all(_COUNT) else "list"
    _ = one.get("why") and text.take_all(_WHY)
    names: tuple[str, ...] = ()
    if one.get("must") and not phrase(any_of(one["must"])).search(text.whole):
        return None
    if one.get("dated") and tried.window is None:
        return None
    noun = text.take(phrase(any_of(one["nouns"]))) if one.get("must") and "nouns" in one else None
    if one.get("named") or one.get("may_name"):
        names = _names(tried, one)
        noun = text.take(phrase(any_of(one.get("nouns", ["nothing"])))) or noun
        if one.get("named") and not names and noun is None:
            return None
    more = one["said"] if one.get("name_first") or one.get("within") else ()
    text.take_all(phrase(any_of((*one.get("filler", ()), *table()["filler"], *more))))
    tried.when = take_when(text)
    text.take_all(phrase(any_of(tuple(words()["medication"]["words"]))))
    tried.picks = take_picks(text, ())
    scoped = bool(tried.window or tried.picks or names)
    left = text.left()
    if one.get("within") and (left or not names):
        asked = tried.made("particular", ask, attribute=number, names=names, searched=left)
        return asked if left else None
    if left or (one.get("scoped") and not scoped):
        return None
    if ask == "list" and tried.when and one.get("timed"):
        ask = "when"
    return tried.made("particular", ask, attribute=number, names=names)


def _names(tried: Reading, one: dict[str, Any]) -> tuple[str, ...]:
    """The records of this kind that the question names; devices by their sort as well."""
    text, own = tried.text, _displays(tried.chart, one)
    if one["record"] == "care plan":
        return _plans(text, own)
    names = take_names(text, own).displays
    filed = device_sort(text) if one["record"] == "device" and not names else None
    if filed is None:
        return names
    return tuple(d for d in own if re.search(filed, d.lower()))


def _plans(text: QuestionText, own: tuple[str, ...]) -> tuple[str, ...]:
    """The plans whose titles, or what they are for, have the most words of the question."""
    said = {word: word.removesuffix("s") for word in text.left()}
    shared = {d: {w for w, single in said.items() if single in _words_of(d)} for d in own}
    most = max((len(words) for words in shared.values()), default=0)
    names = tuple(d for d in own if most and len(shared[d]) == most)
    for word in {w for d in names for w in shared[d]}:
        text.take_all(phrase(re.escape(word)))
    return names


def _displays(chart: Chart, one: dict[str, Any]) -> tuple[str, ...]:
    anything = Particular(one["title"], one["record"], ".*", ".", one["line"])
    return tuple(dict.fromkeys(entry.fact.display for entry in entries(chart, anything, ())))


def _noted(tried: Reading, one: dict[str, Any]) -> ChartQuestion | None:
    """Where no record has it, the sentences of notes that name it."""
    if not one.get("notes") or not tried.notes:
        return None
    group = tuple(one["notes"])
    asked = ChartQuestion(tried.text.whole, "note", "search", note_words=(group,))
    return replace(asked, note=NoteAsked("search", (group,)), window=tried.window)
