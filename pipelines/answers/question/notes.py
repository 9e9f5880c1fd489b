"""Questions for the notes: which words a sentence must hold to be worth showing.

A question goes to the notes only by what nothing else explained. Every content word must be in
the sentence (a synonym counts), or all but one of many; a sentence that holds fewer of them is
about something else. Finding a sentence is not an answer to yes or no: it is shown as it stands.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pipelines.answers import note_terms
from pipelines.answers.question import ChartQuestion, NoteAsked
from pipelines.answers.question.narrative import note_asked
from pipelines.answers.question.text import asks_if, key, listed, tokens, words
from pipelines.terms.concepts import load

SYNONYMS = Path(__file__).with_name("question_notes.toml")
MOST_WORDS = 8
_ASKING = frozenset({"why", "how", "because", "reason", "still", "so"})
_COUNTING = re.compile(
    r"\bhow\s+(?:many|much|long|often)\b|\btime\s+(?:between|from|since|until)\b|\bwho\b|\bduration\b"
)
_LISTING = re.compile(
    r"\b(?:what|which|list|all)\s+(?:\w+\s+){1,2}(?:has|have|had|did|is|are|was|were)\b"
    r".*\b(?:received?|given|on|taking|take|took|gets?|got|started|stopped|prescribed|abnormal"
    r"|critical)\b"
)


def note_question(
    whole: str,
    understood: ChartQuestion | None,
    left: tuple[str, ...],
    _chart_names: Mapping[str, tuple[str, ...]],
) -> ChartQuestion | None:
    """The question as a search in the notes, or None where it has no word to search for."""
    if understood is not None and understood.ask in (
        "mean", "median", "sum", "count", "difference", "comparison", "extreme", "length",
    ):  # fmt: skip
        return None  # arithmetic is never answered by a sentence of a note
    # Words of the question's form, and for notes themselves, are not looked for in sentences.
    form = _ASKING | set(key(" ".join(words()["note"]["words"])).split())
    kept = set(left) - form if understood is not None else set()
    of_result = understood is not None and understood.subject == "result"
    # A sentence that holds the word is no count and no whole list; and one with potassium is no
    # answer to "potassium not measured".
    counted = _COUNTING.search(whole) or _LISTING.search(whole)
    if counted or (of_result and kept <= _nothing_to_find()):
        return None
    said = set(_content(whole)) | kept
    phrased = {word for phrase in note_terms.phrases(whole) for word in phrase.split()}
    wanted = [word for word in tokens_of(whole) if word in said | phrased]
    if not left and understood is None and not wanted:
        return None
    if wanted and set(wanted) <= set(_table()["measures"]["words"]):
        return None  # "what was the dose" does not say of what
    soft = set(_table()["soft"]["words"])
    hard = [word for word in wanted if word not in soft]
    asked = note_asked(" ".join((hard or wanted)[:MOST_WORDS]), "search")
    things = tuple((*group, *synonyms(group[0])) for group in asked.things)
    things = _either(whole, things)
    things = (*_results_meant(understood, things), *things)
    groups = (*things, *asked.events)
    if not groups:
        return None
    return ChartQuestion(
        " ".join(whole.split()), "note", "search", note_words=groups,
        note=NoteAsked(
            "search", things, asked.events, yes_no=_wants_yes_or_no(whole),
            within=of_result and not _wants_yes_or_no(whole),
        ),
    )  # fmt: skip


def _either(whole: str, things: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """ "A walker or a rollator": either of two things side by side is enough."""
    found = re.search(r"\b([a-z-]+)\s+or\s+(?:an?\s+|any\s+|the\s+)?([a-z-]+)\b", whole)
    if found is None:
        return things
    pair = [group for group in things if found[1] in group or found[2] in group]
    if len(pair) != 2:
        return things
    joined = tuple(dict.fromkeys((*pair[0], *pair[1])))
    return tuple(joined if g is pair[0] else g for g in things if g is not pair[1])


def _wants_yes_or_no(whole: str) -> bool:
    """ "Any chest pain?" asks the same as "Was there any chest pain?"."""
    text = " ".join(whole.split())
    return asks_if(text) or text.startswith("any ")


def _results_meant(
    understood: ChartQuestion | None, things: tuple[tuple[str, ...], ...]
) -> tuple[tuple[str, ...], ...]:
    """The results that the question names, where no word of it that is searched for says them.

    "Is the K so-so" is about the potassium: a sentence without it is about something else.
    """
    if understood is None or understood.subject != "result":
        return ()
    known = load().by_key
    names = [known[t.concept].names for t in understood.things if t.concept]
    said = {part for group in things for phrase in group for part in (phrase, *phrase.split())}
    return tuple(tuple(map(key, own)) for own in names if not said & set(map(key, own)))


def synonyms(word: str) -> tuple[str, ...]:
    """The word and what notes write instead of it."""
    return _groups().get(word, (word,))


def tokens_of(text: str) -> tuple[str, ...]:
    """The words of a text, each once, in order."""
    return tuple(dict.fromkeys(word for word, _, _ in tokens(text)))


def _content(whole: str) -> tuple[str, ...]:
    empty = set(words()["filler"]["words"]) | set(_table()["empty"]["words"])
    plain = listed("note").sub(" ", whole)
    return tuple(w for w in tokens_of(plain) if w not in empty and (len(w) > 1))


def _nothing_to_find() -> frozenset[str]:
    """Words that no sentence is looked for by."""
    return frozenset(_table()["empty"]["words"])


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(SYNONYMS.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _groups() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in _table()["synonyms"]["groups"]:
        for word in group:
            single = tuple(dict.fromkeys(key(other) for other in group))
            found[key(word)] = single
    return found
