"""Drug classes in a question: "antibiotics" means the chart's own drugs of that class.

The words for the class are taken out of the question and the chart's names of its drugs given
back; a class of which the chart names no drug is told apart from no class at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question_text import QuestionText, any_of, phrase
from pipelines.terms.drug_classes import DrugClass, load

NOT_NAMED = "No medication entry of this chart names {drug}."


@dataclass(frozen=True, slots=True)
class ClassNamed:
    """A class that the question names, and the chart's drugs that are of it."""

    title: str
    members: tuple[str, ...]


def take_class(text: QuestionText, displays: Iterable[str]) -> ClassNamed | None:
    """The classes that the text names as one, blanked, with the chart's drugs of them."""
    found = [entry for entry in load().values() if _names(entry, text)]
    if not found:
        return None
    members = tuple(d for d in displays if any(entry.holds(d) for entry in found))
    return ClassNamed(" or ".join(entry.title for entry in found), members)


def names_class(text: QuestionText) -> bool:
    """Whether the text names a class; nothing is blanked."""
    return any(text.find(phrase(any_of(entry.names))) is not None for entry in load().values())


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
    own = [entry for entry in load().values() if entry.holds(word)]
    endings = tuple(s[1:] for entry in own for s in entry.stems if s.startswith("-"))
    if word.endswith(endings):
        return bool(own)
    return bool(own) and not any(entry.holds(d) for entry in own for d in displays)


def absent_drugs(words: Iterable[str], displays: Iterable[str]) -> tuple[str, ...]:
    """The words that are drugs which no medication entry of the chart names."""
    known = tuple(displays)
    held = " ".join(known).lower()
    return tuple(w for w in words if w not in held and is_known_drug(w, known))


def of_absent_drug(
    whole: str, left: tuple[str, ...], displays: tuple[str, ...]
) -> ChartQuestion | None:
    """A question whose words left over name a drug that the chart does not, declined as that."""
    absent = absent_drugs(left, displays)
    if not absent:
        return None
    says = NOT_NAMED.format(drug=" or ".join(absent))
    return ChartQuestion(whole, "medication", "decline", decline=says)


def _names(entry: DrugClass, text: QuestionText) -> bool:
    return bool(text.take_all(phrase(any_of(entry.names))))
