"""Which records of one kind hold the words of a question: by their names, or beside them.

A word is held where a name of the record, or another of its elements, has it in some form of the
word, where the vocabulary knows the name for what was said, or where one word alone can be meant
by a misspelt one. Every word narrows: what remains holds all of them. A word that no record of
the kind holds is given back, so that nothing is passed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.answers.question.names import telling_words
from pipelines.answers.question.text import key
from pipelines.answers.question.vocabulary import meant
from pipelines.answers.verify.reading import stem
from pipelines.charts.kept import kept
from pipelines.charts.plain_records import KINDS, plain_records
from pipelines.records.chart import Chart
from pipelines.records.plain import PlainRecord
from pipelines.terms.spelling import is_known

ENDINGS = ("ectomy", "ion", "ment", "al", "or")
SHORTEST, LONG = 5, 8
LONGEST_RUN = 4
Records = frozenset[int]


@dataclass(frozen=True, slots=True)
class Held:
    """The records of one kind with the words that they hold, by their roots."""

    records: tuple[PlainRecord, ...]
    named: Mapping[str, Records]
    beside: Mapping[str, Records]
    by_display: Mapping[str, Records]
    displays: tuple[str, ...]

    def of(self, displays: Iterable[str]) -> Records:
        """The records of these names."""
        return frozenset().union(*(self.by_display[d] for d in displays))

    def by_root(self, word: str, *, names_only: bool = False) -> Records:
        """The records that hold a word in some form, in their names where any does."""
        wanted = root(word)
        for index in (self.named,) if names_only else (self.named, self.beside):
            found = _of_root(wanted, index)
            if found:
                return found
        return frozenset()

    def by_name(self, said: str) -> Records:
        """The records of the vocabulary's names for what was said."""
        return self.of({d for group in meant(said, self.displays) for d in group})

    def by_spelling(self, word: str) -> tuple[str, Records]:
        """The one word of their names that a misspelt word can be, and the records of it."""
        from rapidfuzz.distance import OSA

        wanted = root(word)
        if len(wanted) < SHORTEST or not word.isalpha() or is_known(word):
            return "", frozenset()
        most = 2 if len(wanted) >= LONG else 1
        near = [
            own for own in self.named
            if own[0] == wanted[0] and OSA.distance(wanted, own, score_cutoff=most) <= most
        ]  # fmt: skip
        if len(near) != 1:
            return "", frozenset()
        words = (w for display in self.displays for w in key(display).split())
        return next(w for w in words if root(w) == near[0]), self.named[near[0]]


@lru_cache(maxsize=20_000)
def root(word: str) -> str:
    """A word without its endings: "extracted" and "extraction", "removed" and "removal" meet."""
    bare = stem(word)
    for ending in ENDINGS:
        if bare.endswith(ending) and len(bare) - len(ending) >= 4:
            return bare[: -len(ending)]
    return bare


def _of_root(wanted: str, index: Mapping[str, Records]) -> Records:
    if len(wanted) < SHORTEST:
        return index.get(wanted, frozenset())
    near = (
        records for own, records in index.items()
        if own == wanted
        or (own.startswith(wanted) and len(own) - len(wanted) <= 2)
        or (len(own) >= SHORTEST and wanted.startswith(own) and len(wanted) - len(own) <= 2)
    )  # fmt: skip
    return frozenset().union(*near)


def _index(kind: str) -> Callable[[Chart], Held]:
    """The read of one kind, kept under a name of its own."""

    def index(chart: Chart) -> Held:
        records = plain_records(chart, (kind,))
        named: dict[str, set[int]] = defaultdict(set)
        beside: dict[str, set[int]] = defaultdict(set)
        displays: dict[str, set[int]] = defaultdict(set)
        for number, record in enumerate(records):
            for name in record.names:
                displays[name].add(number)
            _add(named, number, record.names)
            _add(beside, number, record.beside)
        return Held(
            records, _frozen(named), _frozen(beside), _frozen(displays), tuple(sorted(displays))
        )

    index.__qualname__ = f"held_{kind}"
    return kept(index)


@lru_cache(maxsize=512)
def by_names_alone(displays: tuple[str, ...]) -> Held:
    """Names without their records: whether a kind is worth being read at all."""
    named: dict[str, set[int]] = defaultdict(set)
    for number, display in enumerate(displays):
        _add(named, number, (display,))
    places = {display: frozenset((number,)) for number, display in enumerate(displays)}
    return Held((), _frozen(named), {}, places, displays)


def _add(index: dict[str, set[int]], number: int, texts: Sequence[str]) -> None:
    for word in {w for text in texts for w in key(text).split()}:
        index[root(word)].add(number)


def _frozen(index: Mapping[str, set[int]]) -> dict[str, Records]:
    return {word: frozenset(numbers) for word, numbers in index.items()}


_INDEXES = {kind: _index(kind) for kind in KINDS}


def held(chart: Chart, kind: str) -> Held:
    """The records of one kind of this chart, by their words."""
    return _INDEXES[kind](chart)


def closest(records: Sequence[PlainRecord], said: Iterable[str]) -> tuple[PlainRecord, ...]:
    """Of records of several names those whose name says nothing beyond what was said."""
    known = {root(word) for text in said for word in key(text).split()}
    whole = [r for r in records if any(_is_said(name, known) for name in r.names)]
    return tuple(whole or records)


def _is_said(name: str, known: set[str]) -> bool:
    telling = telling_words(name.partition("(")[0])
    return bool(telling) and all(root(word) in known for word in telling)
