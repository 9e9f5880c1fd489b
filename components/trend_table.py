"""The data of the trend as rows: everything that the picture shows, newest first.

Three tables, one at a time: the results and doses with flag, status, larger change and what was
converted (text results too, which have no place on an axis); the stays and procedures; the
medications. Each row can be reached by the keyboard and opens its source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from components import flags, times
from components.chart_marks import procedure_words, stay_words
from components.chart_points import fact_key
from components.lab_panels import change_words
from components.medication_bars import NOT_GIVEN, Row, dose_changes
from components.opened import citation_of, open_source
from components.theme import say_row_keys, table_height, without_empty
from pipelines.records.facts import Fact, Medication
from pipelines.records.moments import Moment
from pipelines.records.trends import LargerChange, ShownAs
from pipelines.records.views import Trend

ROWS_SHOWN = 500
ERROR_WORD = "ENTERED IN ERROR, not a result"
MAY_BE_LEFT_OUT = ("Larger change", "Drawn as", "Dose changed", "Until")
Table = Literal["Results and doses", "Stays and procedures", "Medications"]
TABLES: tuple[Table, ...] = ("Results and doses", "Stays and procedures", "Medications")


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the fact it opens, and a function that writes it when it is shown."""

    fact: Fact
    when: Moment | None
    write: Callable[[], dict[str, str]]


def draw_table(page: str, trend: Trend, bars: Sequence[Row], scope: str) -> None:
    """The choice of table and the table; a pressed row opens its source on `page`."""
    chosen = st.segmented_control(
        "The same data as a table",
        TABLES,
        default=TABLES[0],
        required=True,
        label_visibility="collapsed",
        key=f"trend:table:{scope}",
        persist_state="session",
    )
    listed = newest_first(lines(chosen or TABLES[0], trend, bars))
    if not listed:
        st.info("Nothing of this kind lies in this range.")
        return
    first = _page_of(len(listed), f"{scope}:{chosen}")
    shown = listed[first : first + ROWS_SHOWN]
    key = f"trend-rows:{page}"
    say_row_keys()

    def pressed() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows and rows[0] < len(shown):
            open_source(page, key, tuple(citation_of(line.fact) for line in shown), rows[0])

    st.dataframe(
        without_empty([line.write() for line in shown], MAY_BE_LEFT_OUT),
        hide_index=True,
        height=table_height(len(shown), 400),
        key=key,
        on_select=pressed,
        selection_mode="single-row",
        column_config={
            "Test": st.column_config.TextColumn(width="medium"),
            "Status": st.column_config.TextColumn(
                width="medium" if trend.erroneous else None  # its word must not be cut
            ),
            "Larger change": st.column_config.TextColumn(width="medium"),
        },
        alt="The data drawn above, newest first",
    )


def lines(table: Table, trend: Trend, bars: Sequence[Row]) -> list[Line]:
    """The rows of one of the tables, as far as the picture shows them."""
    if table == "Results and doses":
        return _result_lines(trend)
    if table == "Stays and procedures":
        stays = [Line(one.fact, one.start, _mark_writer("Stay or visit", stay_words(one), one.fact))
                 for one in trend.stays]  # fmt: skip
        done = [Line(one.fact, one.performed,
                     _mark_writer("Procedure", procedure_words(one), one.fact))
                for one in trend.procedures]  # fmt: skip
        return [*stays, *done]
    return _medication_lines(trend, bars)


def newest_first(listed: Sequence[Line]) -> list[Line]:
    """Dated lines from the newest on, then those without a date."""
    dated = [(line.when.instant, n) for n, line in enumerate(listed) if line.when is not None]
    undated = [line for line in listed if line.when is None]
    return [*(listed[number] for _, number in sorted(dated, reverse=True)), *undated]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the results of a trend, by the key of each."""

    as_of: Moment | None
    shown: Mapping[str, ShownAs]
    changes: Mapping[str, LargerChange]
    conversions: Mapping[tuple[str, str], str]
    erroneous: frozenset[str]


def beside(trend: Trend) -> Beside:
    """The same, of one trend."""
    return Beside(
        as_of=trend.as_of or trend.window_to,
        shown={f"{one.resource}#{one.part}": one for one in trend.shown},
        changes={f"{one.resource}#{one.part}": one for one in trend.changes},
        conversions={
            (note.code_key, note.to_unit): note.said
            for note in trend.unit_notes
            if note.is_converted
        },
        erroneous=frozenset(fact_key(fact) for fact in trend.erroneous),
    )


def result_row(fact: Fact, other: Beside) -> dict[str, str]:
    """One result or dose in words, as recorded; what is drawn otherwise stands beside it."""
    key = fact_key(fact)
    change = other.changes.get(key)
    wrong = key in other.erroneous
    return {
        "When": times.clock(fact.when),
        "Age": times.ago(fact.when, other.as_of) if other.as_of is not None else "",
        "Test": f"{fact.display} (dose given)" if fact.kind == "dose" else fact.display,
        "Value": f"✕ {flags.value_text(fact)}" if wrong else flags.value_text(fact),
        "Unit": fact.unit or "",
        "Flag": f"{flags.sign(fact.flag)}{flags.source_note(fact)}",
        "Range": "" if fact.kind == "dose" else flags.range_note(fact),
        "Status": ERROR_WORD if wrong else fact.status_word or fact.status or "",
        "Larger change": change_words(change) if change is not None else "",
        "Drawn as": _drawn_as(fact, other),
        "Record": fact.resource,
    }


def _result_lines(trend: Trend) -> list[Line]:
    other = beside(trend)

    def writer(fact: Fact) -> Callable[[], dict[str, str]]:
        return lambda: result_row(fact, other)

    every = (*trend.facts, *trend.doses, *trend.erroneous)
    return [Line(fact, fact.when, writer(fact)) for fact in every]


def _drawn_as(fact: Fact, other: Beside) -> str:
    one = other.shown.get(fact_key(fact))
    if one is None:
        return ""
    value = f"{one.value:.6g} {one.unit or ''}".strip()
    how = other.conversions.get((fact.code_key or "", one.unit or ""))
    return f"{value}, {how}" if how and one.value != fact.value else f"{value} (spelling)"


def _mark_writer(kind: str, words: str, fact: Fact) -> Callable[[], dict[str, str]]:
    return lambda: {
        "When": times.clock(fact.when),
        "What": kind,
        "Words": words,
        "Status": fact.status or "",
        "Record": fact.resource,
    }


def _medication_lines(trend: Trend, bars: Sequence[Row]) -> list[Line]:
    drawn = {row.name for row in bars}
    steps = {bar.resource: before.dose or "" for row in bars for before, bar in dose_changes(row)}
    listed = [item for item in trend.medications if item.name in drawn and item.start is not None]
    return [Line(item.fact, item.start, _medication_writer(item, steps)) for item in listed]


def _medication_writer(item: Medication, steps: Mapping[str, str]) -> Callable[[], dict[str, str]]:
    amount = f"{item.dose_value:g} {item.dose_unit or ''}" if item.dose_value is not None else ""
    before = steps.get(item.fact.resource)
    return lambda: {
        "When": times.clock(item.start),
        "Until": times.clock(item.end) if item.end is not None else "",
        "Medication": item.name,
        "Kind": "NOT GIVEN" if item.status == NOT_GIVEN else item.form,
        "Dose": item.dose_text or amount.strip(),
        "Dose changed": f"⇢ the order before: {before}" if before is not None else "",
        "Status": item.status or "",
        "Record": item.fact.resource,
    }


def _page_of(count: int, scope: str) -> int:
    """The first row to show; a choice of pages where not all fit on one."""
    if count <= ROWS_SHOWN:
        return 0
    pages = -(-count // ROWS_SHOWN)
    number = st.number_input(
        f"Page of {pages} ({count} rows, {ROWS_SHOWN} a page)",
        min_value=1,
        max_value=pages,
        value=1,
        key=f"trend:page:{scope}",
        width=260,
    )
    return (int(number) - 1) * ROWS_SHOWN
