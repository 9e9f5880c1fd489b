"""Follow-ups: what a question leaves out is taken from the question before it.

"And the one before?", "what about potassium?", "and in the last ICU stay?" say only what is new.
Everything else of the earlier question stays as it was understood. Only questions are looked at,
never earlier answers, and no more than the last few turns; a question that stands by itself
takes nothing from the conversation.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.answers.question import ChartQuestion, Pick
from pipelines.answers.question_reading import read
from pipelines.answers.question_text import QuestionText, any_of, phrase, plain, words
from pipelines.answers.question_window import take_window
from pipelines.records.answers import Turn
from pipelines.records.chart import Chart

TURNS_LOOKED_AT = 6
WHICH_BEFORE = "Which result is meant is not clear after a highest or lowest one; name its date."
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
)

# Subjects of records of which a follow-up may name another time.
RECORDED = ("screening", "topic", "particular", "appointment", "bill", "coverage")
OF_RECORDS = ("screening", "screen", "survey", "questionnaire", "answer", "appointments", "say")


def with_thread(question: str, chart: Chart, thread: tuple[Turn, ...]) -> ChartQuestion:
    """The question read alone or, where it cannot stand alone, after the one before it."""
    turns = thread[-TURNS_LOOKED_AT:]
    if not turns:
        return read(question, chart)
    if not _is_follow_up(question):
        alone = read(question, chart)
        if alone.subject != "note" and not alone.not_understood:
            return alone
        return _after(question, chart, turns, alone)
    before = with_thread(turns[-1].question, chart, turns[:-1])
    if before.subject in RECORDED and before.decline is None:
        return _at_another_time(question, chart, before) or read(question, chart)
    if before.subject not in FROM_BEFORE or before.decline is not None:
        return read(question, chart)
    return _continued(question, chart, before)


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
    question: str, chart: Chart, turns: tuple[Turn, ...], alone: ChartQuestion
) -> ChartQuestion:
    """What names nothing of the chart may be about what the question before named."""
    before = with_thread(turns[-1].question, chart, turns[:-1])
    if before.subject not in FROM_BEFORE or before.decline is not None:
        return alone
    joined = _continued(question, chart, before)
    return joined if joined.subject == before.subject and joined.decline is None else alone


def _is_follow_up(question: str) -> bool:
    table = words()["follow_up"]
    text = plain(question)
    begins = re.match(rf"{any_of(table['begins'])}(?!\w)", text)
    points = phrase(any_of((*table["pronouns"], *table["before"], *table["after"]))).search(text)
    points = points or re.search(rf"(?<!^){_THEN.pattern}$", text)
    return bool(begins or points) or len(text.split()) <= 3


def _continued(question: str, chart: Chart, before: ChartQuestion) -> ChartQuestion:
    table = words()["follow_up"]
    text = plain(question)
    bare = re.sub(rf"^(?:{any_of(table['begins'])}\s*,?\s*)+", "", text)
    bare, pointed = phrase(any_of(table["pronouns"])).subn(" ", bare)
    if _WHY.fullmatch(bare.strip()) and (before.things or before.names):
        return _why(chart, before)
    if before.subject == "code_status":
        return _of_code_status(bare, chart, before, text)
    if pointed and before.things and not _moves(text):
        named = read(f"{bare} {before.things[0].title}", chart)
        if named.decline is None and named.subject == "result":
            return _filled(named, before, text)
    return _moved(text, before) or _joined(bare, read(bare, chart), chart, before)


_THEN = re.compile(r"\b(?:then|that day|at that time|on that day|that time|that date)\b")
_WHY = re.compile(r"(?:(?:and|but|so)\s+)?why(?:\s+(?:is|was|did)\s*(?:happen|so)?)?")


def _why(chart: Chart, before: ChartQuestion) -> ChartQuestion:
    """A bare "why?" asks for the cause of what the question before was about."""
    name = before.things[0].title if before.things else before.names[0].split()[0]
    ways = {"maximum": "high", "minimum": "low", "high": "high", "low": "low"}
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


def _joined(bare: str, alone: ChartQuestion, chart: Chart, before: ChartQuestion) -> ChartQuestion:
    """The question by itself where it says enough, else with what the one before was about."""
    stands = alone.decline is None
    if stands and alone.subject == before.subject and alone.things:
        return _same_way(alone, before, bare)
    if before.names and not (stands and alone.things):
        return _about_names(alone, before, bare, chart)
    if (stands and alone.subject not in ("note", "none")) or not before.things:
        return alone
    named = read(f"{bare} {before.things[0].title}", chart)
    if named.decline is not None or named.subject != "result":
        return alone
    return _filled(named, before, bare)


def _about_names(
    alone: ChartQuestion, before: ChartQuestion, bare: str, chart: Chart
) -> ChartQuestion:
    """A question after one about a drug or problem: another of its kind, or more about it."""
    if alone.decline is None and alone.subject == before.subject and alone.names:
        plain_list = alone.ask == "list"
        if not plain_list:
            return alone
        other = replace(before, text=bare, names=alone.names, groups=alone.groups, unlisted=())
        return replace(other, records=alone.records)
    more = read(f"{bare} {before.names[0]}", chart)
    if more.decline is None and more.subject == before.subject:
        same = replace(more, names=before.names, groups=before.groups, unlisted=())
        if more.window is None and _THEN.search(bare) is not None:
            same = replace(same, window=before.window, picks=more.picks or before.picks)
        return replace(same, records=before.records)
    return alone


def _moved(text: str, before: ChartQuestion) -> ChartQuestion | None:
    """ "The one before" and "the one after" move along the results of the question before."""
    table = words()["follow_up"]
    if before.subject != "result" or len(before.picks) > 1:
        return None
    step = 0
    if phrase(any_of(table["before"])).search(text):
        step = -1
    elif phrase(any_of(table["after"])).search(text):
        step = 1
    if step == 0:
        return None
    if before.extreme and not before.picks:
        return ChartQuestion(text, "none", "decline", decline=WHICH_BEFORE)
    pick = before.picks[0] if before.picks else Pick(-1, before.stay)
    position = pick.position + step
    if position == 0 or (pick.position < 0) != (position < 0):
        return ChartQuestion(
            text, "none", "decline", decline="There is no result beyond the one named before."
        )
    ask = "value" if before.ask not in ("when", "value") else before.ask
    return replace(before, text=text, ask=ask, extreme=None, picks=(Pick(position, pick.stay),))


def _same_way(alone: ChartQuestion, before: ChartQuestion, bare: str) -> ChartQuestion:
    """Another thing, asked about as the one before was, unless it says how itself."""
    says_how = (
        alone.ask != "value" or alone.picks or alone.extreme or alone.group or alone.threshold
    )
    if says_how:
        return _filled(alone, before, bare)
    # "The one before" was said of the other thing; of this one its first or last is meant.
    picks = tuple(Pick(1 if p.position > 0 else -1, p.stay) for p in before.picks)
    return replace(
        before, text=bare, things=alone.things, picks=picks if len(picks) == 1 else before.picks,
        window=alone.window or before.window, stay=alone.stay or before.stay,
        threshold=None,
    )  # fmt: skip


def _filled(named: ChartQuestion, before: ChartQuestion, text: str) -> ChartQuestion:
    """The scope of the question before, where the new one names none."""
    stay = named.stay or before.stay
    picks = tuple(Pick(p.position, p.stay or stay) for p in named.picks)
    ask, extreme = named.ask, named.extreme
    if ask == "when" and not picks and extreme is None:
        picks, extreme = before.picks, before.extreme
    elif ask == "value" and not picks:
        ask, extreme, picks = before.ask, before.extreme, _in_stay(before, named)
    return replace(
        named, text=text, ask=ask, extreme=extreme, picks=picks, stay=stay,
        things=before.things if len(before.things) > 1 else named.things,
        window=named.window or before.window, group=named.group or before.group,
        threshold=named.threshold or (before.threshold if ask == before.ask else None),
    )  # fmt: skip


def _in_stay(before: ChartQuestion, named: ChartQuestion) -> tuple[Pick, ...]:
    if named.stay is None:
        return before.picks
    return tuple(Pick(p.position, named.stay) for p in before.picks)
