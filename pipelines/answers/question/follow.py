"""Follow-ups that say only one thing: a place, a day, a bound, "any others", "is that high?".

Each rule takes the question before as it was understood and changes what the words name; the
rest stays. A rule that does not fit gives None, and the next one has it. Where a word points at
something that could be one of several, the question is declined with those as questions to
choose from: to take one of them would be a guess.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.question import ChartQuestion, Pick
from pipelines.answers.question.names import telling_words
from pipelines.answers.question.reading import read
from pipelines.answers.question.scope import (
    position_of,
    position_pattern,
    take_edge,
    take_stays,
)
from pipelines.answers.question.text import QuestionText, any_of, phrase, plain, words
from pipelines.answers.question.window import take_window
from pipelines.records.chart import Chart

TABLE = Path(__file__).with_name("question_follow_up.toml")
DAY = timedelta(days=1)
BOUND_ASKS = ("exists", "when", "count", "check", "list")
JUDGED_OF_ONE = ("value", "extreme", "when", "flag", "check")


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The words of follow-ups."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@lru_cache(maxsize=32)
def _whole(section: str, name: str = "words") -> re.Pattern[str]:
    return re.compile(rf"(?:please\s+)?(?:the\s+)?{any_of(table()[section][name])}(?:\s+please)?")


def is_follow_up(question: str) -> bool:
    """Whether words point back, go on, or are too few to stand by themselves."""
    text = plain(question)
    return begins_or_points(text) or len(text.split()) <= 3


def begins_or_points(text: str) -> bool:
    """Whether a text goes on ("and …") or points at something ("it", "the one before")."""
    table = words()["follow_up"]
    begins = re.match(rf"{any_of(table['begins'])}(?!\w)", text)
    points = phrase(any_of((*table["pronouns"], *table["before"], *table["after"]))).search(text)
    return bool(begins or points)


def bare_of(text: str) -> str:
    """A text without the words in front that only go on."""
    begins = any_of((*words()["follow_up"]["begins"], *table()["begins"]["words"]))
    return re.sub(rf"^(?:{begins}\b\s*,?\s*)+", "", text) or text


def step_of(bare: str) -> int:
    """How many results further the words go where they say nothing else; 0 for none."""
    steps = {"before": -1, "after": 1}
    return next((n for word, n in steps.items() if _whole("steps", word).fullmatch(bare)), 0)


def is_closing(text: str) -> bool:
    """Whether the words ask nothing at all."""
    return _whole("closing").fullmatch(text.strip(" .,!")) is not None


def leaves_out_its_verb(bare: str) -> bool:
    """Whether the words are a part of a question only ("heart rate", "the last")."""
    return bare.split(" ", 1)[0] not in table()["starts"]["words"]


def unclear(text: str, says: str, *instead: str) -> ChartQuestion:
    """A follow-up that is declined, with the questions that it could mean."""
    told = table()["unclear"][says]
    return ChartQuestion(text, "none", "decline", decline=told, instead=instead)


def name_of(before: ChartQuestion) -> str | None:
    """One name for what the question before was about, to stand where a word points at it."""
    if len(before.things) == 1 or (before.things and before.things[0].panel is None):
        return before.things[0].title if len(before.things) == 1 else None
    if before.names and len(before.groups or (before.names,)) == 1:
        shared = [w for w in telling_words(before.names[0]) if _in_all(w, before.names)]
        return shared[0] if shared else before.names[0]
    if before.subject == "note" and before.note is not None and len(before.note.things) == 1:
        return before.note.things[0][0]
    return None


def _in_all(word: str, names: tuple[str, ...]) -> bool:
    return all(word in telling_words(name) for name in names)


def one_thing_said(bare: str, chart: Chart, before: ChartQuestion) -> ChartQuestion | None:
    """The first rule that the words fit wholly."""
    return (
        _others(bare, chart, before)
        or _compared(bare, chart, before)
        or _allergen(bare, chart, before)
        or _another_day(bare, before)
        or _place(bare, chart, before)
        or _position(bare, before)
    )


def _others(bare: str, chart: Chart, before: ChartQuestion) -> ChartQuestion | None:
    if _whole("others").fullmatch(bare) is None:
        return None
    form = table()["others"]["question"].get(before.subject)
    if form is None or (before.subject == "result" and len(before.things) != 1):
        return unclear(bare, "says")
    asked = read(form.format(thing=name_of(before) or ""), chart)
    if before.subject != "result":
        return asked
    return replace(asked, things=before.things, stay=before.stay, window=before.window)


def _compared(bare: str, chart: Chart, before: ChartQuestion) -> ChartQuestion | None:
    if before.subject != "result" or _whole("compared", "admission").fullmatch(bare) is None:
        return None
    title = name_of(before)
    if title is None:
        return unclear(bare, "says")
    return read(f"How much has the {title} changed since admission?", chart)


def _allergen(bare: str, chart: Chart, before: ChartQuestion) -> ChartQuestion | None:
    """ "To latex?" after a question about an allergy."""
    if before.subject != "allergy" or not bare.startswith("to "):
        return None
    return read(f"Is the patient allergic {bare}?", chart)


def _another_day(bare: str, before: ChartQuestion) -> ChartQuestion | None:
    step = next(
        (n for w, n in (("before", -1), ("after", 1)) if _whole("day", w).fullmatch(bare)), 0
    )
    if step == 0:
        return None
    window = before.window
    if window is None or window.start is None or window.end is None:
        return unclear(bare, "says")
    if window.end - window.start >= DAY:
        return unclear(bare, "says")
    start, end = window.start + step * DAY, window.end + step * DAY
    return replace(before, window=replace(window, start=start, end=end, words=f"{start:%Y-%m-%d}"))


def _place(bare: str, chart: Chart, before: ChartQuestion) -> ChartQuestion | None:
    """ "In the ICU?", "on admission?", "yesterday?" ask the same elsewhere."""
    if before.subject not in ("result", "medication"):
        return None
    if _whole("place", "whole").fullmatch(bare):
        picks = tuple(Pick(p.position) for p in before.picks)
        return replace(before, window=None, stay=None, picks=picks)
    for kind, said in (("icu", "in the last icu stay"), ("hospital", "in the last hospital stay")):
        bare = said if _whole("place", kind).fullmatch(bare) else bare
    text = QuestionText(bare)
    try:
        window = take_window(text, chart.as_of)
    except ValueError:
        return None
    edge, stays = take_edge(text), take_stays(text)
    if text.left() or not (window or edge or stays):
        return None
    if edge:
        return _at_edge(edge, before)
    stay = stays[0].stay if stays else None if window else before.stay
    picks = tuple(Pick(p.position, stay) for p in before.picks)
    return replace(before, window=window, stay=stay, picks=picks)


def _at_edge(edge: tuple[Pick, ...], before: ChartQuestion) -> ChartQuestion | None:
    if before.subject != "result":
        return None
    return replace(
        before, ask="flag" if before.ask == "flag" else "value", picks=edge, extreme=None,
        stay=None, window=None, group=None, every=False, threshold=None, relation=None,
        attribute=before.attribute if before.ask == "flag" else None,
    )  # fmt: skip


def _position(bare: str, before: ChartQuestion) -> ChartQuestion | None:
    """ "And the last?" after a question that had a first of something that is no result."""
    found = position_pattern().fullmatch(re.sub(r"^the | (?:one|time|dose)$", "", bare))
    if found is None or before.subject == "result" or len(before.picks) != 1:
        return None
    return replace(before, picks=(replace(before.picks[0], position=position_of(found.group())),))


def judged(named: ChartQuestion, before: ChartQuestion, text: str) -> ChartQuestion | None:
    """ "Is that high?" is asked of the very result that the question before was about."""
    if named.ask != "flag" or named.picks or named.extreme or named.window or named.stay:
        return None
    title = before.things[0].title if before.things else ""
    if before.ask not in JUDGED_OF_ONE or len(before.picks) > 1 or before.threshold is not None:
        latest, highest = (
            f"Is the latest {title} {named.attribute}?",
            f"What was the highest {title}?",
        )
        return unclear(text, "judged", latest, highest)
    if before.extreme is not None:
        return replace(before, text=text, ask="extreme", picks=())
    return replace(
        before, text=text, ask="flag", attribute=named.attribute, every=False, relation=None
    )


def bounded(named: ChartQuestion, before: ChartQuestion) -> ChartQuestion:
    """A bound goes on with what was asked of it: "when?" of the bound, "and below 4?" whether."""
    if before.ask not in BOUND_ASKS:
        return named
    if named.threshold is None and named.ask in ("when", "count", "list"):
        return replace(named, threshold=before.threshold)
    if named.threshold is not None and named.ask in ("list", "value"):
        return replace(named, ask=before.ask, picks=before.picks)
    return named


_SINCE = re.compile(r"\bsince(?:\s+(?:then|that))?$")


def with_since(bare: str, before: ChartQuestion) -> str | None:
    """The words with what a bare "since" counts from; None where that is not clear."""
    if _SINCE.search(bare) is None:
        return bare
    pick = before.picks[0] if len(before.picks) == 1 else None
    window = before.window
    if pick is not None and pick.stay is not None and pick.position == 1:
        icu = "icu " if pick.stay.kind == "icu" else ""
        return _SINCE.sub(f"since {icu}admission", bare) if pick.stay.position == -1 else None
    if window is not None and window.start is not None:
        return _SINCE.sub(f"since {window.start:%Y-%m-%d}", bare)
    if window is not None and window.since is not None:
        return _SINCE.sub(window.words, bare)
    return None


def pointed_at(bare: str, name: str) -> str | None:
    """The words with a name in the place of the one that points; None where none does."""
    found = phrase(any_of(table()["pointing"]["words"])).search(bare)
    return None if found is None else f"{bare[: found.start()]}{name}{bare[found.end() :]}"


def points_at_several(bare: str) -> bool:
    """Whether nothing but "those" or "they" is asked about."""
    several = any_of(table()["several"]["words"])
    return re.fullmatch(rf"(?:what|which)\s+(?:were|are)\s+{several}", bare) is not None


_BY_WHOM = re.compile(r"who|author|prescri|perform|signed|orderer|requester")


def who_is_lost(question: str, asked: ChartQuestion) -> bool:
    """Whether somebody is asked for and the reading says nothing of it: it answers another one."""
    kinds = ("result", "medication", "procedure", "problem", "immunization")
    if asked.subject not in kinds or re.match(r"(?:and |so )?who\b", plain(question)) is None:
        return False
    return _BY_WHOM.search(f"{asked.ask} {asked.attribute or ''}") is None
