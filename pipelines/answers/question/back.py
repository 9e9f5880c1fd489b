"""A question that was understood, said back in one plain sentence.

The sentence is what a reader checks, corrects and asks again, and what the next turn of a
conversation goes on from. So it promises one thing: read by itself it asks exactly what was
asked, because it is read back before it is given. Where no sentence of `question_back.toml` is
read back as the same, the question's own words stand for it if they stand alone; else there is
none. Nothing is said back of a question that was declined.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from string import Formatter
from typing import Any

from pipelines.answers.question import ChartQuestion, Pick, StayWanted, Window
from pipelines.answers.question.back_names import names_said, things_said
from pipelines.answers.question.follow import is_follow_up
from pipelines.answers.question.reading import read
from pipelines.answers.question.same import asks_the_same
from pipelines.answers.question.scope import is_stay_said
from pipelines.records.chart import Chart

TABLE = Path(__file__).with_name("question_back.toml")
MOST_TRIED = 8
# What a sentence must have a word for, where the question says it.
BINDING = frozenset(
    ("pick", "series", "extreme", "group", "bound", "relation", "place", "one", "name")
)
OLDER_BY_PLACE = timedelta(seconds=1)
Slots = dict[str, str]


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The sentences and their words."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that was read back; `about` is its name for the thing, None in own words."""

    sentence: str
    about: str | None


def canonical(asked: ChartQuestion, chart: Chart) -> str | None:
    """One sentence that, asked by itself, asks the same of this chart; None where there is none."""
    said = said_back(asked, chart)
    return said.sentence if said is not None else None


def said_back(asked: ChartQuestion, chart: Chart) -> Said | None:
    """The sentence with the name that it was read back by."""
    if asked.decline is not None or asked.not_understood:
        return None
    for said in islice(_sentences(asked), MOST_TRIED):
        if asks_the_same(read(said.sentence, chart), asked):
            return said
    own = _own_words(asked)
    same = own is not None and asks_the_same(read(own, chart), asked)
    return Said(own, None) if own is not None and same else None


def sentence_about(asked: ChartQuestion, about: str) -> str | None:
    """The first sentence for a question by a name that is known to be read rightly."""
    return next((s.sentence for s in _worded(asked, _shared(asked), about)), None)


def place_said(stay: StayWanted | None, window: Window | None) -> str:
    """A stay and a stretch of time as a sentence ends with them, a space before each."""
    return f"{_stay_said(stay)}{_time_said(window)}"


def which_said(asked: ChartQuestion) -> Mapping[str, str]:
    """The words for which of the results, which bound, which stay and time are meant."""
    return _shared(asked)


def _own_words(asked: ChartQuestion) -> str | None:
    """The question as it was typed, where it is long enough to stand by itself."""
    return None if is_follow_up(asked.text) else f"{asked.text[:1].upper()}{asked.text[1:]}?"


def _sentences(asked: ChartQuestion) -> Iterator[Said]:
    """Every sentence that has a word for all that is asked, the plainest first."""
    shared = _shared(asked)
    for about in _names(asked):
        yield from _worded(asked, shared, about)


def _worded(asked: ChartQuestion, shared: Slots, about: str) -> Iterator[Said]:
    slot = "thing" if asked.things else "about" if asked.note is not None else "name"
    slots = {**shared, slot: about} if about else shared
    for form in _forms(asked):
        if not _says_all(_fields(form), slots):
            continue
        sentence = " ".join(form.format(**slots).split())
        if not is_follow_up(sentence):
            yield Said(sentence, about)


def _says_all(fields: frozenset[str], slots: Slots) -> bool:
    """Whether a form has a word for all that is asked and is asked for nothing else.

    Two picks name their stays themselves, and a run of picks ("last 3") needs no two.
    """
    wanted = {name for name in BINDING if slots.get(name)}
    wanted -= {"series"} if "one" in fields else {"one"} if "series" in fields else set()
    wanted = wanted - {"place"} | {"time"} if "one" in fields and slots["time"] else wanted
    wanted -= {"place"} if "one" in fields or "time" in fields else set()
    return wanted <= fields <= set(slots)


def _forms(asked: ChartQuestion) -> tuple[str, ...]:
    forms = table()["sentences"]
    kind = asked.note.kind if asked.note is not None else asked.attribute
    key = f"{asked.subject}.{asked.ask}"
    return (*forms.get(f"{key}.{kind}", ()), *forms.get(key, ()))


@lru_cache(maxsize=512)
def _fields(form: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(form) if name)


def _shared(asked: ChartQuestion) -> Slots:
    """The words of a question apart from its name for what it is about."""
    shared = {**_which(asked), **_visit(asked), "time": _time_said(asked.window)}
    shared["place"] = f"{_stay_of(asked)}{shared['time']}"
    if asked.attribute is not None:
        shared |= {"way": asked.attribute, "topic": asked.attribute}
    return shared


def _names(asked: ChartQuestion) -> Iterator[str]:
    """Each way to name what a question is about; one empty way where it names nothing."""
    if asked.things:
        yield from things_said(asked.things)
    elif asked.names or asked.unlisted:
        yield from names_said(asked)
    elif asked.note is not None:
        yield " ".join(group[0] for group in asked.note_words)
    else:
        named = asked.attribute if asked.subject == "allergy" else None
        yield named or ""


def _which(asked: ChartQuestion) -> Slots:
    """The words for which of the results are meant."""
    words = table()
    slots: Slots = {}
    for field, said in (("extreme", asked.extreme), ("group", asked.group)):
        if said is not None and said in words[field]:
            slots[field] = words[field][said]
    if asked.relation in words["relation"]:
        slots["relation"] = words["relation"][asked.relation]
        if len(asked.picks) != 2:
            del slots["relation"]
    if asked.threshold is not None:
        bound = asked.threshold
        unit = f" {bound.unit}" if bound.unit else ""
        upper = f" and {bound.upper:.12g}" if bound.upper is not None else ""
        slots["bound"] = f"{words['bound'][bound.relation]} {bound.value:.12g}{upper}{unit}"
    return slots if is_edge(asked) else slots | _picks(asked.picks)


def _picks(picks: tuple[Pick, ...]) -> Slots:
    words = table()["position"]
    if len(picks) == 1 and str(picks[0].position) in words:
        return {"pick": words[str(picks[0].position)]}
    run = tuple(range(1, len(picks) + 1))
    for sign, side in ((-1, "last"), (1, "first")):
        if len(picks) > 1 and tuple(sign * p.position for p in picks) == run and _alike(picks):
            return {"series": f"{side} {len(picks)}", **_two(picks)}
    return _two(picks) if len(picks) > 1 else {}


def _alike(picks: tuple[Pick, ...]) -> bool:
    return len({p.stay for p in picks}) == 1


def _two(picks: tuple[Pick, ...]) -> Slots:
    words = table()["position"]
    if len(picks) != 2 or any(str(p.position) not in words for p in picks):
        return {}
    said = [
        f"{words[str(p.position)]} measured{_stay_said(p.stay)}".replace("latest", "last")
        for p in picks
    ]
    return {"one": said[0], "other": said[1]}


def _visit(asked: ChartQuestion) -> Slots:
    """The words for a kind of visit, where visits are what is asked about."""
    if asked.subject != "encounter":
        return {}
    kind = asked.relation if asked.ask != "length" else asked.attribute
    visits = {"icu": "ICU stays", "hospital": "hospital stays", "emergency": "emergency visits"}
    said = visits.get(kind or "", "visits")
    slots = {"visits": said, "visit": said.removesuffix("s")}
    if kind in ("icu", "hospital"):
        slots |= {"site": "ICU" if kind == "icu" else "hospital"}
        slots |= {"leave": f"{slots['site']} discharge"}
    elif kind == "any":
        slots |= {"leave": "discharge"}
    return slots


def _stay_of(asked: ChartQuestion) -> str:
    """The one stay that is meant, with its preposition and a space before it."""
    if is_edge(asked):
        return _edge_said(asked.picks[0])
    of_picks = {p.stay for p in asked.picks if p.stay is not None}
    if len(of_picks) > 1:
        return ""
    return _stay_said(next(iter(of_picks), asked.stay))


def is_edge(asked: ChartQuestion) -> bool:
    """Whether "on admission" or "at discharge" is meant, which names a stay by its end."""
    return len(asked.picks) == 1 and asked.picks[0].stay is not None and asked.stay is None


def _edge_said(pick: Pick) -> str:
    icu = "ICU " if pick.stay is not None and pick.stay.kind == "icu" else ""
    return f" on {icu}admission" if pick.position == 1 else " at discharge"


def _stay_said(stay: StayWanted | None) -> str:
    words = table()
    if stay is None or str(stay.position) not in words["position"]:
        return ""
    which = words["position"][str(stay.position)].replace("latest", "last")
    kind = "visit" if stay.kind == "any" and not is_stay_said(stay) else stay.kind
    return f" in the {which} {words['stay'].get(kind, 'stay')}"


def _time_said(window: Window | None) -> str:
    if window is None:
        return ""
    start, end = window.start, window.end
    if start is not None and end is not None:
        day = _whole(start, end)
        if day is not None:
            return day
    elif start is not None and _midnight(start):
        return f" since {start:%Y-%m-%d}"
    elif end is not None and _midnight(end + OLDER_BY_PLACE):
        return f" until {end:%Y-%m-%d}"
    said = window.words
    plain = re.match(r"(?:since|after|before|until|in|on|over|during|within|for|today|yest)", said)
    return f" {said}" if plain else f" in the {said}" if "last" in said else f" {said}"


def _whole(start: datetime, end: datetime) -> str | None:
    """A stretch of whole days as dates, or None where it begins or ends within a day."""
    after = end + OLDER_BY_PLACE
    if not _midnight(start) or not _midnight(after):
        return None
    if after - start == timedelta(days=1):
        return f" on {start:%Y-%m-%d}"
    if start.day == 1 and after == (start.replace(day=28) + timedelta(days=4)).replace(day=1):
        return f" in {start:%Y-%m}"
    if (start.month, start.day) == (1, 1) and after == start.replace(year=start.year + 1):
        return f" in {start:%Y}"
    return f" between {start:%Y-%m-%d} and {end:%Y-%m-%d}"


def _midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second) == (0, 0, 0)
