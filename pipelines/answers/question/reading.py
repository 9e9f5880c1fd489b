"""One question, read by itself: declined topics, then scope, then subject, then what is left.

The order matters and is the argument: what a chart cannot answer is told before anything is
looked up; time and place are taken before things, things before numbers of order, so that
"mean blood pressure" is a sign and "first ICU stay" no first result. Words that remain
unexplained decline the question, or send it to the notes where the chart has some.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace

from pipelines.answers.question import (
    ChartQuestion,
    Pick,
    StayWanted,
    Thing,
    Window,
)
from pipelines.answers.question.against import take_windows
from pipelines.answers.question.asks import Said, asks_of_flagged, flag_word, wanted
from pipelines.answers.question.classes import missing_drugs
from pipelines.answers.question.code_status import (
    names_code_status,
    read_code_status,
)
from pipelines.answers.question.codes import coded
from pipelines.answers.question.compared import (
    extremes,
    how_apart,
    is_lost,
    set_against,
    take_meant,
)
from pipelines.answers.question.declines import (
    Refusal,
)
from pipelines.answers.question.intervals import read_interval, take_lasting, unit_of
from pipelines.answers.question.narrative import narrative
from pipelines.answers.question.refused import not_for_this_chart
from pipelines.answers.question.results import (
    AS_DRUG,
    asks_what_grew,
    direction_asked,
    only_ever,
    take_both,
    take_change,
    take_days,
    take_fillers,
    take_ratio_unit,
    take_unit,
    way_asked,
)
from pipelines.answers.question.scope import (
    PlacedStay,
    take_choice,
    take_relation,
    take_series,
    take_stays,
    take_threshold,
)
from pipelines.answers.question.spelling import read_respelt
from pipelines.answers.question.text import (
    QuestionText,
    asks_if,
    asks_if_in_short,
    is_bare,
    listed,
    phrase,
)
from pipelines.answers.question.things import Named, names_result, take_things, take_verbatim
from pipelines.answers.question.told import read_part, read_told
from pipelines.answers.question.vocabulary import unexplained
from pipelines.answers.question.when import take_when
from pipelines.charts.question_names import (
    ResultName,
    has_notes,
    result_names,
    thing_names,
)
from pipelines.records.answers import Threshold
from pipelines.records.chart import Chart

AMBIGUOUS = "A date in the question can be read in two ways; write it as YYYY-MM-DD."
NOT_WHO = "Who did that is not told here; only who ordered a medication is read from its order."
_WHO = re.compile(r"(?:and |so )?(?:who|by whom|which (?:doctor|physician|nurse|provider))\b")
OF_THINGS = ("result", "any_lab", "medication", "problem", "procedure", "immunization", "allergy")
NOT_UNDERSTOOD = "The question was not understood as one about this record."
_FLAGS = phrase(
    r"(?P<flag>ok|okay|wnl|within\s+normal\s+limits|abnormally\s+high|too\s+high|high|elevated|raised|abnormally\s+low|too\s+low|low|decreased|normal|abnormal|in\s+range|out\s+of\s+range)"
)
ENCOUNTER_FIELDS = ("admission_type", "disposition", "admit_source", "visit_reason")
LAB_CUE = phrase(
    r"(?:lab|labs|laboratory|tests?|tested|levels?|measured|measurement|results?|values?|reading"
    r"|checked|differs?|difference)"
)
_WHY_HERE = phrase(
    r"(?:why|for\s+what)\s+(?:was|is|were|did)\s+(?:(?:the\s+)?patient|she|he|they)\s+"
    r"(?:being\s+)?(?:admitted|hospitali[sz]ed|seen|come\s+in|here|in\s+(?:the\s+)?hospital)"
)
_EVER = re.compile(r"\bever\b")
_AND_WHEN = phrase(
    r"(?:,\s*)?and\s+(?:when|at what time|on what date|which day)(?:\s+was\s+(?:it|that))?"
)
NOT_AGAINST = "The question sets results against each other in a way that was not understood."
MANY = ("mean", "median", "sum", "count", "share", "time share", "slope")
_GOING = phrase(r"rising|falling|climbing|dropping|changing|declining")
_PLURAL = phrase(r"(?:values|readings|results|levels|measurements)")
_MARKED = phrase(r"(?P<mark>abnormal|critical|out\s+of\s+range|flagged)")
_LABS_OR_RESULTS = phrase(r"(?:laboratory|lab)\s*(?:tests?|results?|work|values?)?|labs|results")
ANY_LAB = phrase(
    r"(?:any\s+|some\s+)?(?:laboratory|lab)\s*(?:tests?|results?|work|values?)?|labs|blood\s*work"
)


@dataclass(slots=True)
class Reading:
    """What has been read of a question so far; the readers of the subjects fill it in."""

    text: QuestionText
    chart: Chart
    notes: bool
    names: tuple[ResultName, ...]
    verbatim: list[Named]
    stays: tuple[PlacedStay, ...] = ()
    window: Window | None = None
    against: Window | StayWanted | None = None
    threshold: Threshold | None = None
    things: tuple[Thing, ...] = ()
    picks: tuple[Pick, ...] = ()
    drugs: tuple[str, ...] = ()
    yes_no: bool = False
    when: bool = False
    field: str | None = None
    asked: str = ""
    results_named: bool = False
    ratio: str | None = None

    def made(self, subject: str, ask: str, **more: object) -> ChartQuestion:
        """The question with what all subjects share."""
        stay = self.stays[0].stay if self.stays else None
        base = ChartQuestion(
            text=self.text.whole, subject=subject, ask=ask, things=self.things, picks=self.picks,
            window=self.window, threshold=self.threshold, stay=stay, against=self.against,
        )  # fmt: skip
        return replace(base, **more)  # type: ignore[arg-type]


def read(question: str, chart: Chart) -> ChartQuestion:
    """Read one question without its conversation."""
    from pipelines.answers.question.drug_parts import read_drug_parts
    from pipelines.answers.question.follow_dates import read_follow_date
    from pipelines.answers.question.leaving_out import read_except
    from pipelines.answers.question.note_numbers import read_note_number
    from pipelines.answers.question.words_instead import with_by_words

    strict = (
        read_except(question, chart, _read_whole)
        or read_follow_date(question, chart, _read_whole)
        or _read_whole(question, chart)
    )
    parts = read_drug_parts(question, chart, strict) or read_note_number(question, chart, strict)
    return parts or with_by_words(question, chart, strict)


def _read_whole(question: str, chart: Chart) -> ChartQuestion:
    text = coded(question, chart)
    notes = has_notes(chart)
    names = result_names(chart)
    directive = names_code_status(question)
    verbatim = [] if directive else take_verbatim(text, names)
    refusal = not_for_this_chart(text, question, chart, notes=notes)
    told = read_told(text, chart, refusal) if notes else None
    if told is not None and _is_of_notes_alone(told, refusal):
        return told
    if refusal is not None and not refusal.unless_records:
        return ChartQuestion(text.whole, "none", "decline", decline=refusal.says)
    status = read_code_status(text, chart) if directive and refusal is None else None
    if status is not None:
        return status
    text_before = copy(text)
    reading = Reading(text, chart, notes, names, verbatim or take_verbatim(text, names))
    between = read_interval(text) if refusal is None else None
    if between is not None:
        return between
    try:
        reading.window, reading.against = take_windows(text, chart.as_of)
    except ValueError:
        said = AMBIGUOUS if refusal is None else refusal.says
        return ChartQuestion(text.whole, "none", "decline", decline=said)
    return _kept(reading, refusal, told, text_before)


def _is_of_notes_alone(told: ChartQuestion, refusal: Refusal | None) -> bool:
    """Whether no record can say it: of a person in a role (an agent) one may."""
    if told.note is not None and told.note.part == "person":
        return False
    return told.note_by_writer or refusal is None or not refusal.unless_records


def _kept(
    reading: Reading, refusal: Refusal | None, told: ChartQuestion | None, before: QuestionText
) -> ChartQuestion:
    """The question by the readers of records, then of parts of notes, then of all others."""
    from pipelines.answers.question.kept import read_kept

    kept = read_kept(reading) or told
    if kept is None and refusal is not None:
        return ChartQuestion(reading.text.whole, "none", "decline", decline=refusal.says)
    if kept is None and reading.notes:
        kept = read_part(before, reading.chart, refused=False)
    return kept or _read(reading)


def _read(reading: Reading) -> ChartQuestion:
    from pipelines.answers.question.doses import read_doses
    from pipelines.answers.question.instead import in_notes_instead
    from pipelines.answers.question.subjects import read_subject

    text = reading.text
    reading.asked = text.text
    chart_names = thing_names(reading.chart)
    reading.threshold = take_threshold(text)
    reading.field = _field(text)
    reading.stays = take_stays(text)
    ever = is_bare(text) and _EVER.search(text.whole) is not None
    reading.yes_no = asks_if(text.whole) or asks_if_in_short(text) or ever
    reading.results_named = bool(reading.verbatim) or names_result(text, reading.names)
    if reading.results_named:
        reading.ratio = take_ratio_unit(text)
    told = None if reading.field is not None else narrative(text)
    if told is not None and (reading.notes or told.note_is("why")):
        return replace(told, window=reading.window)
    understood = read_subject(reading, chart_names)
    if understood is None:
        understood = read_results(reading, reading.names)
    left = text.left()
    if understood is not None and not left and _asks_who(text, understood):
        return replace(understood, ask="decline", decline=NOT_WHO)
    if understood is not None and (not left or understood.decline is not None):
        return in_notes_instead(reading, understood) or understood
    again = read_doses(reading, plainly=False) or read_respelt(reading, left, chart_names)
    return again or _unexplained(reading, understood, left, chart_names)


def _asks_who(text: QuestionText, understood: ChartQuestion) -> bool:
    """Whether somebody is asked for, where only the thing that they did was understood."""
    asked = _WHO.match(text.whole) is not None
    return asked and understood.ask != "who" and understood.subject in (*OF_THINGS, "encounter")


def _field(text: QuestionText) -> str | None:
    """The field of a visit that is asked for: its words also name stays, so it goes first."""
    for field in ENCOUNTER_FIELDS:
        if text.take_all(listed(field)):
            return field
    if text.take(_WHY_HERE) is not None:
        return "visit_reason"
    if text.find(phrase(r"where\b.*\bdischarged")) is not None:
        text.take_all(listed("discharged"))
        return "disposition"
    return None


def read_results(reading: Reading, names: tuple[ResultName, ...]) -> ChartQuestion | None:
    """A question about labs, vital signs and other observations, or None."""
    text = reading.text
    reading.things = take_things(text, names, reading.verbatim)
    if not reading.things:
        return _any_lab(reading)
    reading.threshold = reading.threshold or take_threshold(text)
    timed = text.take(_AND_WHEN) is not None
    way = way_asked(text) if reading.yes_no else None
    cultures = asks_what_grew(text, reading.things)
    lasting = take_lasting(text)
    total = take_choice(text, "total") or ("mean" if text.take(phrase("mean")) else None)
    flag = text.take(_FLAGS)
    tops = extremes(text)
    extreme = take_choice(text, "extreme")
    group = take_choice(text, "group")
    dates = extreme is None and lasting is None and total is None and take_days(text)
    reading.when = take_when(text)
    if not (reading.when or group or len(reading.things) > 1):
        extreme = take_both(text, extreme)
    all_said = text.take_all(listed("all"))
    if text.find(AS_DRUG) is not None and text.find(LAB_CUE) is None:
        return None  # "how much potassium was given" asks for the drug
    series = take_series(text, reading.stays)
    sides = () if series else take_meant(reading, tops)
    reading.picks = series or reading.picks
    every = cultures or bool(all_said and not (reading.picks and only_ever(all_said)))
    _ = total == "slope" and text.take_all(_GOING)
    than = take_relation(text)
    relation = than or direction_asked(text)
    plural = text.find(_PLURAL) is not None
    differs = take_change(text) | bool(text.take_all(listed("difference")))
    pair = set_against(reading, sides, relation, differs=differs)
    relation, extreme = (pair.relation, None) if pair is not None else (relation, extreme)
    said = Said(
        extreme, total, group, relation, differs,
        (every and not series) or (plural and not reading.picks), flag is not None,
    )  # fmt: skip
    ask = wanted(reading, said)
    ask = pair.ask if pair is not None and ask != "when" else ask
    if lasting == "days" or (lasting and len(reading.picks) > 1):
        ask = lasting
    if flag is not None and asks_of_flagged(said, reading.when, plural, reading.picks):
        ask, every = "flag", True
    ask = "dates" if dates else ask
    # Of a stretch between two days one result is no answer.
    ask = "list" if ask == "value" and not reading.picks and _between(reading.window) else ask
    several = bool(reading.when or group or total in MANY)
    if not series and is_lost(reading, ask, than, several=several, way=way):
        return reading.made("result", "decline", decline=NOT_AGAINST, not_understood=True)
    attribute = flag_word(flag["flag"]) if flag is not None else "timed" if timed else None
    attribute = how_apart(reading, pair, ask, differs=differs) or attribute
    ask, attribute = _of_the_kind(ask, attribute, way, cultures=cultures)
    shown_in = reading.ratio or take_unit(text, share=total in ("share", "time share"))
    take_fillers(text)
    return reading.made(
        "result", ask, extreme=extreme, group=group, relation=relation, every=every or bool(series),
        attribute=attribute, unit=unit_of(text), shown_in=shown_in,
    )  # fmt: skip


def _of_the_kind(
    ask: str, attribute: str | None, way: str | None, *, cultures: bool
) -> tuple[str, str | None]:
    """What is wanted and how, where cultures or the way of a course are asked about."""
    if way is not None:
        return "direction", way
    if cultures and ask in ("exists", "flag"):
        return "list", None  # what each says is told; what counts as positive is not
    return ask, attribute


def _any_lab(reading: Reading) -> ChartQuestion | None:
    """A question about laboratory results in general, or None."""
    text = reading.text
    marked = text.take(_MARKED) if text.find(_LABS_OR_RESULTS) is not None else None
    if text.take(_LABS_OR_RESULTS if marked else ANY_LAB) is None:
        return None
    text.take_all(listed("position", "-1"))
    if marked is not None:
        return reading.made("any_lab", "flagged", attribute=marked["mark"])
    return reading.made("any_lab", "exists" if reading.yes_no else "list")


def _between(window: Window | None) -> bool:
    """Whether a stretch runs from one named day to another."""
    return window is not None and " to " in window.words


def _unexplained(
    reading: Reading,
    understood: ChartQuestion | None,
    left: tuple[str, ...],
    chart_names: Mapping[str, tuple[str, ...]],
) -> ChartQuestion:
    """What is done with a question that is not wholly understood."""
    from pipelines.answers.question.notes import note_question

    # A sentence of a note says nothing of whether it held in a stretch of time.
    if reading.notes and not (reading.yes_no and reading.window is not None):
        asked = note_question(reading.asked, understood, left, chart_names)
        if asked is not None:
            return replace(asked, window=reading.window)
    missing = missing_drugs(" ".join(left), chart_names.get("medication", ()))
    if understood is not None and left:
        return ChartQuestion(
            reading.text.whole, understood.subject, "decline",
            decline=missing or unexplained(left), not_understood=True,
        )  # fmt: skip
    reason = unexplained(left) if left else NOT_UNDERSTOOD
    reason = missing or (NOT_WHO if _WHO.match(reading.text.whole) else reason)
    return ChartQuestion(reading.text.whole, "none", "decline", decline=reason, not_understood=True)
