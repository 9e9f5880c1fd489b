"""Evidence about devices: each use with the period that its record states.

Whether a device is in or on the patient is told by a statement of use alone: by its end, else by
its status. A Device without one says only whose it is, so it is shown as that and neither counts
as in place nor as removed. An end after the chart's as-of is not known by then and not told.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.answers.evidence.items import item
from pipelines.answers.evidence.leaves import by_pick, dated
from pipelines.answers.evidence.stays import in_window, since
from pipelines.answers.question import ChartQuestion, Window
from pipelines.charts.devices import devices
from pipelines.charts.encounters import encounters
from pipelines.records.chart import Chart
from pipelines.records.devices import Device
from pipelines.records.evidence import Evidence
from pipelines.records.moments import Moment

IN_USE = "device"
PAST_DEVICE = "past device"
UNSURE_DEVICE = "device of unknown use"
ENDED = frozenset({"completed", "stopped"})


def device_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The devices asked for: those in use first, then those that do not say, then past ones."""
    found = _entries(chart)
    if question.records:
        found = tuple(d for d in found if d.fact.resource in question.records)
    if question.window is not None:
        window = since(encounters(chart), question.window)
        found = tuple(d for d in found if window and _falls_in(chart, d, window, question))
    if question.ask == "when" or question.picks:
        found = by_pick(tuple(d for d in found if d.used or d.used_end), question) or tuple(
            d for d in found if d.form != "use"
        )
    if question.ask == "length":
        return [one for entry in found for one in _span(chart, entry, question)]
    items = [_item(chart, entry, question) for entry in found]
    if question.attribute == "now" and question.ask in ("list", "count"):
        items = [i for i in items if i.kind != PAST_DEVICE]
    if question.attribute == "removed" and question.ask in ("list", "count"):
        items = [i for i in items if i.kind == PAST_DEVICE]
    if question.attribute == "placed" and question.ask == "list":
        items = [i for i in items if i.kind != UNSURE_DEVICE]
    order = (IN_USE, UNSURE_DEVICE, PAST_DEVICE)
    return sorted(items, key=lambda one: order.index(one.kind))


def _entries(chart: Chart) -> tuple[Device, ...]:
    """Every use, and the devices that no use speaks of."""
    every = devices(chart)
    used = {d.device for d in every if d.form == "use"}
    return tuple(d for d in every if d.form == "use" or d.fact.resource not in used)


def _falls_in(chart: Chart, entry: Device, window: Window, question: ChartQuestion) -> bool:
    """Whether a device was placed or removed in a window, or in use during it."""
    if question.attribute == "placed":
        return in_window(entry.used, window)
    if question.attribute == "removed":
        return in_window(_end(chart, entry), window)
    if entry.form != "use":
        return True  # it states no time: it is told with its own words, and neither way
    if entry.used is None:
        return False
    begun = in_window(entry.used, Window(None, window.end, window.words))
    end = _end(chart, entry)
    over = end is not None and not in_window(end, Window(window.start, None, window.words))
    return begun and not over and (end is not None or _state(chart, entry) == IN_USE)


def _end(chart: Chart, entry: Device) -> Moment | None:
    """The end of a use that is known by the as-of."""
    end = entry.used_end
    return end if end is not None and end.instant <= chart.as_of.instant else None


def _state(chart: Chart, entry: Device) -> str:
    if entry.form != "use":
        return UNSURE_DEVICE
    if _end(chart, entry) is not None:
        return PAST_DEVICE
    if entry.used_end is not None:
        return IN_USE if entry.used is not None else UNSURE_DEVICE
    status = entry.fact.status
    return IN_USE if status == "active" else PAST_DEVICE if status in ENDED else UNSURE_DEVICE


def _span(chart: Chart, entry: Device, question: ChartQuestion) -> list[Evidence]:
    """End (or the chart's last entry, where it is still in) and start; one item where untold."""
    told = _item(chart, entry, question)
    if entry.used is None or told.kind == UNSURE_DEVICE:
        return [told]
    end = _end(chart, entry)
    if end is None:
        last = item(replace(told.fact or entry.fact, when=chart.as_of), told.line)
    else:
        last = item(dated(chart, replace(entry.fact, kind="device"), end), told.line)
    return [replace(last, kind=told.kind), told]


def _item(chart: Chart, entry: Device, question: ChartQuestion) -> Evidence:
    fact, state = entry.fact, _state(chart, entry)
    end = _end(chart, entry)
    asked_end = question.attribute != "placed"
    fact = dated(chart, fact, end if asked_end and end is not None else entry.used)
    status = {IN_USE: "active", PAST_DEVICE: "completed"}.get(state)
    told = item(replace(fact, kind="device", status=status), device_line(entry, state, end))
    return replace(told, kind=state)


def device_line(entry: Device, state: str, end: Moment | None) -> str:
    """The device with its place and the period of its use as one sentence."""
    name = f"{entry.fact.display} ({entry.body_site})" if entry.body_site else entry.fact.display
    start = entry.used
    if entry.form != "use":
        return f"{name}: recorded as the patient's device; the record states no time of use."
    if end is not None:
        begun = f"from {start.clock} to" if start is not None else "until"
        return f"{name}: in use {begun} {end.clock}."
    since_when = f" since {start.clock}" if start is not None else ""
    if state == IN_USE:
        return f"{name}: in use{since_when}, no end recorded."
    begun = f", begun {start.clock}" if start is not None else ""
    return f"{name}: use recorded as {entry.fact.status or 'of no status'}{begun}, no end recorded."
