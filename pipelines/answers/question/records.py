"""Questions that records with fields of their own answer: devices, appointments, open orders,
bills, coverage, screenings, care teams and goals.

They are read before the topics that are declined, because a topic's words (`appointment`,
`insurance`, `risk of`) say nothing of what the chart holds. The table `question_records.toml` has
the words. Nothing is bent: a word that neither the table explains nor a record's own name
carries leaves the question to the readers that come after, and so does a device of a sort that
this chart has no record of, so that one device never answers for another.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.question import ChartQuestion, StayWanted
from pipelines.answers.question.reading import Reading
from pipelines.answers.question.scope import PlacedStay, take_choice, take_picks, take_stays
from pipelines.answers.question.text import QuestionText, any_of, asks_if, key, phrase
from pipelines.answers.question.when import take_when
from pipelines.charts.appointments import appointments, upcoming
from pipelines.charts.care import goals
from pipelines.charts.claims import claim_items
from pipelines.charts.devices import devices
from pipelines.charts.orders import orders
from pipelines.charts.patients import is_at_end
from pipelines.charts.question_names import thing_names
from pipelines.records.orders import Order

TABLE = Path(__file__).with_name("question_records.toml")
SUBJECTS = frozenset(
    ("device", "appointment", "order", "bill", "coverage", "screening", "care_team", "goal")
)
OPEN = ("active", "on-hold")
STATUS_ONLY = frozenset(("order", "coverage", "care_team", "goal"))
NOT_THEN = "Of orders, coverage, teams and goals the record tells the latest status only."
_WHY = phrase(r"why|how come|reasons?|causes?|caused")
_MANNER = re.compile(
    r"(?:and |so )?how (?:do|does|did|will|can|could) (?!(?:the )?(?:insur|payer|plan))"
)
_PRESENT = phrase(r"is|are|does|do|has")
_HOW_LONG = phrase(r"(?:for\s+)?how\s+(?:long|many\s+(?:days|hours|weeks|months))(?:\s+ago)?")
_INSECURE = re.compile(r"insecur|unstab|instab|homeless")
# "Is the defibrillator on" asks whether it works, which no period of use tells.
_RUNNING = re.compile(r"\b(?:on|off|running|working)$")
_PAST = r"did|was|were|had|ever|been"


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The table of words."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def read_records(reading: Reading) -> ChartQuestion | None:
    """The question as one about such records, or None: then other readers have it."""
    if reading.text.find(_WHY) is not None and reading.text.find(_said("bill", "denied")) is None:
        return None
    if _MANNER.match(reading.text.whole) is not None:
        return None  # "how does she get to appointments" asks for the way, not for a list
    readers: tuple[Callable[[Reading], ChartQuestion | None], ...] = (_screening, _goal)
    # A result that is named in full is what is asked for.
    if not reading.verbatim and not _judged(reading.text):
        readers = (_bill, _coverage, _appointment, _order, _team, *readers, _device)
    for reader in readers:
        tried = copy(reading)
        tried.text = copy(reading.text)
        tried.yes_no = asks_if(tried.text.whole)
        found = reader(tried)
        if found is not None:
            undated = found.subject in STATUS_ONLY and not is_at_end(reading.chart)
            return replace(found, decline=NOT_THEN) if undated else found
    return None


def _judged(text: QuestionText) -> bool:
    """Whether the question asks what is needed or allowed, not what is recorded."""
    begins, unless = (phrase(any_of(table()["judged"][n])) for n in ("begins", "unless"))
    allowed = begins.match(text.whole) is not None and unless.match(text.whole) is None
    return allowed or text.find(_said("judged", "words")) is not None


def device_named(words: str) -> re.Pattern[str] | None:
    """What a text must say to be about the device whose placing or removal is asked for."""
    text = QuestionText(words)
    filed = device_sort(text)
    moved = text.find(_said("device", "removed")) or text.find(_said("device", "placed"))
    if filed is None or moved is None:
        return None
    said = next(sort["said"] for sort in table()["device"]["sort"] if sort["filed"] == filed)
    return re.compile(rf"{filed}|{phrase(any_of(said)).pattern}")


@lru_cache(maxsize=64)
def _said(section: str, name: str) -> re.Pattern[str]:
    return phrase(any_of(table()[section][name]))


def _take(text: QuestionText, section: str, *names: str) -> bool:
    """Whether any phrase of these lists stands in the text; all of them are blanked."""
    return bool([m for name in names for m in text.take_all(_said(section, name))])


def _ask(reading: Reading) -> str:
    """What is wanted of a list: how many, when, whether, or the list itself."""
    text = reading.text
    total = take_choice(text, "total")
    if total not in (None, "count"):
        return "none"
    reading.when = take_when(text)
    if total == "count":
        return "count"
    return "when" if reading.when else "exists" if reading.yes_no else "list"


def _device(reading: Reading) -> ChartQuestion | None:
    text = reading.text
    own = devices(reading.chart)
    sort = device_sort(text)
    fits = tuple(d for d in own if sort is None or re.search(sort, d.fact.display.lower()))
    named_any = bool(fits) if sort is not None else _take(text, "device", "any")
    if not named_any or _RUNNING.search(text.whole) is not None:
        return None
    spoken = text.take(_HOW_LONG) is not None
    attribute = next((a for a in ("removed", "placed", "now") if _take(text, "device", a)), None)
    present = _is_present(text)
    _take(text, "device", "now", "filler")
    ask = "length" if spoken else _ask(reading)
    reading.picks = take_picks(text, ())
    # "Implanted" and "fitted" tell devices apart, which no record does.
    untold = sort is None and attribute == "placed" and ask not in ("when", "length")
    if untold or (ask == "when" and attribute in (None, "now")):
        return None
    if ask == "length":
        attribute = "placed"
    if attribute in (None, "now"):  # in place now, or in the time that is asked for
        timed = any(d.form == "use" for d in fits)  # else a count is of what is recorded
        asks = attribute or ask == "exists" or (ask == "count" and timed)
        now = present and reading.window is None and asks
        attribute = "now" if now else None
    names = {d.fact.resource: f"{d.fact.display} {d.body_site or ''}" for d in fits}
    meant = _narrowed(text, names)
    if meant is None or ask == "none":
        return None
    chosen = tuple(d.fact.display for d in fits if d.fact.resource in meant)
    named = tuple(dict.fromkeys(chosen)) if sort is not None else ()
    return reading.made(
        "device", ask, names=named, records=meant if sort else (), attribute=attribute
    )


def _is_present(text: QuestionText) -> bool:
    """Whether the question asks how things stand; its words are looked at before any is taken."""
    return _PRESENT.search(text.whole) is not None and phrase(_PAST).search(text.whole) is None


def device_sort(text: QuestionText) -> str | None:
    """How records file the device that the text names by its longest phrase, blanked."""
    found = [
        (len(match.group()), match.span(), sort["filed"])
        for sort in table()["device"]["sort"]
        if (match := text.find(phrase(f"{any_of(sort['said'])}s?"))) is not None
    ]
    if not found:
        return None
    _, span, filed = max(found)
    text.blank(*span)
    return str(filed)


def _narrowed(text: QuestionText, names: dict[str, str]) -> tuple[str, ...] | None:
    """The records whose names carry every word that is left; None where there is none."""
    left = {word.removesuffix("s") for word in text.left()}
    fits = tuple(
        resource
        for resource, name in names.items()
        if left <= {word.removesuffix("s") for word in key(name).split()}
    )
    return fits if fits or not left else None


def _appointment(reading: Reading) -> ChartQuestion | None:
    text = reading.text
    aspects = ("noshow", "cancelled", "fulfilled", "upcoming", "next")
    told = [a for a in aspects if _take(text, "appointment", a)]
    noun = _take(text, "appointment", "noun")
    if not noun and not (told and told != ["fulfilled"] and _take(text, "appointment", "visit")):
        return None
    _take(text, "appointment", "noun", "visit", "filler")
    ask = _ask(reading)
    reading.picks = take_picks(text, ())
    every = (*appointments(reading.chart), *upcoming(reading.chart))
    names = {
        a.fact.resource: " ".join((a.fact.display, a.reason or "", *a.participants)) for a in every
    }
    left = text.left()
    meant = _narrowed(text, names)
    if meant is None or ask == "none" or len(set(told) - {"next", "upcoming"}) > 1:
        return None
    attribute = "next" if "next" in told else told[0] if told else None
    if attribute is None and ask in ("exists", "when") and _is_present(text):
        attribute = "upcoming"
    return reading.made(
        "appointment", ask, records=meant if left else (), names=left, attribute=attribute
    )


def _order(reading: Reading) -> ChartQuestion | None:
    text = reading.text
    pending = text.find(_said("order", "pending"))
    if pending is None:
        return None
    _take(text, "order", "pending")
    kinds = [kind for kind in table()["order"]["kind"] if text.take_all(_kind_of_order(kind))]
    text.take_all(phrase(any_of(table()["order"]["words"]["filler"])))
    ask = _ask(reading)
    if reading.window is not None or ask in ("none", "when"):
        return None
    left = text.left()
    if left and "open" in pending.group():
        return None
    if left:  # a test by its name: only where an open order carries it
        found = orders(reading.chart)
        meant = _narrowed(text, {o.fact.resource: o.fact.display for o in found if is_open(o)})
        return reading.made("order", ask, attribute="pending", records=meant) if meant else None
    filed = tuple(kind for kind in kinds if kind != "order")
    return reading.made("order", ask, attribute="pending", names=filed) if kinds else None


def is_open(one: Order) -> bool:
    """Whether an order waits for something: it is open, and no standing state or prohibition."""
    state = re.compile(table()["order"]["filed"]["state"])
    standing = any(state.search(name.lower()) for name in (one.fact.display, *one.categories))
    return one.fact.status in OPEN and not one.is_do_not_perform and not standing


@lru_cache(maxsize=16)
def _kind_of_order(kind: str) -> re.Pattern[str]:
    return phrase(any_of(table()["order"]["kind"][kind]))


def _bill(reading: Reading) -> ChartQuestion | None:
    text = reading.text
    weak = _take(text, "bill", "weak")
    summed = text.find(_said("bill", "amount")) is not None
    paying = summed and text.find(_said("bill", "paid")) is not None
    costing = re.search(r"\b(?:costs?|charged?)\b", text.whole) is not None
    if not _take(text, "bill", "noun") and not (weak or paying or costing):
        return None
    reading.stays = _stays(text)
    if reading.window is not None:  # "the visit in March": the month says which
        text.take_all(_said("bill", "visit"))
    principal = _take(text, "bill", "principal")
    diagnosis = _take(text, "bill", "diagnosis") or principal
    denied = _take(text, "bill", "denied")
    paid = _take(text, "bill", "paid")
    summed = _take(text, "bill", "amount") and not (diagnosis or denied)
    _take(text, "bill", "filler")
    ask = _ask(reading)
    reading.picks = take_picks(text, ())
    names = {
        f"{i.fact.resource}#{i.part}{i.number}": f"{i.fact.display} {i.fact.code_key or ''}"
        for i in claim_items(reading.chart)
        if i.part == "diagnosis"
    }
    left = text.left()
    if left and (denied or paid or summed):
        return _decided(reading, "denied" if denied else "paid" if paid else "amount")
    meant = _narrowed(text, names)
    if meant is None or ask == "none":
        return None
    attribute = (
        "denied" if denied else "principal" if principal
        else "diagnosis" if diagnosis or left else "paid" if paid
        else "amount" if summed else None
    )  # fmt: skip
    if attribute is None and (weak or ask == "exists"):
        return None
    ask = (
        "list" if attribute in ("paid", "amount") else ask
    )  # what was paid is told, not that it was
    return reading.made("bill", ask, attribute=attribute, records=meant if left else (), names=left)


def _decided(reading: Reading, attribute: str) -> ChartQuestion | None:
    """What was decided of the bills for a thing that the question names, as they name it."""
    billed: dict[str, str] = {}
    for one in claim_items(reading.chart):
        if one.part != "diagnosis":
            billed[one.fact.resource] = f"{billed.get(one.fact.resource, '')} {one.fact.display}"
    left = reading.text.left()
    meant = _narrowed(reading.text, billed)
    if not meant:
        return None
    return reading.made("bill", "list", attribute=attribute, records=meant, names=left)


def _stays(text: QuestionText) -> tuple[PlacedStay, ...]:
    """The stay whose bills are meant: named by its order, or "for the stay": the last one."""
    named = take_stays(text)
    if named:
        text.take_all(phrase("for|of"))
        return named
    found = text.take(_said("bill", "stay"))
    if found is None:
        return ()
    return (PlacedStay(StayWanted("hospital", -1, found.group()), found.start()),)


def _asked_of(reading: Reading, subject: str) -> str | None:
    """What is asked of a subject, or None where the question has other words beside its own."""
    if not _take(reading.text, subject, "noun"):
        return None
    _take(reading.text, subject, "filler")
    ask = _ask(reading)
    return None if reading.text.left() else ask


def _coverage(reading: Reading) -> ChartQuestion | None:
    ask = _asked_of(reading, "coverage")
    if ask in (None, "none", "count"):
        return None
    if reading.window is not None:  # what was in force then is told by its period alone
        ask = "list"
    negative = "uninsured" in reading.text.whole
    return reading.made("coverage", "list" if negative else ask)


def _screening(reading: Reading) -> ChartQuestion | None:
    text = reading.text
    found = [
        (len(match.group()), match.span(), topic)
        for topic in table()["screening"]["topic"]
        if (match := text.find(phrase(any_of(topic["said"])))) is not None
    ]
    if not found:
        return None
    _, span, topic = max(found, key=lambda one: one[0])
    text.blank(*span)
    marked = _take(text, "screening", "marks")
    conditions = thing_names(reading.chart).get("condition", ())
    plain = text.whole[span[0] : span[1]]
    if not marked and (_filed(topic, conditions) or _INSECURE.search(plain) is None):
        return None
    _take(text, "screening", "filler")
    ask = _ask(reading)
    if text.left() or ask not in ("list", "exists", "when"):
        return None
    return reading.made("screening", "list", attribute=topic["title"])


def _filed(topic: dict[str, str], conditions: Iterable[str]) -> bool:
    return any(re.search(topic["condition"], name.lower()) for name in conditions)


def _team(reading: Reading) -> ChartQuestion | None:
    ask = _asked_of(reading, "care_team")
    return reading.made("care_team", ask) if ask == "list" else None


def _goal(reading: Reading) -> ChartQuestion | None:
    text = reading.text
    if text.find(_said("goal", "not")) is not None or not _take(text, "goal", "noun"):
        return None
    told = [state for state in ("unmet", "open", "achieved") if _take(text, "goal", state)]
    _take(text, "goal", "filler")
    ask = _ask(reading)
    left = text.left()
    own = goals(reading.chart) if left else ()
    meant = _narrowed(text, {g.fact.resource: g.fact.display for g in own})
    ask = "list" if ask == "exists" and left else ask  # the goal itself says that there is one
    if meant is None or ask not in ("list", "count"):
        return None
    return reading.made(
        "goal", ask, attribute=told[0] if told else None, records=meant if left else ()
    )
