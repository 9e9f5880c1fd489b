"""Pending: specimens and orders without a result, and reports that are not final, with since when.

A missing link is no proof: a specimen counts as pending only where no result names it or was taken
within minutes of it, and an order only while the record calls it open. "No result on file" is
what can be seen, and it is what is said. Orders written in the window are told too, whatever
became of them.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.briefing import wording
from pipelines.briefing.known import is_known
from pipelines.briefing.line import Line, Part, joined, part
from pipelines.briefing.microbiology import table as microbiology_table
from pipelines.briefing.window import Window
from pipelines.charts import labs, procedures, reports
from pipelines.charts.awaited import answered_orders, has_not_final, not_back, results_of_specimens
from pipelines.charts.orders import orders
from pipelines.records.answers import Computation
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact, Procedure
from pipelines.records.moments import Moment
from pipelines.records.orders import Order
from pipelines.records.reports import Report, Specimen

NAME = "Pending results and orders"
TABLE = Path(__file__).with_name("pending.toml")
WAITING, BACKGROUND = 2, 9
LOOK_BACK = timedelta(days=60)
_WORD = re.compile(r"[a-z]{4,}")


def pending(chart: Chart, window: Window) -> Part:
    """The section: results first, then orders, the newest first."""
    specimens, written = reports.specimens(chart), orders(chart)
    found = reports.reports(chart)
    lines = [
        *_preliminary(chart, window),
        *_reports(found, window),
        *_specimens(chart, specimens, window),
        *_taken(chart, window),
        *_orders(chart, written, window),
    ]
    return part(NAME, lines[: table()["most"]], bool(specimens or written or found))


def waiting(chart: Chart, written: Iterable[Order]) -> list[Order]:
    """Orders that the record calls open and that no result or report rests on."""
    answered = answered_orders(chart)
    return [
        order
        for order in written
        if order.fact.status in table()["open"]
        and not order.is_do_not_perform
        and not _is_state(order)
        and order.fact.resource not in answered
    ]


def _preliminary(chart: Chart, window: Window) -> list[Line]:
    start = window.end.instant - LOOK_BACK
    if not has_not_final(chart, start):
        return []
    recent = labs.results(chart, start=start, end=window.end.instant)
    found = [f for f in recent if f.kind == "lab" and not f.is_final and is_known(f, chart.as_of)]
    return [
        Line(
            f"Final report pending: {wording.name(fact)}, so far "
            f"“{wording.plain(fact.value_text or '')}” ({fact.status_word or fact.status}), "
            f"taken {wording.clock(fact.when)}",
            (fact,),
            urgency=WAITING,
        )
        for fact in reversed(found)
        if fact.value_text
    ]  # fmt: skip


def _reports(found: Sequence[Report], window: Window) -> list[Line]:
    return [
        Line(
            f"Report not final: {wording.plain(one.fact.display)} ({one.fact.status}), "
            f"{wording.clock(one.fact.when)}",
            (one.fact,),
            urgency=WAITING,
        )
        for one in reversed(found)
        if one.fact.status in table()["report_open"]
        and (one.fact.when is None or one.fact.when.instant >= window.end.instant - LOOK_BACK)
    ]


def _specimens(chart: Chart, specimens: Sequence[Specimen], window: Window) -> list[Line]:
    if not specimens:
        return []
    partial = re.compile(microbiology_table()["not_whole"], re.IGNORECASE)
    told: dict[str, list[str]] = defaultdict(list)
    for result in results_of_specimens(chart):
        if not partial.search(result.display):
            told[result.specimen].append(result.display)
    oldest = window.end.instant - timedelta(days=table()["specimen_days"])
    return [
        Line(
            f"No result on file: {wording.plain(one.fact.display)}, "
            f"taken {wording.clock(one.fact.when)}",
            (one.fact,),
            urgency=WAITING,
        )
        for one in reversed(specimens)
        if not _has_result(one, told.get(one.fact.resource, ()))
        and one.fact.status != "unsatisfactory"
        and one.fact.when is not None
        and one.fact.when.instant >= oldest
    ]


def _has_result(specimen: Specimen, told: Sequence[str]) -> bool:
    """Whether one of these results is of this specimen by its name too."""
    for pair in microbiology_table()["pair"]:
        if re.search(pair["specimen"], specimen.fact.display, re.IGNORECASE):
            return any(re.search(pair["result"], name, re.IGNORECASE) for name in told)
    return bool(told)


def _taken(chart: Chart, window: Window) -> list[Line]:
    """Blood drawn and not back, a line a draw."""
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in not_back(chart, window.start):
        if fact.when is not None and fact.specimen is None:
            groups[fact.when.written].append(fact)
    lines = []
    for drawn in reversed(groups.values()):
        named = {wording.name(fact): _unread(fact) for fact in drawn}
        shown = list(named.items())[: table()["analytes_named"]]
        more = len(named) - len(shown)
        parts = [Line(name, (fact,)) for name, fact in shown]
        head = f"Taken {wording.clock(drawn[0].when)}, not back by this time: {parts[0].text}"
        parts[0] = replace(parts[0], text=head)
        if more > 0:
            rest = tuple(list(named.values())[len(shown) :])
            parts.append(Line(f"{more} more", rest, Computation("count", more)))
        lines.append(joined(parts, ", ", WAITING))
    return lines


def _unread(fact: Fact) -> Fact:
    """The fact that a sample was taken, without the value that was not yet known."""
    written = fact.when.written if fact.when else ""
    return replace(
        fact, path="effectiveDateTime", quote=written, value=None, value_text=None, flag=None
    )


def _orders(chart: Chart, written: Sequence[Order], window: Window) -> list[Line]:
    # An order for a day, to come or overdue, stands under follow-ups.
    open_orders = [one for one in waiting(chart, written) if one.occurrence is None]
    oldest = window.end.instant - timedelta(days=table()["order_days"])
    done = procedures.procedures(chart)
    lines = [
        _waiting_line(one, done)
        for one in reversed(open_orders)
        if one.fact.when is None or one.fact.when.instant >= oldest
    ]
    named = {one.fact.resource for one in open_orders}
    told = re.compile(table()["told"], re.IGNORECASE)
    lines += [
        _ordered(one, done)
        for one in reversed(written)
        if window.start is not None
        and window.holds(one.authored)
        and one.fact.resource not in named
        and one.fact.status not in table()["unsigned"]
        and not _is_state(one)
        and told.search(" ".join(one.categories) + " " + one.fact.display)
    ]
    return lines


def _waiting_line(order: Order, done: Sequence[Procedure]) -> Line:
    """An open order, with when the same thing was last done, where the record has it."""
    last = last_done(order, done)
    name, since = wording.plain(order.fact.display), wording.clock(order.fact.when)
    text = f"Ordered, no result on file: {name}, since {since}"
    return joined([Line(text, (order.fact,)), *last_line(last)], urgency=WAITING)


def _ordered(order: Order, done: Sequence[Procedure]) -> Line:
    last = last_done(order, done)
    word = f", now {order.fact.status}" if order.fact.status in ("revoked", "on-hold") else ""
    text = (
        f"Ordered in this window: {wording.plain(order.fact.display)}, "
        f"{wording.clock(order.authored)}{word}"
    )
    return joined([Line(text, (order.fact,)), *last_line(last)], urgency=BACKGROUND)


def last_line(done: Procedure | None) -> list[Line]:
    """When the same was last done, as a part of an order's line; none where it never was."""
    if done is None:
        return []
    text = f"last done {wording.clock(done.performed)}: {wording.plain(done.fact.display)}"
    return [Line(text, (done.fact,))]


def last_done(order: Order, done: Sequence[Procedure]) -> Procedure | None:
    """The last procedure before an order that shares at least half of its telling words."""
    wanted = words(order.fact.display)
    when = order.fact.when
    fitting = [
        one
        for one in done
        if one.status == "completed"
        and wanted
        and 2 * len(wanted & words(one.fact.display)) >= len(wanted)
        and _is_before(one.performed, when)
    ]
    return fitting[-1] if fitting else None


def words(text: str) -> frozenset[str]:
    """The telling words of a name, in lower case."""
    return frozenset(_WORD.findall(text.lower())) - frozenset(table()["empty_words"])


def _is_before(first: Moment | None, second: Moment | None) -> bool:
    return first is not None and (second is None or first.instant <= second.instant)


def _is_state(order: Order) -> bool:
    text = " ".join([*order.categories, order.fact.display])
    return (
        re.search(table()["state"], order.fact.display.strip(), re.IGNORECASE) is not None
        or re.search(r"\bcode status\b", text, re.IGNORECASE) is not None
    )


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The table, read once."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
