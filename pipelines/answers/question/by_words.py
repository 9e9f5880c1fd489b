"""Questions about records that are no results and no drugs, read by their words in any order.

The readers of single subjects know the usual ways of putting a question. This one comes where
they would decline, search notes, or answer with less than was asked, and knows no order of words:
phrases of `question_by_words.toml` say what is wanted, wherever they stand; all other words must
be held by the very records that are chosen (their names, their visit, place, reason, payer). One
word that nothing explains leaves the question to whoever had it before; so does a word that
negates, compares, supposes or speaks of somebody else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.question import ChartQuestion, Pick, Window
from pipelines.answers.question.against import take_windows
from pipelines.answers.question.codes import coded
from pipelines.answers.question.days import AmbiguousDate
from pipelines.answers.question.names import doubting, is_about
from pipelines.answers.question.refused import not_for_this_chart
from pipelines.answers.question.scope import PlacedStay, take_picks, take_stays
from pipelines.answers.question.text import QuestionText, any_of, asks_if, key, phrase, tokens
from pipelines.answers.question.word_scope import in_scope
from pipelines.answers.question.words_held import LONGEST_RUN, Held, Records, closest, held, root
from pipelines.charts.question_names import has_notes, own_names
from pipelines.records.chart import Chart
from pipelines.records.plain import PlainRecord

TABLE = Path(__file__).with_name("question_by_words.toml")
SUBJECT = "record"
MOST_RECORDS = 60
DENYING = frozenset(("no", "without", "not", "absence", "negative", "denies"))
OF_BILLS = ("bill", "decision")
CODES = frozenset(("code", "icd9", "icd10", "icd", "snomed", "cvx"))
MONEY = frozenset(("amount", "paid", "decision"))
# Kinds that are looked at where no noun names one; of two that hold the words alike, the first.
FREELY = ("immunization", "procedure", "problem", "allergy", "device")
# A visit or a bill is found by what it was for; anything else by its own name.
BY_WHAT_IS_BESIDE = frozenset(("visit", "bill", "decision", "plan", "team", "coverage"))
OF_A_VISIT = frozenset(("who", "where", "why", "number", "left"))
ACTIVE = frozenset(("active", "in-progress", "recurrence", "relapse", "arrived"))
_NTH_DOSE = re.compile(
    r"\b(?:dose|shot|jab|booster)\s*(?:#|no\.?|number)?\s*(?P<n>[1-9]|one|two|three|four|five)\b"
)
_NUMBER_OF_VISIT = re.compile(
    r"\b(?:hospital\s+)?(?:visit|encounter|account|stay)\s*(?:\(\s*\w+\s*\)\s*)?(?:number|id|no)\b(?!\s+of\b(?!\s+the\b))"
    r"(?:\s+of\b)?"
)
_DIGITS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_DOSES = re.compile(r"\bdoses\b")
_MANY = re.compile(r"\b(?:all|each|every|dates|both|days|times|list)\b")
_MARKED = re.compile(r"\b(?:active|current|currently|still|running|ongoing|in force|in effect)\b")
_WHAT_FOR = re.compile(r"\bwhat (?:was|is|were|did)\b.* for$")
_FIRST_SEEN = re.compile(
    r"\bfirst (?=recorded|noted|diagnosed|coded|documented|listed|seen|entered|appeared|reported)"
)
_AM_I_RIGHT = re.compile(
    r"\bam i (?:correct|right)\b|\bis it (?:true|correct|right)\b|\b(?:correct|right|true) that\b"
    r"|\bconfirm (?:that|whether|if)\b|\b(?:is|are) .* (?:among|on) (?:the|his|her) "
)
_WHICH = re.compile(r"\b(?:which|what|list|show|who|any)\b")
_INACTIVE = re.compile(r"\binactive\b")


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The table of words."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@dataclass(slots=True)
class Asked:
    """What the cues of a question say: elements wanted, kinds named, words left to be held."""

    text: QuestionText
    wanted: set[str] = field(default_factory=set)
    nouns: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    sets: list[Records] = field(default_factory=list)
    strong: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """The records of one kind that hold every word, with what is wanted of them."""

    kind: str
    records: tuple[PlainRecord, ...]
    asked: Asked
    score: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Scope:
    """When and where the question is about, and which of them."""

    window: Window | None
    stays: tuple[PlacedStay, ...]
    picks: tuple[Pick, ...]


def by_words(question: str, chart: Chart) -> ChartQuestion | None:
    """The question as one for such records, or None where a word is left over."""
    text = coded(question, chart)
    if _never(text.whole):
        return None
    refusal = not_for_this_chart(text, question, chart, notes=has_notes(chart))
    if refusal is not None and not _may_be_lifted(refusal.unless_records, text.whole):
        return None
    try:
        window, against = take_windows(text, chart.as_of)
    except (AmbiguousDate, ValueError):
        return None
    if against is not None:
        return None
    nth = text.take(_NTH_DOSE)
    if text.find(_NUMBER_OF_VISIT) is not None:
        text.take_all(_NUMBER_OF_VISIT)
        text.text = f"{text.text} encounter number"
    stays = take_stays(text)
    if text.find(_FIRST_SEEN) is not None:
        text.take_all(_FIRST_SEEN)
        text.text = f"{text.text} onset"
    picks = take_picks(text, ())
    if nth is not None:
        picks = (Pick(int(_DIGITS.get(nth["n"], 0) or nth["n"])),)
    scope = Scope(window, stays, picks)
    _without_own_name(text, chart)
    found = _best(chart, text, scope)
    return _question(text, scope, found) if found is not None else None


def _never(whole: str) -> bool:
    bare = _said("unless").sub(" ", whole)
    return _said("never").search(bare) is not None


@lru_cache(maxsize=8)
def _said(name: str) -> re.Pattern[str]:
    return phrase(any_of(table()[name]))


def _may_be_lifted(unless_records: bool, whole: str) -> bool:
    """Whether records may answer what a topic declines: codes and bills, or what a plan says."""
    return unless_records or _noun("plan").search(whole) is not None


@lru_cache(maxsize=32)
def _noun(kind: str) -> re.Pattern[str]:
    return phrase(any_of(table()["noun"][kind]))


def _without_own_name(text: QuestionText, chart: Chart) -> None:
    names = {n for n in own_names(chart)[1] if len(n) > 2 and n.isalpha()}
    if names:
        text.take_all(re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})(?:'?s)?\b"))


@lru_cache(maxsize=1)
def _cues() -> tuple[re.Pattern[str], Mapping[str, tuple[tuple[str, str], ...]]]:
    """Every phrase that says what is wanted or names a kind, as one pattern; and its meanings."""
    means: dict[str, list[tuple[str, str]]] = {}
    for name, one in table()["wanted"].items():
        for said in one["said"]:
            means.setdefault(said, []).append(("wanted", name))
    for kind, said_of in table()["noun"].items():
        for said in said_of:
            means.setdefault(said, []).append(("noun", kind))
    pattern = phrase(any_of(tuple(means)))
    return pattern, {said: tuple(meanings) for said, meanings in means.items()}


def _take_cues(asked: Asked) -> None:
    pattern, means = _cues()
    for match in asked.text.take_all(pattern):
        for part, name in means[" ".join(match.group().split())]:
            (asked.wanted if part == "wanted" else asked.nouns).add(name)
    if _DOSES.search(asked.text.whole) and not asked.wanted:
        asked.wanted.add("count")
    if _WHAT_FOR.search(asked.text.whole.strip(" .?")) is not None:
        asked.wanted.add("why")


def _best(chart: Chart, text: QuestionText, scope: Scope) -> Found | None:
    """The kind of which the records hold the words best; None where none holds them all."""
    plain = Asked(_copy(text))
    _take_cues(plain)
    found = [_of_kind(chart, kind, text, scope) for kind in _kinds(plain)]
    held_all = [one for one in found if one is not None]
    return max(held_all, key=lambda one: one.score, default=None)


def _copy(text: QuestionText) -> QuestionText:
    made = QuestionText("", text.meanings)
    made.whole, made.text, made.marked = text.whole, text.text, text.marked
    return made


def _kinds(asked: Asked) -> tuple[str, ...]:
    """The kinds that may be meant: those named, or those that have what is wanted."""
    if asked.wanted & CODES:
        asked.wanted.discard("amount")
        asked.nouns -= {"bill", "visit"}
    if {"visit", "team"} <= asked.nouns:
        asked.nouns.discard("team")
    only = [frozenset(w["kinds"]) for n in asked.wanted if "kinds" in (w := table()["wanted"][n])]
    only = [kinds for kinds in only if kinds]
    nouns = {"decision" if n == "bill" and asked.wanted & {"paid", "decision"} else n
             for n in asked.nouns}  # fmt: skip
    if "amount" in asked.wanted and not asked.wanted & {"paid", "decision"}:
        nouns = (nouns - {"visit", "procedure", "immunization"}) | {"bill"}
    if asked.wanted & {"paid", "decision"}:
        return ("decision",)
    freely = nouns <= {"visit"}
    kinds = [*FREELY, *nouns] if freely else sorted(nouns - {"visit"})
    if not asked.nouns and asked.wanted & OF_A_VISIT:
        kinds.append("visit")
    if only and not freely:
        return tuple(k for k in kinds if any(k in kinds_ for kinds_ in only)) or tuple(kinds)
    if only:
        several = frozenset().union(*only)
        return tuple(dict.fromkeys((*(k for k in kinds if k in several),
                                    *(k for k in several if len(several) < 3))))  # fmt: skip
    return tuple(dict.fromkeys(kinds))


def _of_kind(chart: Chart, kind: str, text: QuestionText, scope: Scope) -> Found | None:
    """The records of one kind that hold every word of the question."""
    own = held(chart, kind)
    if not own.records:
        return None
    asked = Asked(_copy(text))
    _take_phrases(asked, own, several=True)
    _take_runs(asked, own)
    _take_cues(asked)
    _take_phrases(asked, own, several=False)
    asked.text.take_all(_said("harmless"))
    if not _take_singles(asked, own) or not _is_enough(asked, kind, scope):
        return None
    numbers = frozenset.intersection(*asked.sets) if asked.sets else range(len(own.records))
    records = [own.records[n] for n in sorted(numbers)]
    records = [r for r in records if _is_meant(r, asked)]
    records = in_scope(chart, records, scope.window, scope.stays)
    records = _with_what_is_wanted(records, asked)
    if not records or len(records) > MOST_RECORDS:
        return None
    named = int(kind in asked.nouns or (kind in OF_BILLS and "bill" in asked.nouns))
    order = -FREELY.index(kind) if kind in FREELY else -len(FREELY)
    return Found(kind, tuple(records), asked, (named, asked.strong, order))


def _is_enough(asked: Asked, kind: str, scope: Scope) -> bool:
    """Whether the words name records of this kind, not only something that stands beside them."""
    named = kind in asked.nouns or (kind in OF_BILLS and bool(asked.wanted & MONEY))
    if kind == "visit":
        placed = bool(asked.sets or scope.window or scope.stays or scope.picks)
        return placed and (named or bool(asked.wanted & OF_A_VISIT and asked.strong))
    if kind in BY_WHAT_IS_BESIDE and (
        named or "payer" in asked.wanted or "activity" in asked.wanted
    ):
        return True
    scoped = bool(asked.wanted or scope.window or scope.stays)
    return asked.strong > 0 or (named and scoped)


def _is_meant(record: PlainRecord, asked: Asked) -> bool:
    """Whether a name says the thing itself: neither denied, nor somebody else's, nor done for it."""
    said, whole = tuple(asked.said), asked.text.whole
    if not said:
        return True
    name = record.names[0]
    told = " ".join((whole, *said))
    if record.kind == "problem":
        return not (_is_denied(name, said) or (_doubts(name) - set(key(told).split())))
    if record.kind == "procedure":
        return not is_about(name, said, told) and not _is_denied(name, said)
    return True


def _is_denied(name: str, said: tuple[str, ...]) -> bool:
    """Whether a word that denies stands before what was said ("no diabetic retinopathy")."""
    words = key(name).split()
    first = next((n for n, w in enumerate(words) if w in DENYING), len(words))
    wanted = {root(w) for text in said for w in key(text).split()}
    return any(root(w) in wanted for w in words[first:]) and not any(
        root(w) in wanted for w in words[:first]
    )


def _doubts(name: str) -> set[str]:
    return set(doubting() & set(key(name).split()))


def _take_runs(asked: Asked, own: Held) -> None:
    """Several words that the vocabulary knows as one name ("ear infection")."""
    for length in range(LONGEST_RUN, 1, -1):
        said = tokens(asked.text.text)
        for first in range(len(said) - length + 1):
            run = said[first : first + length]
            start, end = run[0][1], run[-1][2]
            name = " ".join(w for w, _, _ in run)
            if key(asked.text.text[start:end]) != name:
                continue
            _hold(asked, own.by_name(name), name, start, end, strong=length)


def _hold(asked: Asked, found: Records, said: str, start: int, end: int, *, strong: int) -> bool:
    if not found:
        return False
    asked.sets.append(found)
    asked.said.append(said)
    asked.strong += strong
    asked.text.blank(start, end)
    return True


@lru_cache(maxsize=2)
def _phrases(several: bool) -> tuple[tuple[re.Pattern[str], Mapping[str, Any], bool], ...]:
    """Deeds and other wordings: of several words, or of one."""
    made = []
    for section in ("otherwise", "deed"):
        for one in table()[section]:
            said = [s for s in one["said"] if (" " in s or "-" in s) == several]
            if said:
                made.append((phrase(any_of(said)), one, section == "deed"))
    return tuple(made)


def _take_phrases(asked: Asked, own: Held, *, several: bool) -> None:
    """Words that charts write otherwise, and deeds that have records of their own."""
    for pattern, one, is_deed in _phrases(several):
        match = asked.text.find(pattern)
        if match is None:
            continue
        strong, found = _any_of_means(own, one["means"], both=one.get("place", False))
        if is_deed and not one.get("hard"):
            against = frozenset().union(*(own.by_root(w, names_only=True) for w in one["against"]))
            found = found or frozenset(range(len(own.records)))
            asked.text.take_all(pattern)
            asked.sets.append(found - against)
            continue
        if found:
            asked.text.take_all(pattern)
            asked.sets.append(found)
            asked.strong += strong
            asked.said += [match.group(), *one["means"]]


def _any_of_means(own: Held, means: Iterable[str], *, both: bool) -> tuple[int, Records]:
    """The records that hold any of the wordings, in their names where one does.

    A place may stand in a name or beside it alike (`both`).
    """
    for names_only in (True, False):
        several = [_holding(own, said, names_only=names_only) for said in means]
        found = frozenset().union(*several)
        if both and names_only:
            found |= frozenset().union(*(_holding(own, said, names_only=False) for said in means))
            found |= _beside(own, means)
        if found:
            return int(names_only and not both), found
    return 0, frozenset()


def _holding(own: Held, said: str, *, names_only: bool) -> Records:
    words = said.replace("-", " ").split()
    return frozenset.intersection(*(own.by_root(w, names_only=names_only) for w in words))


def _beside(own: Held, means: Iterable[str]) -> Records:
    roots = (root(word) for said in means for word in said.split())
    return frozenset().union(*(own.beside.get(r, frozenset()) for r in roots))


def _take_singles(asked: Asked, own: Held) -> bool:
    """Every word that is left, by the records that hold it; False where one is held by none."""
    left = set(asked.text.left())
    for word, start, end in tokens(asked.text.text):
        if word not in left:
            continue
        name = own.by_name(word) | own.by_root(word, names_only=True)
        beside = frozenset() if name else own.by_root(word)
        found = name or beside
        strong = 0 if beside else 1
        if not found:
            meant_word, found = own.by_spelling(word)
            asked.said += [meant_word] if meant_word else []
        if not _hold(asked, found, word, start, end, strong=strong):
            return False
    return True


def _with_what_is_wanted(records: list[PlainRecord], asked: Asked) -> list[PlainRecord]:
    """Without records of another state than is asked for, and those that cannot say it."""
    whole = asked.text.whole
    if "status" in asked.wanted and not _asks_if(whole) and not asked.strong:
        if _INACTIVE.search(whole):
            records = [r for r in records if r.status not in ACTIVE]
        elif _MARKED.search(whole):
            records = [r for r in records if r.status in ACTIVE]
    if "why" in asked.wanted:
        records = [r for r in records if r.reason or (r.kind != "procedure" and r.visit)]
    if "when" in asked.wanted:
        records = [r for r in records if r.begun is not None]
    # Where none of them has an end, another kind of record may have it.
    over = asked.wanted & {"ended", "left"} and "begun" not in asked.wanted
    return records if not over or any(r.ended for r in records) else []


ORDER = (
    "amount", "paid", "decision", "payer", "begun", "when", "ended", "who", "where", "why",
    "setting", "lot", "serial", "number", "icd9", "icd10", "icd", "snomed", "cvx", "code",
    "activity", "status",
)  # fmt: skip


def _elements(found: Found) -> tuple[str, ...]:
    """What is to be told of each record, in the order in which it is told."""
    wanted = set(found.asked.wanted)
    if "setting" in wanted:
        wanted -= {"left", "where", "ended"}
    if "left" in wanted:
        wanted = (wanted - {"left"}) | {"ended"}
    if wanted & {"begun", "ended"}:
        wanted.discard("when")  # "onset date": the date is that of the onset
    if wanted & MONEY:
        wanted -= {"when", "why", "payer", "where", "who", "status"}
    if "decision" in wanted:
        wanted -= {"paid", "amount"}
    if "paid" in wanted:
        wanted.discard("amount")
    if wanted - {"status", "count"}:
        wanted.discard("status")
    if wanted & CODES:
        wanted -= {"amount", *(("code",) if wanted & CODES != {"code"} else ())}
    return tuple(name for name in ORDER if name in wanted)


def _asks_if(whole: str) -> bool:
    return asks_if(whole) or _AM_I_RIGHT.search(whole) is not None


def _question(text: QuestionText, scope: Scope, found: Found) -> ChartQuestion:
    """The question for these records."""
    elements = _elements(found)
    asked_so = text.marked and elements == ("status",) and _MARKED.search(text.whole) is not None
    yes_no = _asks_if(text.whole) or (asked_so and not _WHICH.search(text.whole))
    counted = "count" in found.asked.wanted
    lists = elements in ((), ("status",))
    ask = (
        "count" if counted else "exists" if yes_no and lists else "list" if not elements else "told"
    )
    records = found.records
    if ask == "told" and not _MANY.search(text.whole) and elements != ("status",):
        records = closest(records, found.asked.said)
    if elements == ("status",) and not found.asked.strong and ask == "told":
        ask = "list"
    return ChartQuestion(
        text=text.whole, subject=SUBJECT, ask=ask, attribute=" ".join(elements) or None,
        names=tuple(dict.fromkeys(r.fact.display for r in records)),
        records=tuple(dict.fromkeys(r.fact.resource for r in records)),
        searched=tuple(dict.fromkeys(found.asked.said)), relation=found.kind,
        window=scope.window, stay=scope.stays[0].stay if scope.stays else None,
        picks=scope.picks, every=_MANY.search(text.whole) is not None,
    )  # fmt: skip


OF_A_PLAN = ("status", "begun", "ended", "begun ended")
OVERRIDDEN = ("problem", "procedure", "immunization", "allergy", "bill", "particular", "encounter")


def with_by_words(question: str, chart: Chart, strict: ChartQuestion) -> ChartQuestion:
    """The question as it was read, or by its words where that says more of what was asked."""
    if not _is_open(strict):
        return strict
    found = by_words(question, chart)
    return found if found is not None and _says_more(found, strict) else strict


def _is_open(strict: ChartQuestion) -> bool:
    """Whether another reading may stand in for this one."""
    if strict.decline is not None:
        return True
    if strict.subject == "note":
        return not strict.note_by_writer
    return strict.subject in OVERRIDDEN and strict.ask in ("list", "exists", "when", "count")


def _says_more(found: ChartQuestion, strict: ChartQuestion) -> bool:
    """Whether what was asked is told by it, and was not by the reading before."""
    told = found.ask == "told"
    if strict.decline is not None:
        return True
    if strict.subject == "note":  # of a reason notes say more than a record's few words
        why = "why" in (found.attribute or "").split()
        return found.relation == "procedure" if why else not strict.note_is("why")
    if strict.subject == "encounter":
        of_icu = "icu" in (strict.relation, strict.stay.kind if strict.stay else None)
        return of_icu and told and found.relation == "visit" and bool(found.searched)
    if strict.subject == "particular":
        return found.relation == "plan" and (found.attribute or "") in OF_A_PLAN
    if strict.subject == "bill":
        plain = strict.attribute is None and not strict.records
        return told and found.relation in OF_BILLS and (bool(found.searched) or plain)
    if strict.ask == "count":
        fewer = set(found.names) < set(strict.names)
        return found.ask == "count" and fewer and found.relation == strict.subject
    if strict.ask == "when":
        return told and bool(found.names) and set(found.names) <= set(strict.names)
    as_it_stands = found.ask == "exists" and found.attribute == "status" and strict.ask == "list"
    return told or found.ask == "count" or as_it_stands


def of_those_records(
    question: str, chart: Chart, before: str, alone: ChartQuestion
) -> ChartQuestion | None:
    """ "And who saw him then?": another element of the records of the question before, or None."""
    if alone.decline is None and alone.subject != "note":
        return None
    text = QuestionText(question)
    if _never(text.whole):
        return None
    asked = Asked(text)
    _take_cues(asked)
    text.take_all(_said("harmless"))
    told = asked.wanted - {"count", "status", "amount"}
    if not told or text.left() or not asked.nouns <= {"visit"}:
        return None
    earlier = by_words(before, chart)
    if earlier is None or earlier.ask not in ("told", "list", "exists"):
        return None
    again = Found(earlier.relation or "", (), Asked(text, told), (0, 0, 0))
    elements = _elements(again)
    if not elements:
        return None
    return replace(earlier, text=text.whole, ask="told", attribute=" ".join(elements))
