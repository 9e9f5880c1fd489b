"""One reading of a text for the judge: its dates, quantities, content words and negations.

Promises: a sentence and the record it cites are read by the same rules, so that the same words
give the same terms; a negation reaches only as far as its clause. It knows no evidence and
decides nothing. Words are English; another language gives terms without synonyms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipelines.answers.verify.allowed import allowed
from pipelines.answers.verify.language import language
from pipelines.answers.verify.numbers import (
    DateMention,
    Quantity,
    blanked,
    dates_in,
    quantities_in,
)

_WORD = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")
_STOP = re.compile(r"[.;:!?](?=\s|$)|\n")
_BACK_STOP = re.compile(
    r"[.;:!?,](?=\s|$)|\n|\b(?:but|however|although|though|except|yet|because|due to)\b"
)
_COMMA = re.compile(r",")
_COMMA_AND_NUMBER = re.compile(r",[^,;.]*?\s{3,}")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9])")
# A single capital is an initial only where it stands alone ("J. Smith"): the L of `mmol/L.`, of
# `2 L.` and of `per L.` ends a sentence.
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|vs|no|st|approx|e\.g|i\.e|p\.o|b\.i\.d|t\.i\.d|inc|dept|pt|wt|temp)"
    r"|(?:^|(?<=[\s(\[\"']))(?-i:[A-Z]))\.$",
    re.IGNORECASE,
)
_AFTER_NUMBER = re.compile(r"(?:\d|\bper)\s[A-Z]\.$")
_BY_SPEAKER = re.compile(r"\b(?:he|she|patient|pt|they|and)\s*$")
_NUMBERED = re.compile(r"(?<![a-z0-9])\d+(?![a-z0-9])")
LAST_WORDS = 64  # letters before a full stop in which a short form is looked for
_GOES_ON = re.compile(
    r"(?:is|are|was|were) (?:seen|needed|noted|found|identified|required|detected|given|present"
    r"|evident|observed|reported|recorded|indicated|appreciated|visualized|planned|performed|done)\b"
)
_OPENER = re.compile(r"[\"'(\[]*([A-Za-z]+)(?![A-Za-z]*\.)")
_ANSWERS_NO = re.compile(r"\A\s*no, ")  # the "No" of an answer; what it denies is the question
_ENDINGS = ("ations", "ation", "ings", "ing", "edly", "ies", "ed", "es", "ly", "s")


@dataclass(frozen=True, slots=True)
class Term:
    """One content word or known phrase in its canonical form, and whether it is negated."""

    name: str
    negated: bool
    start: int


@dataclass(frozen=True, slots=True)
class Often:
    """How often, as far as `verify_allowed.toml` knows: the row of its words, and where."""

    row: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What the judge sees of a text; `plain` is lower text without dates and quantities.

    A frequency ("three times daily") is one thing: none of its words is a number or a term.
    """

    text: str
    low: str
    plain: str
    dates: tuple[DateMention, ...]
    quantities: tuple[Quantity, ...]
    terms: tuple[Term, ...]
    often: tuple[Often, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The canonical names of all terms."""
        return frozenset(term.name for term in self.terms)

    def word_at(self, term: Term) -> str:
        """The word of a term as it is written."""
        found = _WORD.match(self.low, term.start)
        return found.group() if found is not None else term.name


@lru_cache(maxsize=4096)
def read(text: str, known_units: frozenset[str]) -> Reading:
    """Read `text` once; `known_units` are the units that may follow a number."""
    low = text.lower()
    dates = dates_in(low)
    without_dates = blanked(low, ((d.start, d.end) for d in dates))
    often = tuple(
        Often(allowed().frequency_row[m.group()], *m.span())
        for m in allowed().frequency.finditer(without_dates)
    )
    bare = blanked(without_dates, ((o.start, o.end) for o in often))
    # The 2 of "type 2 diabetes" is part of a name.
    named = [m.span() for m in language().phrases.finditer(bare) if _NUMBERED.search(m.group())]
    quantities = quantities_in(blanked(bare, named), known_units)
    plain = blanked(bare, ((q.start, q.end) for q in quantities))
    return Reading(text, low, plain, dates, quantities, _terms(plain, text), often)


def _terms(plain: str, text: str) -> tuple[Term, ...]:
    scopes = negation_scopes(plain)
    terms: list[Term] = []
    covered = [False] * len(plain)
    for match in _in_capitals(text):
        name = language().capitals[match.group()]
        terms.append(Term(name, _inside(match.start(), scopes), match.start()))
        covered[match.start() : match.end()] = [True] * (match.end() - match.start())
    for match in language().denying.finditer(plain):
        terms.append(Term(language().denied[match.group()], True, match.start()))
        covered[match.start() : match.end()] = [True] * (match.end() - match.start())
    for match in language().phrases.finditer(plain):
        if covered[match.start()]:
            continue
        name = language().canonical[match.group()]
        is_denied = _inside(match.start(), scopes)
        names = (name, *language().also.get(name, ()))
        terms.extend(Term(each, is_denied, match.start()) for each in names)
        covered[match.start() : match.end()] = [True] * (match.end() - match.start())
    for match in _WORD.finditer(plain):
        word = match.group()
        if covered[match.start()] or not _is_content(word):
            continue
        terms.append(Term(stem(word), _inside(match.start(), scopes), match.start()))
    return tuple(sorted(terms, key=lambda term: term.start))


def _in_capitals(text: str) -> Iterator[re.Match[str]]:
    """Shorthand in capitals, where the text is not all capitals; the L of "2 L" is a unit."""
    if text.isupper() or len(text) != len(text.lower()):
        return
    for match in language().in_capitals.finditer(text):
        single = len(match.group()) == 1
        before, after = text[: match.start()], text[match.end() :]
        if single and (before.rstrip()[-1:].isdigit() or not re.match(r" [a-z]{2}", after)):
            continue
        yield match


def _is_content(word: str) -> bool:
    bare = word.removesuffix("'s")
    if len(word) < 2 or bare in language().framing or word.isdigit():
        return False
    before, after = language().negation_before, language().negation_after
    return not before.fullmatch(word) and not after.fullmatch(word)


def stem(word: str) -> str:
    """`word` without its commonest endings; both sides are cut alike, so errors cancel."""
    bare = word.replace("'s", "")
    for ending in _ENDINGS:
        least = 3 if ending == "s" else 4
        if bare.endswith(ending) and len(bare) - len(ending) >= least and bare[-2:] != "ss":
            cut = bare[: -len(ending)].rstrip("e")
            # `stopp` of "stopping" is the `stop` of "stop"; `fall` and `dress` stay.
            doubled = ending in ("ing", "ings", "ed") and cut[-1:] == cut[-2:-1]
            return cut[:-1] if doubled and cut[-1:] in "bdgmnprt" else cut
    return bare.rstrip("e") if len(bare) > 4 else bare


def negation_scopes(plain: str) -> tuple[tuple[int, int], ...]:
    """The stretches of a lower-case text that a negation reaches."""
    rules = language()
    pseudo = [match.span() for match in rules.negation_pseudo.finditer(plain)]
    pseudo += [match.span() for match in _ANSWERS_NO.finditer(plain)]
    scopes = [
        (match.end(), _scope_end(plain, match))
        for match in rules.negation_before.finditer(plain)
        if not _inside(match.start(), tuple(pseudo))
    ]
    for match in rules.negation_after.finditer(plain):
        if match.group() == "denied" and _BY_SPEAKER.search(plain, 0, match.start()):
            continue  # "she denied pain" denies what follows
        if match.group().endswith("negative") and plain.startswith(" for ", match.end()):
            continue
        stops = [stop.end() for stop in _BACK_STOP.finditer(plain, 0, match.start())]
        scopes.append((stops[-1] if stops else 0, match.start()))
    return tuple(scopes)


def denials(plain: str) -> int:
    """How often a lower-case text denies something, in whatever words."""
    rules = language()
    twice = sum(  # "was not seen" denies once
        bool(rules.negation_before.match(match.group()))
        for match in rules.negation_after.finditer(plain)
    )
    by_word = sum(1 for _ in rules.denying.finditer(plain))
    return max(len(negation_scopes(plain)) - twice, min(twice, 1)) + by_word


def _scope_end(plain: str, trigger: re.Match[str]) -> int:
    start = trigger.end()
    ends = [
        found.start()
        for pattern in (_STOP, language().negation_ends)
        if (found := _first_end(pattern, plain, start)) is not None
    ]
    # A blanked number (three spaces or more) is a finding of its own: `denies pain, BP 120/80`.
    short = language().negation_short.fullmatch(trigger.group())
    gap = (_COMMA if short else _COMMA_AND_NUMBER).search(plain, start)
    if gap is not None:
        ends.append(gap.start())
    return min(ends, default=len(plain))


def _first_end(pattern: re.Pattern[str], plain: str, start: int) -> re.Match[str] | None:
    """The first end of a scope; "no transfusion was needed" denies to its end."""
    return next(
        (m for m in pattern.finditer(plain, start) if not _GOES_ON.match(plain, m.start())), None
    )


def _inside(position: int, spans: tuple[tuple[int, int], ...]) -> bool:
    return any(start <= position < end for start, end in spans)


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Offsets of the whole sentences of `text`; an abbreviation's full stop ends none."""
    ends = (match.end() for match in _SENTENCE_END.finditer(text) if _is_end(text, match))
    spans = ((a, a + len(text[a:b].rstrip())) for a, b in pairwise((0, *ends, len(text))))
    return tuple((a, b) for a, b in spans if b > a)


def _is_end(text: str, gap: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence; one before "The", "No" or a known thing always does."""
    # A short form is short: a look at the whole text before each stop would make long notes slow.
    before = text[max(0, gap.start() - LAST_WORDS) : gap.start()].rstrip("\"')]")
    if not _ABBREVIATION.search(before) or _AFTER_NUMBER.search(before):
        return True
    opener = _OPENER.match(text, gap.end())
    return opener is not None and _opens(opener[1].lower())


def _opens(word: str) -> bool:
    rules = language()
    known = word in rules.framing or word in rules.canonical
    return len(word) > 1 and (known or rules.negation_before.fullmatch(word) is not None)
