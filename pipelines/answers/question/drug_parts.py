"""Questions about drugs, read by their parts in any order, where stricter readers gave up.

In: a question that names a drug, a class, or only "a medicine" and what it was for. Cue words
anywhere say what is wanted: a number of doses, an amount, a time, who, what for, whether it is
active, what was withheld. Every word that is left must stand in the entries that are chosen (form,
route, dose as written, prescriber, problem) and narrows to those; a word that no candidate says,
or one that negates, compares or plans, leaves the question unread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipelines.answers.evidence.stays import in_window
from pipelines.answers.question import ChartQuestion, Pick
from pipelines.answers.question.against import take_windows
from pipelines.answers.question.classes import class_said, take_class
from pipelines.answers.question.codes import coded
from pipelines.answers.question.days import AmbiguousDate
from pipelines.answers.question.drug_sounds import sounded
from pipelines.answers.question.drug_words import TABLE, DrugEntry, drug_entries
from pipelines.answers.question.names import NamedThings, take_close, take_names
from pipelines.answers.question.own_name import blank_own_name
from pipelines.answers.question.reading import Reading
from pipelines.answers.question.refused import not_for_this_chart
from pipelines.answers.question.scope import take_picks, take_place, take_stays
from pipelines.answers.question.text import QuestionText, asks_if, is_bare, tokens
from pipelines.charts.question_names import thing_names
from pipelines.records.chart import Chart

_said = TABLE.said
MOST_TIMES, MOST_DRUGS = 6, 6
GIVEN = "administration"
NOT_GIVEN = ("not-done", "cancelled", "entered-in-error", "draft")
_GIVEN_FOR = re.compile(r"\b(?:give|gave|given|prescribed|medication|drug|take|took)\b.*\bfor\b")
_ORDINALS = (("one", 1), ("two", 2), ("three", 3))
CUES = (
    "held", "given", "ordered", "active", "count", "amount", "total", "when", "who", "reason",
    "which", "original", "generic",
)  # fmt: skip
# Said of orders to tell them from those "as needed"; the entries that say that are left out.
_REGULAR = ("scheduled", "standing", "regular")
ASKING = ("which", "count", "amount", "when", "who", "reason")


@dataclass(frozen=True, slots=True)
class _Cues:
    """What the cue words of a question say; places do not matter."""

    said: frozenset[str]
    unit: bool
    of_order: bool
    started: bool
    yes_no: bool
    classed: bool

    def has(self, *names: str) -> bool:
        """Whether any of these cues was said."""
        return any(name in self.said for name in names)


def read_drug_parts(question: str, chart: Chart, asked: ChartQuestion) -> ChartQuestion | None:
    """The question as one about drugs, where `asked` is no answer to it; None where it is none."""
    if not _is_open(asked) or not thing_names(chart).get("medication"):
        return None
    reading = _reading(question, chart, asked)
    if reading is None:
        return None
    text = reading.text
    if text.find(_said("never")) is not None:
        return None
    if text.find(TABLE.written("never", "day")) is not None:
        return None
    known = thing_names(chart)
    of_class = class_said(text.text)
    by_name = bool(take_names(QuestionText(text.text), known["medication"]).displays)
    cues = _cues(reading, classed=of_class is not None and not by_name)
    drugs = _drugs(text, known["medication"], known.get("procedure", ()))
    if drugs is None:
        return None
    entries = [e for e in drug_entries(chart) if not drugs or e.entry.name in drugs]
    narrowed = _narrowed(reading, entries, alone=not drugs)
    if narrowed is None:
        return None
    entries, words = narrowed
    made = _made(reading, cues, entries)
    if made is None:
        return None
    names = tuple(dict.fromkeys(e.entry.name for e in entries))
    if not drugs and len(names) > MOST_DRUGS:
        return None
    records = tuple(e.entry.fact.resource for e in entries) if words else ()
    told = tuple(f"by {w}" if f"by {w}" in reading.text.whole else w for w in words)
    told = (*told, of_class) if of_class is not None else told
    told = (*told, *(w for w in _REGULAR if w in reading.text.whole.split()))
    return replace(made, names=names, records=records, searched=told)


def _is_open(asked: ChartQuestion) -> bool:
    """Whether other readers left the question without an answer of its own."""
    if asked.not_understood or asked.decline is not None:
        return True
    if asked.subject == "problem":
        return asked.ask == "list" and _GIVEN_FOR.search(asked.text) is not None
    if asked.subject == "note":
        return not asked.note_is("why") and not asked.note_by_writer
    return asked.subject == "medication" and asked.ask in ("exists", "list") and bool(asked.names)


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
    except (AmbiguousDate, ValueError):
        return None
    if reading.against is not None:
        return None
    text.take_all(TABLE.written("harmless", "pattern"))
    reading.stays = take_stays(text)
    if not reading.stays and reading.window is None:
        reading.stays = take_place(text)
    blank_own_name(text, chart)
    asks = TABLE.written("turned", "yes").search(text.whole) is not None
    asks = asks and all(text.find(_said(cue)) is None for cue in ASKING)
    reading.yes_no = asks_if(text.whole) or is_bare(text) or asks
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


def _drugs(text: QuestionText, names: tuple[str, ...], procedures: tuple[str, ...]) -> tuple[str, ...] | None:
    """The chart's names of the drug, or class, that is meant; () for a medicine without a name."""
    named = take_names(text, names)
    if named.displays:
        if _is_a_procedure(named, procedures):
            return None
        of_class = take_class(QuestionText(text.text), named.displays)
        _ = take_class(text, named.displays) if of_class and of_class.members else None
        return _without_mixtures(named) if len(named.groups) == 1 else None
    of_class = take_class(text, names)
    if of_class is not None:
        return of_class.members or None
    close = take_close(text, names) or sounded(text, names)
    if close:
        return close
    return () if text.find(_said("generic")) is not None else None


def _without_mixtures(named: NamedThings) -> tuple[str, ...]:
    """Without fluids that only hold the drug ("dextrose with potassium"), where it stands alone."""
    told = [w for said in named.words for w in said.split()]
    alone = tuple(
        d for d in named.displays
        if not any(f" {w}" in d.lower().partition(" with ")[2] for w in told)
    )  # fmt: skip
    return alone or named.displays


def _cues(reading: Reading, *, classed: bool) -> _Cues:
    """Every cue of the text; none is taken out."""
    text = QuestionText("")
    text.text = TABLE.written("amount", "strength").sub(" ", reading.text.text)
    said = {cue for cue in CUES if text.find(_said(cue)) is not None}
    said |= {"dosed"} if text.find(_said("amount", "weak")) is not None else set()
    return _Cues(
        frozenset(said),
        unit=text.find(_said("amount", "unit")) is not None,
        of_order=text.find(_said("amount", "of_order")) is not None,
        started=text.find(_said("when", "started")) is not None,
        yes_no=reading.yes_no,
        classed=classed,
    )


def _narrowed(
    reading: Reading, entries: list[DrugEntry], *, alone: bool
) -> tuple[list[DrugEntry], tuple[str, ...]] | None:
    """The entries that say every word that is left, with the words that chose among them."""
    text = reading.text
    reading.picks = _ordinal(text) or take_picks(text, reading.stays)
    if len(reading.picks) > 1:
        return None
    chosen, problems = _of_problem(text, entries)
    forms = [w for w, _, _ in tokens(text.text) if _chooses(w, chosen)]
    for cue in (*CUES, "harmless"):
        text.take_all(_said(cue))
    text.take_all(_said("amount", "weak"))
    text.take_all(_said("when", "started"))
    words = (*forms, *text.left())
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


def _chooses(word: str, entries: list[DrugEntry]) -> bool:
    """Whether a word of a form or route is said by some of the entries and not by others."""
    known = any(word in group for group in TABLE.words["same"]["lists"])
    return known and 0 < sum(e.says(word) for e in entries) < len(entries)


def _of_problem(
    text: QuestionText, entries: list[DrugEntry]
) -> tuple[list[DrugEntry], tuple[str, ...]]:
    """The entries that the record ties to a problem which the question names."""
    linked = tuple(sorted({problem for e in entries for problem in e.linked}))
    named = take_names(text, linked).displays or take_close(text, linked)
    chosen = [e for e in entries if set(e.linked) & set(named)]
    return (chosen, named) if chosen else (entries, ())


def _made(reading: Reading, cues: _Cues, entries: list[DrugEntry]) -> ChartQuestion | None:
    """What is asked of the entries, by the cues."""
    own = _in_window(reading, entries)
    doses = [e for e in own if e.entry.form == GIVEN and e.entry.status not in NOT_GIVEN]
    kept = any(e.entry.form == GIVEN for e in entries)
    given = "given" if kept and not (cues.of_order or cues.has("ordered", "active")) else None
    if cues.has("held"):
        ask = "count" if cues.has("count") else "when" if cues.has("when") else None
        ask = ask or ("exists" if cues.yes_no else "list")
        return reading.made("medication", ask, attribute="held") if kept else None
    if cues.has("who"):
        return None if cues.has("given") and not cues.has("ordered") else _made_who(reading)
    if cues.has("reason"):
        return reading.made("medication", "reason", every=cues.has("active"))
    if cues.has("count") and not cues.unit:
        attribute = "ordered" if cues.has("ordered") else given
        return reading.made("medication", "count", attribute=attribute)
    if cues.has("when") and not cues.has("amount"):
        return _when(reading, cues, given, doses)
    if cues.unit or (cues.has("amount", "total", "dosed") and not cues.yes_no):
        return _amount(reading, cues, given, doses)
    if cues.has("active") and (cues.yes_no or cues.has("which")):
        ask = "list" if cues.has("which") and not asks_if(reading.text.whole) else "exists"
        return reading.made("medication", ask, every=True)
    if cues.has("which"):
        return reading.made("medication", "list", attribute=given)
    if cues.yes_no or cues.classed:
        if cues.classed and not asks_if(reading.text.whole):
            return reading.made("medication", "list", attribute=given)
        return reading.made("medication", "exists", attribute=given)
    return None


def _made_who(reading: Reading) -> ChartQuestion:
    return reading.made("medication", "who")


def _in_window(reading: Reading, entries: list[DrugEntry]) -> list[DrugEntry]:
    """The entries that began in the stretch of time; a stay is looked up by the gatherer."""
    window = reading.window
    if window is None or window.since:
        return entries
    return [one for one in entries if in_window(one.entry.start, window)]


def _when(
    reading: Reading, cues: _Cues, given: str | None, doses: list[DrugEntry]
) -> ChartQuestion | None:
    """A time: of the dose, of the order, or of all doses where they are few."""
    if cues.has("original"):
        reading.picks = (Pick(1),)
    if cues.started and not cues.has("given"):
        given = None
    if given and not reading.picks and len(doses) > MOST_TIMES:
        return None
    every = bool(given) and not reading.picks
    return reading.made("medication", "when", attribute=given, every=every)


def _amount(
    reading: Reading, cues: _Cues, given: str | None, doses: list[DrugEntry]
) -> ChartQuestion | None:
    """An amount: the sum where it is asked for, or where a unit is asked for of what was given."""
    summed = cues.has("total") or (cues.unit and not cues.has("when") and not reading.picks)
    if given and summed:
        return reading.made("medication", "total", attribute="given")
    if cues.has("total"):
        return None
    if given and not reading.picks and len({e.entry.dose_text for e in doses}) > 1:
        return None
    return reading.made("medication", "dose", attribute=given, every=cues.has("active"))

