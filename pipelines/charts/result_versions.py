"""What a result said before it was amended or corrected, from the raw versions the store keeps.

A loader that takes a newer version in keeps the older one raw and not current. Here it is read
again, value by value, in the words of that version; nothing of it counts as a fact, enters a
list or can be cited. Versions of another patient's record are never read.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from pipelines.charts import sources
from pipelines.charts.references import Json
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.result_values import NO_VALUE, Value, value_of
from pipelines.charts.row_parts import choice, words
from pipelines.records.chart import Chart
from pipelines.records.moments import Moment
from pipelines.records.results import EarlierResult
from pipelines.terms import dates


def earlier_versions(chart: Chart, resource: str) -> tuple[EarlierResult, ...]:
    """What each version of a result before the current one said, the newest first."""
    return tuple(
        said
        for number, raw in sources.earlier_versions(chart, resource)
        for said in _said(orjson.loads(raw), number)
    )


def _said(version: Json, number: int) -> Iterator[EarlierResult]:
    """The value of a version, and those of its components."""
    elements = [(0, "", version)]
    elements += [
        (index + 1, f"component[{index}].", element)
        for index, element in enumerate(version.get("component") or ())
    ]
    for part, prefix, element in elements:
        value = _value(element)
        if value.kind is None:
            continue  # a panel of which only the components have values
        yield EarlierResult(
            version=number,
            part=part,
            display=words(element.get("code")),
            status=version.get("status"),
            value=value.number,
            value_text=value.text,
            comparator=value.comparator,
            unit=value.unit,
            when=_taken(version),
            issued=_moment(version.get("issued")),
            updated=_moment((version.get("meta") or {}).get("lastUpdated")),
            path=f"{prefix}{value.path}",
            quote=value.quote,
        )


def _value(element: Json) -> Value:
    try:
        return value_of(element)
    except EntryRefused:  # kept raw by the rules of then
        return NO_VALUE


def _taken(version: Json) -> Moment | None:
    try:
        written = choice(version, "effective")[0][1]
    except EntryRefused:
        return None
    return _moment(written or version.get("issued"))


def _moment(written: object) -> Moment | None:
    try:
        return dates.moment(written) if isinstance(written, str) else None
    except ValueError:  # `meta` is not checked when it is loaded
        return None
