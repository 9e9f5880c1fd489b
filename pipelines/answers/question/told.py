"""Questions for the words of a writer or of a part of a note: who said what, and what was planned.

"What did cardiology recommend?", "summarise the discharge summary", "what was she sent home
with?": the writer picks the notes by their titles, the part picks the sentences. Every word must
be a word of asking, the writer, the part, or a thing that a sentence must hold; what nobody
asked in these words stays with the other readers. Titles are read here, never a note's text.
"""

from __future__ import annotations

import re
import tomllib
from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers import note_terms
from pipelines.answers.note_sides import word as whole_word
from pipelines.answers.question import ChartQuestion, NoteAsked, Window
from pipelines.answers.question.against import take_windows
from pipelines.answers.question.declines import OTHER_PATIENT, Refusal, topics
from pipelines.answers.question.narrative import listed_same, note_asked
from pipelines.answers.question.text import QuestionText, asks_if, phrase, tokens
from pipelines.charts.notes import notes
from pipelines.records.chart import Chart

TABLE = Path(__file__).with_name("question_told.toml")
# Questions for a time, a number or a name want one thing, and not a part of a note.
_ASKS_ELSE = re.compile(
    r"(?:and |so )?(?:when|why|who|whose|how (?:many|much|long|often|old|far)|at what time)\b"
)
_ONLY_SAID = re.compile(r"\b(?:say|said|says|report(?:ed|s)?)(?: (?:today|yesterday))?$")
_STUDY = re.compile(r"radio|patholog|tomograph|echo")
_ACCORDING = re.compile(r"\b(?:according to|per|as per)\b")
_ANY = re.compile(r"(?:and |so )?(?:any|(?:is|are|was|were) there)\b")
_NIGHT_OF = re.compile(r"\b(?:nights? (?:of|on)|(?:tonight|that) night)\b")
ORDER = {"latest": -1, "first": 1, "second": 2}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of notes: the words that ask for it, its labels, other marks, the notes with it."""

    name: str
    asked: re.Pattern[str]
    labels: re.Pattern[str]
    cues: re.Pattern[str]
    titles: tuple[re.Pattern[str], ...]
    things: bool
    lifts: bool
    alone: bool


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The lists of `question_told.toml`."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def parts() -> dict[str, Part]:
    """The parts by their names, in the table's order."""
    return {
        name: Part(
            name,
            re.compile(row["asked"]),
            re.compile(row["labels"]),
            re.compile(row["cues"]),
            tuple(re.compile(t) for t in row.get("titles", ())),
            row.get("things", False),
            row.get("lifts", False),
            row.get("alone", True),
        )
        for name, row in table()["topic"].items()
    }


@lru_cache(maxsize=1)
def _writers() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (phrase("|".join(sorted(row["said"], key=len, reverse=True))), row["title"])
        for row in table()["writer"]
    )


@lru_cache(maxsize=8)
def _ways(name: str) -> re.Pattern[str]:
    return phrase("|".join(sorted(table()["ways"][name], key=len, reverse=True)))


def read_told(text: QuestionText, chart: Chart, refusal: Refusal | None) -> ChartQuestion | None:
    """The question as one for a writer's words, or for a part though its topic was refused."""
    if refusal is not None and refusal.says == OTHER_PATIENT:
        return None
    person = _role(text) if refusal is None else None
    if person is not None:
        note = NoteAsked("said", (person,), part="person")
        return ChartQuestion(text.whole, "note", "search", note_words=(person,), note=note)
    by_writer = read_writer(text, chart)
    if by_writer is not None or refusal is None:
        return by_writer
    return read_part(text, chart, refused=True)


def read_writer(text: QuestionText, chart: Chart) -> ChartQuestion | None:
    """The question as one for the words of a writer or a kind of note, or None."""
    found = _begun(text, chart)
    if found is None:
        return None
    rest, window = found
    writer = _writer(rest)
    if writer is None:
        return None
    title, said = writer
    asks = _ACCORDING.search(text.whole) is not None
    part = _part(rest, alone=False)
    if part == "findings" and _ONLY_SAID.search(text.whole) and not _STUDY.search(title):
        part = None  # what somebody says is the gist of the note, not its findings alone
    placed = _placed(rest)
    verb = rest.take(_ways("verbs")) is not None
    rest.take_all(_ways("verbs"))
    noun = bool(rest.take_all(_ways("nouns")))
    whole = rest.take(_ways("whole")) is not None or _is_note(said)
    if not (asks or verb or part or noun or whole):
        return None
    yes_no = asks_if(text.whole)
    asked = note_asked(_left(rest), "said")
    if not asked.things and not asked.events and (yes_no or _unsaid(rest)):
        return None
    note = replace(asked, part=part, writer=title, yes_no=yes_no, position=placed)
    return _question(text, window, said, note)


def read_part(text: QuestionText, chart: Chart, *, refused: bool) -> ChartQuestion | None:
    """The question as one for a part that notes have, or None; `refused` by its topic before."""
    found = _begun(text, chart)
    if found is None:
        return None
    rest, window = found
    placed = _placed(rest)
    whole = " ".join(rest.text.split())
    for name, part in parts().items():
        rest.text = whole
        if part.alone and not (refused and not part.lifts) and rest.take_all(part.asked):
            asked = _of_part(rest, part, chart, window)
            if asked is not None:
                title = "" if name != "findings" else _titles(chart, asked)
                note = replace(asked, part=name, writer=title, position=placed)
                return _question(text, window, name, note)
    return None


def _role(text: QuestionText) -> tuple[str, ...] | None:
    """Who somebody is to the patient, where a name is asked for and nothing else."""
    named = re.match(table()["people"]["asked"], " ".join(text.text.split()))
    said = " ".join(text.text.split())[named.end() :].strip() if named is not None else ""
    said = re.sub(r"(?: (?:name|contact))$", "", said)
    own = [tuple(dict.fromkeys((said, *g))) for g in table()["people"]["roles"] if said in g]
    return own[0] if own else None


def _of_part(
    rest: QuestionText, part: Part, chart: Chart, window: Window | None
) -> NoteAsked | None:
    """What is asked of a part; None where a word stays that the part is not asked with."""
    rest.take_all(_ways("whole"))
    asked = note_asked(_left(rest), "said")
    groups = (*asked.things, *asked.events)
    if part.name == "findings":
        return asked if groups and not asks_if(rest.whole) and _titles(chart, asked) else None
    if part.name in ("response",) and not groups:
        return None
    if asks_if(rest.whole) and not _ANY.match(rest.whole):
        return None
    if part.name == "events" and window is None and "night" not in rest.whole:
        return None
    return asked if part.things or part.name == "events" or not groups else None


def _titles(chart: Chart, asked: NoteAsked) -> str:
    """The titles of the notes that have every thing in their title, as one pattern."""
    groups = (*asked.things, *asked.events)
    titles = dict.fromkeys(note.title.lower() for note in notes(chart))
    own = [t for t in titles if all(any(in_title(w, t) for w in g) for g in groups)]
    return "|".join(f"^{re.escape(title)}$" for title in own)


def in_title(term: str, title: str) -> bool:
    """Whether every word of a term, or a synonym of it, is in a title, in any order."""
    if whole_word(term).search(title) is not None:
        return True
    said = term.split()
    return len(said) > 1 and all(
        any(whole_word(w).search(title) for w in (one, *note_terms.same(one), *listed_same(one)))
        for one in said
    )


def _begun(text: QuestionText, chart: Chart) -> tuple[QuestionText, Window | None] | None:
    """The words without the stretch of time; None where it is no question for a part of notes."""
    if _ASKS_ELSE.match(text.whole) is not None:
        return None
    barred = [t for t in topics() if t.name in ("advice", "order", "others", "elsewhere")]
    if any(topic.declines(text.text.strip(), has_notes=True) for topic in barred):
        return None
    rest = copy(text)
    try:
        window, against = take_windows(rest, chart.as_of)
    except ValueError:
        return None
    rest.text = " ".join(rest.text.split())
    return None if against is not None else (rest, _night(text.whole, window))


def _night(whole: str, window: Window | None) -> Window | None:
    """The night that a day is named with: that of the day before it, or "the night of" it."""
    if window is None or window.start is None or window.end is None or "night" not in whole:
        return window
    whole_day = window.start.hour == 0 and window.end - window.start > timedelta(hours=20)
    if not whole_day or window.end - window.start > timedelta(days=1):
        return window
    days = 0 if _NIGHT_OF.search(whole) is not None else 1
    midnight = window.start.replace(hour=0, minute=0) - timedelta(days=days)
    start, end = midnight + timedelta(hours=19), midnight + timedelta(hours=33)
    return replace(window, start=start, end=end, words=f"the night {window.words}")


def _writer(rest: QuestionText) -> tuple[str, str] | None:
    """The pattern of titles of the writer that is named, and how; the longest naming counts."""
    found = [(m, title) for pattern, title in _writers() if (m := rest.find(pattern)) is not None]
    if not found:
        return None
    match, title = max(found, key=lambda one: len(one[0].group()))
    rest.blank(match.start(), match.end())
    rest.text = " ".join(rest.text.split())
    return title, match.group()


def _part(rest: QuestionText, *, alone: bool) -> str | None:
    for name, part in parts().items():
        if (part.alone or not alone) and rest.take_all(part.asked):
            return name
    return None


def _placed(rest: QuestionText) -> int | None:
    """Which of several notes is meant, by a word of order."""
    for name, position in ORDER.items():
        if rest.take(_ways(name)) is not None:
            return position
    return None


def _is_note(said: str) -> bool:
    return (
        re.search(r"\b(?:notes?|summar(?:y|ies)|reports?|consult\w*|instructions?)\b", said)
        is not None
    )


def _left(rest: QuestionText) -> str:
    rest.take_all(_ways("about"))
    rest.take_all(_ways("fillers"))
    return " ".join(rest.text.split())


def _unsaid(rest: QuestionText) -> bool:
    """Whether a word is left that is neither a thing nor one of asking."""
    return any(len(word) > 1 for word, _, _ in tokens(_left(rest)))


def _question(
    text: QuestionText, window: Window | None, said: str, note: NoteAsked
) -> ChartQuestion:
    named = ((said.strip(),), *note.things, *note.events)
    return ChartQuestion(text.whole, "note", "search", note_words=named, note=note, window=window)
