"""Questions for what notes tell: why, what a study showed, what a note says.

Interrogatives and auxiliaries say nothing about what to find and go. What is left is the things
that were asked about (with what clinicians write for them, and the findings that a result's
direction has), and the events. A "why" that names nothing of either is not understood. Nothing is
looked up here, and no word is bent into another one: a verb's forms are listed, not stemmed.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers import note_terms
from pipelines.answers.question import ChartQuestion, NoteAsked
from pipelines.answers.question.text import QuestionText, key, tokens
from pipelines.answers.question.text import words as phrases
from pipelines.terms import site
from pipelines.terms.concepts import load
from pipelines.terms.vocabulary import load as load_names

TABLE = Path(__file__).with_name("question_narrative.toml")
NAMES = Path(__file__).with_name("question_names.toml")
LONGEST_TERM = 5
BOTH_WAYS = ("high", "low")


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The lists of `question_narrative.toml`."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@lru_cache(maxsize=16)
def any_pattern(section: str, name: str) -> re.Pattern[str]:
    """The patterns of one list as one."""
    return re.compile("|".join(table()[section][name]))


def narrative(text: QuestionText) -> ChartQuestion | None:
    """A question that only sentences can answer, or None where it is another kind."""
    kind, document, about = _kind(text.text.strip())
    if kind is None:
        return None
    asked = note_asked(about, kind, document)
    if not asked.things and not asked.events:
        return None
    groups = (*asked.things, *asked.events)
    return ChartQuestion(text.whole, "note", "search", note_words=groups, note=asked)


def is_why(text: str) -> bool:
    """Whether a cause is asked for."""
    return any_pattern("kinds", "why").search(text) is not None


def _kind(text: str) -> tuple[str | None, str, str]:
    """The kind, the document that is named, and what is asked about."""
    if is_why(text):
        return "why", "", any_pattern("kinds", "why").sub(" ", text)
    said = any_pattern("kinds", "said").match(text)
    if said is not None:
        return "said", said["document"], said["what"]
    show = any_pattern("kinds", "show").match(text)
    if show is not None:
        return "show", "", show["what"]
    return None, "", text


def note_asked(about: str, kind: str, document: str = "") -> NoteAsked:
    """What the words ask for, sorted into things, events and a direction."""
    things: dict[tuple[str, ...], None] = {}
    events: dict[tuple[str, ...], None] = {}
    found, way = _terms(about, directed=kind == "why")
    for term in found:
        group = _events().get(term)
        if group is not None:
            events[group] = None
        else:
            things[_thing(term, way)] = None
    latest = bool(any_pattern("kinds", "latest").search(f"{document} {about}"))
    named = tuple(w for w, _, _ in tokens(document) if w not in _empty() | _DOCUMENT_WORDS)
    return NoteAsked(kind, tuple(things), tuple(events), way, named, latest)


_DOCUMENT_WORDS = frozenset({"doctor", "doctors", "team", "chart", "any", "all"})


def _terms(about: str, *, directed: bool) -> tuple[list[str], str | None]:
    """The longest known terms and the other telling words, in order, and the direction."""
    words = [word for word, _, _ in tokens(about)]
    found: list[str] = []
    way: str | None = None
    at = 0
    while at < len(words):
        for length in range(min(LONGEST_TERM, len(words) - at), 0, -1):
            term = " ".join(words[at : at + length])
            if term in _known() or length == 1:
                break
        direction = next((w for w in BOTH_WAYS if term in table()["direction"][w]), None)
        if directed and direction is not None and term not in _events():
            way = way or direction
        elif term in _known() or (term not in _empty() and not term.isdigit()):
            found.append(term)
        at += length
    return found, way


def _thing(term: str, way: str | None) -> tuple[str, ...]:
    """A term with everything that notes write for it; findings only in the direction asked."""
    names = dict.fromkeys((term, *_synonyms().get(term, ()), *note_terms.same(term)))
    for concept in load().named.get(term, ()):
        known = load().by_key[concept]
        names.update(dict.fromkeys(n.lower() for n in known.names))
        for one in (way,) if way else BOTH_WAYS:
            own = known.high if one == "high" else known.low
            told = (*((own,) if own else ()), *table()["findings"].get(f"{concept}.{one}", ()))
            names.update(dict.fromkeys(told))
    return tuple(names)


@site.remembered()
def _known() -> frozenset[str]:
    names = (key(name) for name in load().named)
    return frozenset((*_synonyms(), *_events(), *names, *note_terms.terms()))


def listed_same(term: str) -> tuple[str, ...]:
    """What the tables of notes and names list beside a term."""
    return _synonyms().get(term, ())


@lru_cache(maxsize=1)
def _events() -> dict[str, tuple[str, ...]]:
    return {term: tuple(group) for group in table()["events"]["groups"] for term in group}


@site.remembered()
def _synonyms() -> dict[str, tuple[str, ...]]:
    """Every term → its group; brand names and short forms of drugs both ways."""
    found: dict[str, tuple[str, ...]] = {}
    names = site.table(NAMES)["synonyms"]
    drugs = [[said, *others] for said, others in names.items() if len(others) == 1]
    for group in (*table()["terms"]["groups"], *drugs, *_vocabulary()):
        for term in group:
            found[key(term)] = tuple(dict.fromkeys((*found.get(key(term), ()), *group)))
    return found


def _vocabulary() -> list[tuple[str, ...]]:
    """The names of each entry of the vocabulary that mean this one entry alone."""
    said = load_names().said
    entries = load_names().by_key.values()
    own = (tuple(n for n in entry.names if len(said.get(n, ())) == 1) for entry in entries)
    return [names for names in own if len(names) > 1]


@lru_cache(maxsize=1)
def _empty() -> frozenset[str]:
    return frozenset((*table()["empty"]["words"], *phrases()["filler"]["words"]))
