"""What notes write for what people say: the reader of `note_synonyms.csv`.

Promises: the question is widened, never the record. `same` gives words for one and the same
thing, so that a sentence with one of them speaks of what was asked; `near` adds what notes write
where that thing is told of (a drug of the class, a finding of the organ), which is good to find
sentences by and no ground for a yes or a no. The longest phrase that is known counts, so that
"short of breath at night" is one thing. A word that is in no group stands for itself.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipelines.answers.question.text import key, tokens, words

TABLE = Path(__file__).with_name("note_synonyms.csv")
LONGEST_PHRASE = 5
# The verbs and small words of questions beyond the fillers of `question_words.toml`.
ASKING = frozenset(
    [
        "did",
        "does",
        "do",
        "was",
        "were",
        "is",
        "are",
        "has",
        "have",
        "had",
        "any",
        "there",
        "what",
        "when",
        "where",
        "which",
        "who",
        "whom",
        "whose",
        "why",
        "how",
        "much",
        "many",
        "long",
        "ever",
        "about",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "from",
        "by",
        "with",
        "and",
        "or",
        "the",
        "a",
        "an",
        "her",
        "his",
        "their",
        "she",
        "he",
        "they",
        "it",
        "its",
        "patient",
        "tell",
        "me",
        "us",
        "show",
        "say",
        "said",
        "notes",
        "note",
        "chart",
        "happen",
        "happened",
        "been",
        "being",
        "be",
        "get",
        "got",
        "having",
        "find",
        "found",
        "seen",
        "anything",
        "something",
    ]
)


@dataclass(frozen=True, slots=True)
class Group:
    """Words for one thing, and words that notes write where it is told of."""

    said: tuple[str, ...]
    written: tuple[str, ...]


def same(term: str) -> tuple[str, ...]:
    """The other words for the same thing; none for a term that no group has."""
    return _joined(term, [word for group in _of(term) for word in group.said])


def near(term: str) -> tuple[str, ...]:
    """The words for the same thing, then those that notes write where it is told of."""
    written = [word for group in _of(term) for word in group.written]
    return _joined(term, [*same(term), *written])


def terms() -> frozenset[str]:
    """Everything that people say, by which phrases of a question are known."""
    return frozenset(_by_term())


def widened(question: str) -> tuple[tuple[str, ...], ...]:
    """The telling words of a question, a group each: as it was said first, then `near`."""
    return tuple((term, *near(term)) for term in _telling(question))


def phrases(question: str) -> tuple[str, ...]:
    """The phrases of a question that are one thing, longer than a word."""
    return tuple(term for term in _telling(question) if " " in term)


def as_said(question: str) -> tuple[tuple[str, ...], ...]:
    """The same words alone, each a group of one, without any synonym."""
    empty = ASKING | set(words()["filler"]["words"])
    said = dict.fromkeys(word for word, _, _ in tokens(question.lower()))
    return tuple((word,) for word in said if word not in empty)


def _telling(question: str) -> Iterator[str]:
    spoken = [word for word, _, _ in tokens(question.lower())]
    empty = ASKING | set(words()["filler"]["words"])
    at = 0
    while at < len(spoken):
        for length in range(min(LONGEST_PHRASE, len(spoken) - at), 0, -1):
            term = " ".join(spoken[at : at + length])
            if _of(term):
                yield term
                break
        else:
            length = 1
            if spoken[at] not in empty:
                yield spoken[at]
        at += length


def _of(term: str) -> tuple[Group, ...]:
    """The groups of a term; a plural is the same thing as its singular."""
    found = _by_term().get(term, ())
    if not found and term.endswith("s"):
        found = _by_term().get(term[:-1], ())
    return found or _by_term().get(f"{term}s", ())


def _joined(term: str, found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in found if word != term))


@lru_cache(maxsize=1)
def _by_term() -> Mapping[str, tuple[Group, ...]]:
    found: dict[str, tuple[Group, ...]] = {}
    for group in groups():
        for word in group.said:
            found[key(word)] = (*found.get(key(word), ()), group)
    return found


def groups() -> Iterator[Group]:
    """Every group of the table."""
    text = TABLE.read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(line for line in text if not line.startswith("#")):
        yield Group(_split(row["said"]), _split(row["written"]))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split(";") if word.strip())
