"""Where every question comes in; what it leaves out is taken from the question before it.

A question is put into the readers' words, read, tried in other words where that gave nothing, and
looked at by the guard as it was typed. "And the one before?", "what about potassium?", "and in the
last ICU stay?" say only what is new: everything else of the earlier question stays as it was
understood. Only questions are looked at, never earlier answers, and no more than the last few
turns; a question that stands by itself takes nothing from the conversation. What points at
nothing, or at several things, is declined.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.answers.question import ChartQuestion, follow
from pipelines.answers.question.back import canonical
from pipelines.answers.question.declines import OTHER_PATIENT
from pipelines.answers.question.follow_join import filled, joined, moved
from pipelines.answers.question.guard import guarded
from pipelines.answers.question.reading import read
from pipelines.answers.question.spoken import otherwise, spoken
from pipelines.answers.question.spoken_person import NotThisPatient
from pipelines.answers.question.spoken_reasons import with_reason_stay
from pipelines.answers.question.spoken_stays import with_stay_at_once
from pipelines.answers.question.text import QuestionText, any_of, phrase, plain, words
from pipelines.answers.question.things import take_things
from pipelines.answers.question.window import take_window
from pipelines.answers.question.wording import worded
from pipelines.answers.question.words_instead import of_those_records
from pipelines.charts.question_names import result_names
from pipelines.records.answers import Turn
from pipelines.records.chart import Chart

TURNS_LOOKED_AT = 6
NOTHING_ASKED = "Nothing was asked."
FROM_BEFORE = (
    "result",
    "encounter",
    "medication",
    "problem",
    "procedure",
    "immunization",
    "allergy",
    "code_status",
    "device",
    "note",
)

# A bare word for one of these lists asks for the whole list.
WHOLE = ("medication", "problem", "procedure", "immunization", "allergy", "any_lab")
# Subjects of records of which a follow-up may name another time.
RECORDED = ("screening", "topic", "particular", "appointment", "bill", "coverage")
OF_RECORDS = ("screening", "screen", "survey", "questionnaire", "answer", "appointments", "say")


def with_thread(question: str, chart: Chart, thread: tuple[Turn, ...]) -> ChartQuestion:
    """The question read alone or, where it cannot stand alone, after the one before it.

    The guard looks at the words as they were typed: no rewriting may take one from it.
    """
    return guarded(question, _in_thread(question, chart, thread))


def _in_thread(question: str, chart: Chart, thread: tuple[Turn, ...]) -> ChartQuestion:
    turns = thread[-TURNS_LOOKED_AT:]
    try:
        typed = spoken(question, chart)
    except NotThisPatient:
        return ChartQuestion(plain(question), "none", "decline", decline=OTHER_PATIENT)
    question = worded(typed)
    placed = with_stay_at_once(with_reason_stay(typed, chart), chart)
    asked = _of_records(placed, chart, turns) if placed != typed else None
    asked = asked or guarded(typed, _read(question, chart, turns))
    if asked.not_understood or asked.subject == "note":
        asked = _said_otherwise(typed, chart, turns) or asked
    if follow.who_is_lost(question, asked):
        return follow.unclear(plain(question), "who")
    return asked


def _said_otherwise(typed: str, chart: Chart, turns: tuple[Turn, ...]) -> ChartQuestion | None:
    """The question in other words for the same, where those are understood as of records."""
    tried = (_of_records(text, chart, turns) for text in otherwise(typed, chart))
    return next((asked for asked in tried if asked is not None), None)


def _of_records(text: str, chart: Chart, turns: tuple[Turn, ...]) -> ChartQuestion | None:
    """The question where it is understood as one of records."""
    asked = guarded(text, _read(worded(text), chart, turns))
    return asked if asked.decline is None and asked.subject not in ("note", "none") else None


def _read(question: str, chart: Chart, turns: tuple[Turn, ...]) -> ChartQuestion:
    alone = read(question, chart)
    after = _read_after(question, chart, turns, alone)
    there = of_those_records(question, chart, turns[-1].question, alone) if turns else None
    if there is None:
        return after
    # Records that hold fewer names are nearer to what was asked before.
    narrower = set(there.names) < set(after.names)
    open_still = after.decline is not None or after.subject == "note"
    return there if open_still or narrower else after


def _read_after(
    question: str, chart: Chart, turns: tuple[Turn, ...], alone: ChartQuestion
) -> ChartQuestion:
    """The question by itself, or with what the one before it was about."""
    if not turns or _stands_alone(question, alone) or _names_what_is_absent(question, chart):
        return alone
    if follow.is_closing(plain(question)):
        return ChartQuestion(plain(question), "none", "decline", decline=NOTHING_ASKED)
    before = _before(chart, turns)
    if before.subject in RECORDED and before.decline is None and follow.is_follow_up(question):
        return _at_another_time(question, chart, before) or alone
    if before.subject not in FROM_BEFORE or before.decline is not None:
        return _after_nothing(question, chart, alone)
    if follow.is_follow_up(question):
        return _continued(question, chart, before)
    return _after(question, chart, before, alone)


def _before(chart: Chart, turns: tuple[Turn, ...]) -> ChartQuestion:
    """The last question as it was understood: by the sentence it was said back in, or again."""
    if turns[-1].asks is not None:
        return read(turns[-1].asks, chart)
    return with_thread(turns[-1].question, chart, turns[:-1])


def _stands_alone(question: str, alone: ChartQuestion) -> bool:
    """Whether a question says all it needs: a thing and what is wanted of it, nothing pointing."""
    if alone.not_understood or (alone.subject == "note" and not alone.note_is("said")):
        return False
    if not follow.is_follow_up(question):
        return True
    if follow.begins_or_points(plain(question)) or alone.decline is not None:
        return False
    scoped = alone.window or alone.stay or alone.picks or alone.names
    if alone.ask == "list" and alone.subject in WHOLE and not scoped:
        return True  # "meds" after one drug is the list of all of them
    how = alone.picks or alone.extreme or alone.threshold or alone.ask not in ("value", "list")
    return bool(how and (alone.things or alone.names))


def _names_what_is_absent(question: str, chart: Chart) -> bool:
    """Whether the words are the name of a known result, which this chart happens not to have."""
    if follow.begins_or_points(plain(question)):
        return False
    text = QuestionText(question)
    things = take_things(text, result_names(chart), [])
    return bool(things) and not text.left() and not any(thing.code_keys for thing in things)


def _after_nothing(question: str, chart: Chart, alone: ChartQuestion) -> ChartQuestion:
    """After a question that was not understood there is nothing to take from."""
    text = plain(question)
    pointed = phrase(any_of(words()["follow_up"]["pronouns"])).search(text) is not None
    begins = re.match(rf"{any_of(words()['follow_up']['begins'])}(?!\w)", text) is not None
    if alone.is_declined or alone.subject in ("patient", "encounter"):
        return alone
    part = begins and follow.leaves_out_its_verb(follow.bare_of(text))
    if part or (pointed and not alone.things):
        value = canonical(read(follow.bare_of(text), chart), chart)
        return follow.unclear(text, "says", *((value,) if value else ()))
    return alone


def _at_another_time(question: str, chart: Chart, before: ChartQuestion) -> ChartQuestion | None:
    """What was asked of records before, in the time that is all a follow-up says."""
    text = QuestionText(question)
    try:
        window = take_window(text, chart.as_of)
    except ValueError:
        return None
    text.take_all(phrase(any_of((*words()["follow_up"]["begins"], *OF_RECORDS))))
    if window is None or text.left():
        return None
    return replace(before, text=text.whole, window=window)


def _after(
    question: str, chart: Chart, before: ChartQuestion, alone: ChartQuestion
) -> ChartQuestion:
    """What names nothing of the chart may be about what the question before named."""
    joined = _continued(question, chart, before)
    if joined.subject == before.subject and joined.decline is None:
        return joined
    return _of_the_drug(question, chart, before) or alone


def _of_the_drug(question: str, chart: Chart, before: ChartQuestion) -> ChartQuestion | None:
    """ "When was the last dose given?" after a level asks for the drug that was measured."""
    name = follow.name_of(before) if before.subject == "result" else None
    for word in (name or "").split():
        of_drug = read(f"{plain(question)} {word}", chart)
        if of_drug.subject == "medication" and of_drug.names and of_drug.decline is None:
            return of_drug
    return None


def _continued(question: str, chart: Chart, before: ChartQuestion) -> ChartQuestion:
    text = plain(question)
    said = follow.bare_of(text)
    told = follow.one_thing_said(said, chart, before)
    if told is not None:
        return replace(told, text=text)
    since = follow.with_since(said, before)
    if since is None:
        return follow.unclear(text, "since")
    if before.subject == "note":
        return _after_note(text, since, chart, before) or read(question, chart)
    found = _more_of(text, since, chart, before)
    if found.subject == "note" and not found.note_is("why") and follow.leaves_out_its_verb(said):
        return follow.unclear(text, "says")  # a bare word is no search of the notes here
    return found


def _more_of(text: str, said: str, chart: Chart, before: ChartQuestion) -> ChartQuestion:
    """More about what the question before was about, or what the words say by themselves."""
    bare, pointed = phrase(any_of(words()["follow_up"]["pronouns"])).subn(" ", said)
    if before.subject == "code_status" and _WHY.fullmatch(bare.strip()) is None:
        return _of_code_status(bare, chart, before, text)
    if pointed and follow.points_at_several(said) and not before.every:
        return follow.unclear(text, "says")
    there = _where_it_points(text, said, bare, chart, before) if pointed else None
    return there or _about_it(text, bare, chart, before)


def _about_it(text: str, bare: str, chart: Chart, before: ChartQuestion) -> ChartQuestion:
    """The words beside what points, with what the question before was about."""
    if _WHY.fullmatch(bare.strip()) and (before.things or before.names):
        return _why(chart, before)
    return moved(text, before) or joined(bare, read(bare, chart), chart, before)


def _where_it_points(
    text: str, said: str, bare: str, chart: Chart, before: ChartQuestion
) -> ChartQuestion | None:
    """The question about the result or the drug that a word points at."""
    extreme = _HOW_FAR.search(said) is not None and _named_in_place(said, chart, before)
    if extreme:
        return filled(extreme, before, text)
    if before.things and not _moves(text):
        named = read(f"{bare} {before.things[0].title}", chart)
        if any(not thing.code_keys for thing in named.things):
            return read(bare, chart)  # another thing is named, which this chart has not
        if named.decline is None and named.subject == "result":
            return filled(named, before, text)
    why = _WHY.fullmatch(bare.strip()) is not None
    return None if why or _moves(text) else _named_in_place(said, chart, before)


def _after_note(text: str, said: str, chart: Chart, before: ChartQuestion) -> ChartQuestion | None:
    """After a search of notes only a word that points is filled in; a bare name is not clear."""
    told = _named_in_place(said, chart, before)
    if told is None and said != text and follow.leaves_out_its_verb(said):
        value = canonical(read(said, chart), chart)
        return follow.unclear(text, "says", *((value,) if value else ()))
    return told


def _named_in_place(said: str, chart: Chart, before: ChartQuestion) -> ChartQuestion | None:
    """The question with the name in place of the word that points, where that is understood."""
    name = follow.name_of(before)
    told = follow.pointed_at(said, name) if name is not None else None
    asked = read(told, chart) if told is not None else None
    if asked is None or asked.decline is not None or asked.ask == "list":
        return None
    return asked


_HOW_FAR = re.compile(r"\bhow (?:high|low) (?:did|does|has|had) (?:it|that)\b")
_WHY = re.compile(r"(?:(?:and|but|so)\s+)?why(?:\s+not)?(?:\s+(?:is|was|did)\s*(?:happen|so)?)?")


def _why(chart: Chart, before: ChartQuestion) -> ChartQuestion:
    """A bare "why?" asks for the cause of what the question before was about."""
    name = follow.name_of(before) or ""
    ways = {"maximum": "high", "minimum": "low", "high": "high", "low": "low", "held": "on hold",
            "stopped": "stopped", "given": "given"}  # fmt: skip
    way = ways.get(before.extreme or before.attribute or "", "")
    return read(f"why {name} {way}".strip(), chart)


def _of_code_status(bare: str, chart: Chart, before: ChartQuestion, text: str) -> ChartQuestion:
    """More about the code status, where every word can be read so; else another question."""
    if _moves(text):
        return replace(before, text=text, ask="earlier", picks=(), stay=None, window=None)
    more = read(f"{bare} code status", chart)
    if more.subject == "code_status" and more.decline is None:
        return replace(more, text=text, names=more.names or before.names)
    return read(bare, chart)


def _moves(text: str) -> bool:
    table = words()["follow_up"]
    return phrase(any_of((*table["before"], *table["after"]))).search(text) is not None
