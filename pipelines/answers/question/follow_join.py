"""Two questions as one: the new words with what the question before was about.

In: a follow-up as it reads by itself, and the question before it. Out: one question that has the
thing, the stay or the way of asking that the new words leave out, and of everything that they say
nothing of the old. A step along the results ("the one before") moves the pick and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.answers.question import ChartQuestion, Pick, follow
from pipelines.answers.question.reading import read
from pipelines.answers.question.text import any_of, phrase, words
from pipelines.records.chart import Chart

WHICH_BEFORE = "Which result is meant is not clear after a highest or lowest one; name its date."
_THEN = re.compile(r"\b(?:then|that day|at that time|on that day|that time|that date)\b")


def joined(bare: str, alone: ChartQuestion, chart: Chart, before: ChartQuestion) -> ChartQuestion:
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
    return filled(named, before, bare)


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
    on_hold = " on hold" if before.attribute == "held" else ""
    more = read(f"{bare} {before.names[0]}{on_hold}", chart)
    if before.attribute == "given" and more.attribute is None and more.ask == "when":
        more = replace(more, attribute="given")  # "when?" goes on with what was given
    if more.decline is None and more.subject == before.subject:
        same = replace(more, names=before.names, groups=before.groups, unlisted=())
        of_dose = before.attribute == "given" and before.ask in ("when", "dose")
        of_dose = of_dose and more.ask in ("dose", "total", "when")
        if more.window is None and (of_dose or _THEN.search(bare) is not None):
            same = replace(same, window=before.window, picks=more.picks or before.picks)
        return replace(same, records=before.records)
    return alone


def moved(text: str, before: ChartQuestion) -> ChartQuestion | None:
    """ "The one before" and "the one after" move along the results of the question before."""
    table = words()["follow_up"]
    if before.subject != "result" or len(before.picks) > 1:
        return None
    step = follow.step_of(follow.bare_of(text))
    if step == 0 and phrase(any_of(table["before"])).search(text):
        step = -1
    elif step == 0 and phrase(any_of(table["after"])).search(text):
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
        return filled(alone, before, bare)
    # "The one before" was said of the other thing; of this one its first or last is meant.
    picks = tuple(Pick(1 if p.position > 0 else -1, p.stay) for p in before.picks)
    return replace(
        before, text=bare, things=alone.things, picks=picks if len(picks) == 1 else before.picks,
        window=alone.window or before.window, stay=alone.stay or before.stay,
        threshold=None,
    )  # fmt: skip


def filled(named: ChartQuestion, before: ChartQuestion, text: str) -> ChartQuestion:
    """The scope of the question before, where the new one names none."""
    of_it = follow.judged(named, before, text)
    if of_it is not None:
        return of_it
    named = follow.bounded(named, before)
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
        window=named.window or (None if named.stay else before.window),
        group=named.group or before.group,
        threshold=named.threshold or (before.threshold if ask == before.ask else None),
    )  # fmt: skip


def _in_stay(before: ChartQuestion, named: ChartQuestion) -> tuple[Pick, ...]:
    if named.stay is None and named.window is not None and before.picks == (Pick(-1),):
        return ()  # of another day all are told
    if named.stay is None:
        return before.picks
    return tuple(Pick(p.position, named.stay) for p in before.picks)
