"""The things a question names: results, by the chart's own names first, then by vocabulary.

A name of the chart, word for word, means exactly the results filed under it ("Potassium, whole
blood" is not "Potassium"). Otherwise a concept of the vocabulary means all of this chart's names
for it. Misspellings are forgiven for long words with one single close match. A concept that the
chart has no result of is still named, so that "none recorded" can be said of the right thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipelines.answers.question import Thing
from pipelines.answers.question.text import QuestionText, key, phrase, plain, tokens
from pipelines.answers.question.text import words as words_table
from pipelines.charts.question_names import ResultName
from pipelines.terms import site
from pipelines.terms.concepts import load, plain_name
from pipelines.terms.spelling import is_known

_TOTAL = phrase("total")
_SHORT = re.compile(r"[(\[]([A-Z][A-Za-z]{1,7}(?:-(?:\d{1,2}|[A-Z]))?)[)\]]")
_SCALE = re.compile(r"scor|scale|item|questionnaire|assessment|inventory|screen|index", re.I)
LONGEST_NAME = 9
LEAST_VERBATIM = 2
SHORT_NAME = 3
SHORTEST_PLURAL = 4
FUZZY_SCORE = 85
SURE_SCORE = 88
FUZZY_LENGTH = 5
# Short names that are ordinary words or units of a question as well.
NEEDS_CARE = frozenset(
    {
        "pt",
        "be",
        "map",
        "sat",
        "pain",
        "intake",
        "ht",
        "fall",
        "sugar",
        "tall",
        "k",
        "na",
        "ca",
        "cl",
        "mg",
        "cr",
        "ag",
        "ef",
        "eos",
        "iron",
        "protein",
    }
)


@dataclass(frozen=True, slots=True)
class Named:
    """Something a stretch of the text names: names of the chart, or concepts."""

    start: int
    end: int
    names: tuple[ResultName, ...]
    concepts: tuple[str, ...]
    words: str


def take_verbatim(text: QuestionText, names: tuple[ResultName, ...]) -> list[Named]:
    """Names of the chart that stand in the question whole, as the record writes them, blanked.

    They go before everything else: `Hematocrit [Volume Fraction] of Blood` holds words that
    mean something else alone.
    """
    found = []
    for display in sorted({name.display for name in names}, key=len, reverse=True):
        written = plain(display)
        if len(key(display).split()) < LEAST_VERBATIM:
            continue
        at = text.text.find(written)
        end = at + len(written)
        if at < 0 or text.text[max(at - 1, 0) : at].isalnum() or text.text[end : end + 1].isalnum():
            continue
        if _is_part(written, text.text):
            continue
        text.blank(at, end)
        own = tuple(name for name in names if name.display == display)
        found.append(Named(at, end, own, (), written))
    return found


def _is_part(written: str, text: str) -> bool:
    """Whether a name stands inside a longer one that the vocabulary knows.

    "Oxygen saturation by pulse oximetry" is no "Oxygen Saturation" of a blood gas.
    """
    return any(written in name and name != written and name in text for name in _vocabulary())


def take_things(
    text: QuestionText, names: tuple[ResultName, ...], verbatim: list[Named]
) -> tuple[Thing, ...]:
    """Every result that the text names, in its order, each once; the stretches are blanked."""
    index = _index(names)
    found = sorted([*verbatim, *_exact(text, index)], key=lambda named: named.start)
    if not found:
        found = _close(text, index) or _partly(text, names)
    things: dict[str, Thing] = {}
    for named in found:
        text.blank(named.start, named.end)
        for thing in _things(named, names):
            things.setdefault(thing.title, thing)
    if any(_is_total(thing) for thing in things.values()):
        text.take_all(_TOTAL)
    return tuple(things.values())


def _is_total(thing: Thing) -> bool:
    """Whether "total" belongs to the name, wherever it stands ("total overnight calcium")."""
    concept = load().by_key.get(thing.concept or "")
    own = (d for choice in thing.choices for d in choice)
    names = (*own, *(concept.names if concept is not None else ()))
    return any("total" in key(name).split() for name in names)


def names_result(text: QuestionText, names: tuple[ResultName, ...]) -> bool:
    """Whether the text names a result, misspelt or not; nothing is blanked."""
    index = _index(names)
    return bool(_exact(text, index) or _close(text, index))


@site.remembered(64)
def _index(names: tuple[ResultName, ...]) -> dict[str, tuple[ResultName, ...]]:
    index: dict[str, tuple[ResultName, ...]] = {}
    for name in names:
        written = (key(name.display), key(plain_name(name.display)), *_short_names(name.display))
        for one in dict.fromkeys(written):
            index[one] = (*index.get(one, ()), name)
    return index


def _short_names(display: str) -> tuple[str, ...]:
    """The short name that a questionnaire or scale carries in brackets: "(GAD-7)"."""
    if _SCALE.search(display) is None:
        return ()
    found = (key(written) for written in _SHORT.findall(display))
    return tuple(short for short in found if short not in _vocabulary())


@site.remembered()
def _vocabulary() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, keys in load().named.items():
        written = key(name)
        found[written] = (*found.get(written, ()), *keys)
    return found


def _exact(text: QuestionText, index: dict[str, tuple[ResultName, ...]]) -> list[Named]:
    words = tokens(text.text)
    taken = [False] * len(words)
    found = []
    for length in range(min(LONGEST_NAME, len(words)), 0, -1):
        for first in range(len(words) - length + 1):
            run = words[first : first + length]
            if any(taken[first : first + length]) or not _adjacent(text.text, run):
                continue
            written = " ".join(word for word, _, _ in run)
            named_else = written == "pt" and "patient" in text.whole
            if length == 1 and not named_else and _is_doubtful(text.text, words, first):
                continue
            names, concepts = index.get(written, ()), _vocabulary().get(written, ())
            if not names and not concepts:
                names, concepts = _singular(written, index)
            if names or concepts:
                taken[first : first + length] = [True] * length
                found.append(Named(run[0][1], run[-1][2], names, concepts, written))
    return _without_patient(sorted(found, key=lambda named: named.start))


def _singular(
    written: str, index: dict[str, tuple[ResultName, ...]]
) -> tuple[tuple[ResultName, ...], tuple[str, ...]]:
    if not written.endswith("s") or len(written) < SHORTEST_PLURAL:
        return (), ()
    return index.get(written[:-1], ()), _vocabulary().get(written[:-1], ())


def _adjacent(text: str, run: tuple[tuple[str, int, int], ...]) -> bool:
    """Whether only spaces and punctuation of names stand between the words."""
    return all(
        not text[one[2] : other[1]].strip(" ,-/()%#.:*'_") and (other[1] - one[2]) <= 3
        for one, other in pairwise(run)
    )


def _is_doubtful(text: str, words: tuple[tuple[str, int, int], ...], at: int) -> bool:
    """A short name right after a number is a unit; `pt` is mostly the patient."""
    word, _, end = words[at]
    after_number = at > 0 and words[at - 1][0].replace(".", "").isdigit()
    if after_number and (len(word) <= SHORT_NAME or word in NEEDS_CARE):
        return True
    following = words[at + 1][0] if at + 1 < len(words) else ""
    spoken = following in words_table()["patient"]["after_pt"] and text[end : end + 1] == " "
    return word == "pt" and spoken


def _without_patient(found: list[Named]) -> list[Named]:
    """`pt` beside another result is the patient, beside INR or PTT the prothrombin time."""
    coagulation = any(
        set(one.concepts) & {"inr", "ptt"} or one.words in ("inr", "ptt") for one in found
    )
    if len(found) < 2 or coagulation:
        return found
    return [one for one in found if one.words != "pt"]


def _close(text: QuestionText, index: dict[str, tuple[ResultName, ...]]) -> list[Named]:
    """One misspelt name among the words that nothing explained."""
    from rapidfuzz import fuzz, process

    left = [t for t in tokens(text.text) if t[0] in set(text.left())]
    known = list(dict.fromkeys((*index, *_vocabulary())))
    known = [k for k in known if len(k) >= FUZZY_LENGTH - 1]
    for length in (3, 2, 1):
        for first in range(len(left) - length + 1):
            run = tuple(left[first : first + length])
            written = " ".join(word for word, _, _ in run)
            if len(written) < FUZZY_LENGTH or not _adjacent(text.text, run):
                continue
            if all(is_known(word) for word, _, _ in run):
                continue  # a drug that is spelt rightly is no misspelt result
            best = process.extract(
                written, known, scorer=fuzz.ratio, limit=2, score_cutoff=FUZZY_SCORE
            )
            if not best or best[0][0][0] != written[0] or abs(len(best[0][0]) - len(written)) > 2:
                continue
            if (
                len(best) > 1
                and best[1][1] == best[0][1]
                and _meaning(best[1][0], index) != _meaning(best[0][0], index)
            ):
                continue
            match = best[0][0]
            if not _slip(written, match, best[0][1]):
                continue
            return [
                Named(
                    run[0][1], run[-1][2], index.get(match, ()), _vocabulary().get(match, ()), match
                )
            ]
    return []


def _slip(written: str, match: str, score: float) -> bool:
    """Whether a name was mistyped, and not another word written: one slip in a long word.

    "Liver mets" is no "liver tests": of several words each must be right or a letter wrong.
    """
    from rapidfuzz.distance import OSA

    said, meant = written.split(), match.split()
    if len(said) == len(meant) == 1:
        return score >= SURE_SCORE or OSA.distance(written, match) <= 1
    if len(said) != len(meant):
        return score >= SURE_SCORE and written.replace(" ", "") == match.replace(" ", "")
    pairs = zip(said, meant, strict=True)
    return all(
        a == b or (min(len(a), len(b)) >= FUZZY_LENGTH and OSA.distance(a, b) <= 1)
        for a, b in pairs
    )


def _partly(text: QuestionText, names: tuple[ResultName, ...]) -> list[Named]:
    """Two or more words that stand, half of it or more, in one single name of the chart.

    `HIV rapid` is `HIV RAPID TEST, QUALITATIVE` where no other name has both words.
    """
    left = set(text.left())
    run = [t for t in tokens(text.text) if t[0] in left]
    told = {word for word, _, _ in run} - positions_and_counts()
    if len(told) < LEAST_VERBATIM:
        return []
    fits = {n.display for n in names if told <= set(key(n.display).split())}
    if len(fits) != 1 or 2 * len(told) < len(key(next(iter(fits))).split()):
        return []
    own = tuple(name for name in names if name.display in fits)
    places = [(start, end) for word, start, end in run if word in told]
    for start, end in places:
        text.blank(start, end)
    return [Named(*places[0], own, (), " ".join(sorted(told)))]


def misspelt(typed: str, things: tuple[Thing, ...]) -> str | None:
    """The word of a question that was read as a name which it is not, or None."""
    from rapidfuzz.distance import Levenshtein

    by_key = load().by_key
    known: set[str] = set()
    for thing in things:
        concept = by_key.get(thing.concept or "")
        names = concept.names if concept is not None else ()
        own = (d for choice in thing.choices for d in choice)
        known |= {w for name in (thing.title, *names, *own) for w in key(name).split()}
    for said in QuestionText(typed).left():
        near = [w for w in known if w[0] == said[0] and abs(len(w) - len(said)) <= 2]
        if len(said) < FUZZY_LENGTH or said in known or said.removesuffix("s") in known:
            continue
        if any(Levenshtein.distance(said, w) <= 2 for w in near):
            return said
    return None


@lru_cache(maxsize=1)
def positions_and_counts() -> frozenset[str]:
    """Words of order, extremes and sums: they say which, never what."""
    table = words_table()
    phrases = [
        p
        for part in ("position", "extreme", "total", "group")
        for x in table[part].values()
        for p in x
    ]
    return frozenset(word for phrase in phrases for word in phrase.split())


def _meaning(written: str, index: dict[str, tuple[ResultName, ...]]) -> object:
    return _vocabulary().get(written) or index.get(written)


def _things(named: Named, names: tuple[ResultName, ...]) -> Iterable[Thing]:
    if named.names:
        yield _by_name(named, names)
        return
    concepts = load().by_key
    present = {name.concept for name in names}
    wanted = [c for c in named.concepts if c in present or concepts[c].members]
    for chosen in wanted or named.concepts[:1]:
        members = concepts[chosen].members
        if not members:
            yield by_concept(chosen, names)
            continue
        shown = [m for m in members if m in present] or list(members)
        for member in shown:
            thing = by_concept(member, names)
            yield Thing(thing.title, thing.concept, thing.code_keys, thing.choices, chosen)


def _by_name(named: Named, names: tuple[ResultName, ...]) -> Thing:
    """The names as written; where they have no result in scope, others of the concept."""
    displays = tuple(dict.fromkeys(name.display for name in named.names))
    concept = named.names[0].concept
    # A plain sign ("heart rate") may be filed under a name of its own and others beside it.
    others = [
        n
        for n in names
        if concept is not None and n.concept == concept and n.display not in displays
    ]
    choices = [displays]
    if others:
        choices.append(tuple(dict.fromkeys(n.display for n in others)))
    keys = tuple(dict.fromkeys(n.code_key for n in (*named.names, *others)))
    return Thing(displays[0], concept, keys, tuple(choices))


def by_concept(concept: str, names: tuple[ResultName, ...]) -> Thing:
    """All of the chart's names for a concept, the preferred ones as the first choice."""
    known = load().by_key[concept]
    own = [name for name in names if name.concept == concept]
    displays = tuple(dict.fromkeys(name.display for name in own))
    preferred = tuple(d for d in displays if d.lower() in known.prefer)
    rest = tuple(d for d in displays if d not in preferred)
    choices = tuple(choice for choice in (preferred, rest) if choice)
    return Thing(known.title, concept, tuple(dict.fromkeys(n.code_key for n in own)), choices)
