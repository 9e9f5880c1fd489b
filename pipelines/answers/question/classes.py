"""Drug classes in a question: "antibiotics" means the chart's own drugs of that class.

The words for the class are taken out of the question and the chart's names of its drugs given
back; a class of which the chart names no drug is told apart from no class at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.answers.question.text import QuestionText, any_of, phrase, tokens
from pipelines.terms import site
from pipelines.terms.drug_classes import load
from pipelines.terms.vocabulary import entries_in, entries_said

NOT_NAMED = "No medication entry of this chart names {drugs}."


@dataclass(frozen=True, slots=True)
class ClassNamed:
    """A class that the question names, and the chart's drugs that are of it."""

    title: str
    members: tuple[str, ...]

    def drugs(self) -> tuple[str, ...]:
        """The different drugs among the members, each by its first word."""
        first = (name.replace(",", " ").split()[0].lower() for name in self.members if name.strip())
        return tuple(dict.fromkeys(sorted(first)))


def take_class(text: QuestionText, displays: Iterable[str]) -> ClassNamed | None:
    """The classes that the text names as one, blanked, with the chart's drugs of them."""
    said = text.take_all(_said())
    found = [load()[key] for key in dict.fromkeys(_by_name()[_plain(m.group())] for m in said)]
    if not found:
        return None
    members = tuple(d for d in displays if any(entry.holds(d) for entry in found))
    return ClassNamed(" or ".join(entry.title for entry in found), members)


def class_said(words: str) -> str | None:
    """The words for a class as they stand in a text, or None."""
    said = [found.group() for found in _said().finditer(QuestionText(words).text)]
    return max(said, key=len) if said else None


def names_class(text: QuestionText) -> bool:
    """Whether the text names a class; nothing is blanked."""
    return text.find(_said()) is not None


def class_members(text: QuestionText, displays: Iterable[str]) -> tuple[str, ...]:
    """The displays of a named class; the words are blanked only where there are some."""
    before = text.text
    named = take_class(text, displays)
    if named is None or not named.members:
        text.text = before
        return ()
    return named.members


def is_known_drug(word: str, displays: Iterable[str]) -> bool:
    """Whether a word is a drug by the table of classes, and no other name of one of these.

    An ending of the international nonproprietary names is a drug's own. A whole word may be a
    brand of what the chart has under another name, so that nothing else of its class may be there.
    """
    own = [entry for entry in load().values() if entry.fits(word)]
    endings = tuple(s[1:] for entry in own for s in entry.stems if s.startswith("-"))
    if word.endswith(endings):
        return bool(own)
    keys = {entry.key for entry in entries_said(word) if entry.kind == "drug"}
    if keys:
        return not any(keys & entries_in(d) for d in displays)
    return bool(own) and not any(entry.holds(d) for entry in own for d in displays)


def missing_drugs(question: str, displays: Iterable[str]) -> str:
    """That no medication entry has the drugs which a question names, or nothing."""
    known = tuple(displays)
    words = (word for word, _, _ in tokens(question))
    unnamed = (word for word in words if not any(word in d.lower() for d in known))
    said = dict.fromkeys(word for word in unnamed if is_known_drug(word, known))
    return NOT_NAMED.format(drugs=" or ".join(map(_with_generic, said))) if said else ""


def _with_generic(word: str) -> str:
    """A drug as it was named, with the name that it goes by where that is another one."""
    titles = [e.title for e in entries_said(word) if e.kind == "drug" and e.title != word]
    return f"{word} ({titles[0]})" if titles else word


@site.remembered()
def _said() -> re.Pattern[str]:
    """All names of all classes, the longest first: "loop diuretics" are not all diuretics."""
    return phrase(any_of(tuple(_by_name())))


@site.remembered()
def _by_name() -> dict[str, str]:
    return {_plain(name): key for key, entry in load().items() for name in entry.names}


def _plain(said: str) -> str:
    return " ".join(said.lower().split())
