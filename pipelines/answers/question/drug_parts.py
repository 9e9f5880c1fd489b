"""Questions about drugs, read by their parts in any order, where stricter readers gave up.

In: a question that names a drug, a class, or only "a medicine" and what it was for. Cue words
anywhere say what is wanted: a number of doses, an amount, a time, who, what for, whether it is
active, what was withheld. Every word that is left must stand in the entries that are chosen (form,
route, dose as written, prescriber, problem) and narrows to those; a word that no candidate says,
or one that negates, compares or plans, leaves the question unread.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from pipelines.answers.question import ChartQuestion, Pick
from pipelines.answers.question.against import take_windows
from pipelines.answers.question.classes import class_said, take_class
from pipelines.answers.question.codes import coded
from pipelines.answers.question.drug_asks import CUES, GIVEN, Cues, asked_of, cues_of
from pipelines.answers.question.drug_sounds import sounded
from pipelines.answers.question.drug_words import TABLE, DrugEntry, drug_entries
from pipelines.answers.question.names import NamedThings, take_close, take_names
from pipelines.answers.question.own_name import blank_own_name
from pipelines.answers.question.reading import Reading
from pipelines.answers.question.refused import not_for_this_chart
from pipelines.answers.question.scope import take_picks, take_place, take_stays
from pipelines.answers.question.text import QuestionText, asks_if, is_bare, key, tokens
from pipelines.answers.question.vocabulary import unexplained
from pipelines.charts.question_names import thing_names
from pipelines.records.chart import Chart

_said = TABLE.said
Narrowed = tuple[list[DrugEntry], tuple[str, ...]]  # entries, and the words that chose them
MOST_DRUGS = 6
_GIVEN_FOR = re.compile(r"\b(?:give|gave|given|prescribed|medication|drug|take|took)\b.*\bfor\b")
_AMOUNT = re.compile(
    r"\b(?:how much|how many (?:mg|units|mcg|ml|mmol)|(?:what|which) dose|amount"
    r"|dose (?:and|&|\+))"
)
_WHEN = re.compile(r"\b(?:when|what time|time|date)\b")
_ORDINALS = (("one", 1), ("two", 2), ("three", 3))
# Said of orders to tell them from those "as needed"; the entries that say that are left out.
_REGULAR = ("scheduled", "standing", "regular")
HOME = "home"
ASKING = ("which", "count", "amount", "when", "who", "reason")


def read_drug_parts(question: str, chart: Chart, asked: ChartQuestion) -> ChartQuestion | None:
    """The question as one about drugs, where `asked` is no answer to it; None where it is none."""
    if not _is_open(asked) or not thing_names(chart).get("medication"):
        return None
    reading = _reading(question, chart, asked)
    if reading is None or _is_never(reading.text):
        return None
    text, known = reading.text, thing_names(chart)
    of_class = class_said(text.text)
    by_name = bool(take_names(QuestionText(text.text), known["medication"]).displays)
    cues = cues_of(reading, classed=of_class is not None and not by_name)
    drugs = _drugs(text, known["medication"], known.get("procedure", ()))
    if drugs is None:
        return None
    entries = [e for e in drug_entries(chart) if not drugs or e.entry.name in drugs]
    narrowed = _narrowed(reading, entries, alone=not drugs)
    made = asked_of(reading, cues, narrowed[0]) if narrowed is not None else None
    if narrowed is None or made is None:
        return _half_read(asked, cues, text)
    if asked.decline is None and asked.subject == "medication" and not _asks_more(made, cues):
        return None
    return _with_entries(made, narrowed, of_class, named=bool(drugs))


def _is_never(text: QuestionText) -> bool:
    """Whether a word plans, compares or negates, or a day was said that no reader of times took."""
    day = TABLE.written("never", "day").search(text.whole)
    lost = day is not None and bool(text.text[day.start("nth") : day.end("nth")].strip())
    return lost or text.find(_said("never")) is not None


def _with_entries(
    made: ChartQuestion, narrowed: Narrowed, of_class: str | None, *, named: bool
) -> ChartQuestion | None:
    """The question with the entries that its words chose; None where they are too many drugs."""
    (entries, words), whole = narrowed, made.text
    names = tuple(dict.fromkeys(e.entry.name for e in entries))
    if not named and len(names) > MOST_DRUGS:
        return None
    records = tuple(e.entry.fact.resource for e in entries) if words else ()
    told = [f"by {w}" if f"by {w}" in whole else w for w in words]
    told += [of_class] if of_class is not None else []
    told += [m.group() for m in _said("held").finditer(whole)]
    told += [w for w in _REGULAR if w in whole.split()]
    return replace(made, names=names, records=records, searched=tuple(told))


def _asks_more(made: ChartQuestion, cues: Cues) -> bool:
    """Whether more was read than the yes or the list that another reader understood."""
    return (
        cues.of_order or made.ask not in ("exists", "list") or made.attribute in ("held", "on hold")
    )


def _half_read(asked: ChartQuestion, cues: Cues, text: QuestionText) -> ChartQuestion | None:
    """A decline where more was asked than the yes or the list that was understood."""
    more = cues.unit or cues.of_order or cues.has("count", "who", "reason")
    if asked.decline is not None or asked.subject != "medication" or not more:
        return None
    if asked.ask == "list" or asks_if(text.whole):
        return None
    left = text.left() or ("for what is asked",)
    return replace(asked, decline=unexplained(left), not_understood=True)


def _is_open(asked: ChartQuestion) -> bool:
    """Whether other readers left the question without an answer of its own."""
    if asked.not_understood or asked.decline is not None:
        return True
    if asked.subject == "problem":
        return asked.ask == "list" and _GIVEN_FOR.search(asked.text) is not None
    if asked.subject == "note":
        return not asked.note_by_writer
    if asked.subject != "medication" or not asked.names:
        return False
    both = _AMOUNT.search(asked.text) is not None and _WHEN.search(asked.text) is not None
    return asked.ask in ("exists", "list") or (both and asked.ask in ("when", "dose", "total"))


def _reading(question: str, chart: Chart, asked: ChartQuestion) -> Reading | None:
    """The text with its times and stays taken out, or None where a refusal stands."""
    text = coded(_turned(question), chart)
    refusal = not_for_this_chart(text, question, chart, notes=True)
    lifted = TABLE.written("never", "lifts").search(text.whole) is not None
    if refusal is not None and not (lifted or refusal.unless_records):
        return None
    if asked.is_declined and refusal is None:
        return None
    reading = Reading(text, chart, True, (), [])
    try:
        reading.window, reading.against = take_windows(text, chart.as_of)
    except ValueError:
        return None
    return _placed(reading) if reading.against is None else None


def _placed(reading: Reading) -> Reading:
    """The reading with its stays and the patient's own name taken out."""
    text = reading.text
    text.take_all(TABLE.written("harmless", "pattern"))
    reading.stays = take_stays(text)
    if not reading.stays and reading.window is None:
        reading.stays = take_place(text)
    blank_own_name(text, reading.chart)
    asks = TABLE.written("turned", "yes").search(text.whole) is not None
    plainly = all(text.find(_said(cue)) is None for cue in ASKING)
    reading.yes_no = asks_if(text.whole) or (plainly and (is_bare(text) or asks))
    return reading


def _turned(question: str) -> str:
    """The question with its wordings of a start turned into those that are read here."""
    told = question
    for pattern, said in TABLE.words["turned"]["rows"]:
        told = re.sub(pattern, said, told, flags=re.IGNORECASE)
    return told


def _is_a_procedure(named: NamedThings, done: tuple[str, ...]) -> bool:
    """Whether a procedure of the chart is named by the drug ("injection of adrenaline")."""
    told = [d.lower() for d in done]
    return any(said in d for said in named.words for d in told)


def _drugs(
    text: QuestionText, names: tuple[str, ...], procedures: tuple[str, ...]
) -> tuple[str, ...] | None:
    """The chart's names of the drug, or class, that is meant; () for a medicine without a name."""
    named = take_names(text, names)
    if named.displays:
        if _is_a_procedure(named, procedures):
            return None
        of_class = take_class(QuestionText(text.text), named.displays)
        _ = take_class(text, named.displays) if of_class and of_class.members else None
        one = len(named.groups) == 1 or _is_one_word(named)
        return _without_mixtures(named) if one else None
    of_class = take_class(text, names)
    if of_class is not None:
        return of_class.members or None
    close = take_close(text, names) or sounded(text, names)
    if close:
        return close
    return () if text.find(_said("generic")) is not None else None


def _is_one_word(named: NamedThings) -> bool:
    """Whether all that was named was named by one stretch, which every name of it holds."""
    return len(named.words) == 1 and all(named.words[0] in key(d) for d in named.displays)


def _without_mixtures(named: NamedThings) -> tuple[str, ...]:
    """Without fluids that only hold the drug ("dextrose with potassium"), where it stands alone."""
    told = [w for said in named.words for w in said.split()]
    alone = tuple(
        d for d in named.displays
        if not any(f" {w}" in d.lower().partition(" with ")[2] for w in told)
    )  # fmt: skip
    return alone or named.displays


def _narrowed(reading: Reading, entries: list[DrugEntry], *, alone: bool) -> Narrowed | None:
    """The entries that say every word that is left, with the words that chose among them."""
    text = reading.text
    reading.picks = _ordinal(text) or take_picks(text, reading.stays)
    if len(reading.picks) > 1:
        return None
    chosen, problems = _of_problem(text, entries)
    forms = [w for w, _, _ in tokens(text.text) if _is_a_form(w)]
    for cue in (*CUES, "harmless"):
        text.take_all(_said(cue))
    text.take_all(_said("amount", "weak"))
    text.take_all(_said("when", "started"))
    words = (*forms, *text.left())
    if HOME in words:  # what is taken at home is ordered; doses are of a stay
        chosen = [e for e in chosen if e.entry.form != GIVEN]
    for word in dict.fromkeys(words):
        chosen = [e for e in chosen if e.says(word)]
    if set(_REGULAR) & set(text.whole.split()):
        chosen = [e for e in chosen if not e.says("prn")]
    if not chosen or (alone and not (problems or words)):
        return None
    return chosen, tuple(dict.fromkeys((*problems, *words)))


def _ordinal(text: QuestionText) -> tuple[Pick, ...]:
    for name, number in _ORDINALS:
        if text.take_all(_said("ordinal", name)):
            return (Pick(number),)
    return ()


@lru_cache(maxsize=1)
def _forms() -> frozenset[str]:
    """Words of forms and routes; what is done with a drug is none of them."""
    lists = TABLE.words["same"]["lists"]
    return frozenset(w for group in lists for w in group) - set(TABLE.words["same"]["deeds"])


def _is_a_form(word: str) -> bool:
    """Whether a word says a form or route, which the chosen entries must say too."""
    return word in _forms()


def _of_problem(text: QuestionText, entries: list[DrugEntry]) -> Narrowed:
    """The entries that the record ties to a problem which the question names."""
    linked = tuple(sorted({problem for e in entries for problem in e.linked}))
    named = take_names(text, linked).displays or take_close(text, linked)
    chosen = [e for e in entries if set(e.linked) & set(named)]
    return (chosen, named) if chosen else (entries, ())
