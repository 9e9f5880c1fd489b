"""How a question that is said back names what it is about.

A result goes by its title, else by a name of its concept or the chart's own; drugs, problems and
procedures by the words that were typed where they stand in the names that were meant, else by
what all those names share. Which of these is read back rightly is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.answers.question import ChartQuestion, Thing
from pipelines.answers.question.classes import class_said
from pipelines.answers.question.names import telling_words
from pipelines.answers.question.text import key, tokens
from pipelines.terms.concepts import load

MOST_NAMES = 4
LONGEST_SHORT = 3  # letters of an abbreviation


def things_said(things: tuple[Thing, ...]) -> Iterator[str]:
    """Ways to name the results of a question, the best first."""
    by_key = load().by_key
    panels = {thing.panel for thing in things}
    panel = next(iter(panels)) if len(panels) == 1 else None
    if panel is not None and len(things) > 1:
        yield by_key[panel].names[0]
        yield by_key[panel].title
    ways = [list(dict.fromkeys(_names(thing))) for thing in things]
    for at in range(MOST_NAMES):
        if any(at < len(names) for names in ways):
            yield " and ".join(names[min(at, len(names) - 1)] for names in ways)


def _names(thing: Thing) -> Iterator[str]:
    concept = load().by_key.get(thing.concept or "")
    yield _inside(thing.title)
    if concept is not None:
        shown = (n.upper() if len(n) <= LONGEST_SHORT else n for n in concept.names[:2])
        yield from (concept.title, *shown)
    yield from (display for choice in thing.choices for display in choice)


def _inside(title: str) -> str:
    """A title inside a sentence: capitals stay where they are part of an abbreviation."""
    return " ".join(w.lower() if w[1:].islower() else w for w in title.split())


def names_said(asked: ChartQuestion) -> Iterator[str]:
    """Ways to name drugs, problems, procedures and the like, the best first."""
    groups = asked.groups or tuple((name,) for name in asked.names)
    typed = _typed(asked)
    if asked.subject == "code_status":
        yield " ".join(asked.names)
        return
    ways = [tuple(dict.fromkeys(_ways(group, typed))) for group in groups]
    of_class = class_said(asked.text)
    if of_class is not None and len(asked.names) != 1:
        yield of_class
    if len(asked.names) == 1:
        yield asked.names[0]
    for at in range(MOST_NAMES):
        if any(at < len(way) for way in ways):
            said = [way[min(at, len(way) - 1)] for way in ways if way]
            yield " and ".join(dict.fromkeys((*said, *asked.unlisted)))


def _typed(asked: ChartQuestion) -> tuple[str, ...]:
    return tuple(word for word, _, _ in tokens(asked.text))


def _ways(group: tuple[str, ...], typed: tuple[str, ...]) -> Iterator[str]:
    """Ways to name one group of names."""
    shared = set.intersection(*(set(key(name).split()) for name in group))
    said = [word for word in typed if word in shared or word.removesuffix("s") in shared]
    telling = [word for word in said if word in telling_words(group[0])]
    if said and telling:
        yield " ".join(said)
        yield " ".join(telling)
    if len(group) == 1:
        yield group[0]
    first = [word for word in key(group[0]).split() if word in shared]
    telling = [word for word in first if word in telling_words(group[0])]
    if telling:
        yield telling[0]
        yield " ".join(telling)
