"""What a briefing is as a whole: its window, its order, its summary, its citations."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from pipelines.briefing.brief import brief
from pipelines.briefing.render import as_markdown
from pipelines.charts import sources
from pipelines.records.answers import Briefing, Statement
from pipelines.records.chart import Chart
from pipelines.records.moments import Moment
from tests.briefing.conftest import (
    ALLERGIES,
    CODE_STATUS,
    DAY_BEFORE,
    DEVICES,
    FLUIDS,
    LAST_WEEK,
    MEDICATIONS,
    MORNING,
    NIGHT,
    NOTES,
    PROBLEMS,
    RESULTS,
    VITALS,
    MakeChart,
    allergy,
    condition,
    encounter,
    heart_rate,
    lines,
    note,
    observation,
    order,
    potassium,
    section,
    texts,
)


def every_line(briefing: Briefing) -> list[Statement]:
    return [*briefing.summary, *(line for part in briefing.sections for line in part.lines)]


def full_chart(chart_of: MakeChart) -> Chart:
    return chart_of(
        potassium(DAY_BEFORE, 4.4),
        potassium(MORNING, 5.9),
        observation("2951-2", "Sodium", MORNING, 139, "mmol/L"),
        *[heart_rate(f"2026-11-22T0{hour}:00:00+00:00", 80 + 6 * hour) for hour in range(5)],
        order("Vancomycin 1 g IV every 12 hours", NIGHT),
        order("Metformin 500 mg", LAST_WEEK, status="on-hold"),
        order("Aspirin 81 mg", LAST_WEEK),
        condition("Acute kidney injury", NIGHT),
        condition("Hypertension (disorder)", "2005"),
        allergy("Penicillin G", reaction=[{"manifestation": [{"text": "Anaphylaxis"}]}]),
        note("Progress note", MORNING, "Assessment:\nSepsis from pneumonia is improving slowly.\n"),
    )


def test_sections_stand_in_pre_round_order(chart_of: MakeChart) -> None:
    names = [part.name for part in brief(full_chart(chart_of), 24).sections]
    assert names == [
        RESULTS, VITALS, FLUIDS, MEDICATIONS, PROBLEMS, "Procedures", "Microbiology",
        "Imaging and pathology", "Pending results and orders", NOTES, "Open items",
        "Follow-ups due", "Social determinants", ALLERGIES, CODE_STATUS, DEVICES,
    ]  # fmt: skip


def test_the_window_ends_at_the_last_entry_and_is_written_in_the_charts_offset(
    chart_of: MakeChart,
) -> None:
    briefing = brief(chart_of(potassium("2026-11-22T05:30:00-05:00", 5.9)), 24)
    assert briefing.window_from == "2026-11-21T05:30:00-05:00"
    assert briefing.window_to == briefing.as_of == "2026-11-22T05:30:00-05:00"


def test_every_line_is_borne_out_and_its_quote_stands_in_the_cited_record(
    chart_of: MakeChart,
) -> None:
    chart = full_chart(chart_of)
    shown = every_line(brief(chart, 24))
    assert shown
    for line in shown:
        assert line.support in ("supported", "computed")
        assert line.citations
        for citation in line.citations:
            if citation.start is None:
                leaves = sources.leaves(sources.raw(chart, citation.resource), citation.path)
                assert citation.quote in (*leaves, " ".join(leaves))
            else:
                assert citation.end == citation.start + len(citation.quote)


def test_citations_are_numbered_as_they_appear(chart_of: MakeChart) -> None:
    numbers = [c.n for line in every_line(brief(full_chart(chart_of), 24)) for c in line.citations]
    assert list(dict.fromkeys(numbers)) == list(range(1, max(numbers) + 1))


def test_the_summary_says_who_this_is_and_then_two_to_seven_lines_of_the_sections(
    chart_of: MakeChart,
) -> None:
    briefing = brief(full_chart(chart_of), 24)
    assert 3 <= len(briefing.summary) <= 8
    below = [line for part in briefing.sections for line in part.lines]
    assert briefing.summary[0].text == "76-year-old female"
    assert all(line in below for line in briefing.summary[1:])


def test_a_chart_without_anything_has_empty_sections_not_lines(chart_of: MakeChart) -> None:
    briefing = brief(chart_of(condition("Gout", "2026-11-22", "resolved")), 24)
    empty = {part.name: part.empty for part in briefing.sections}
    assert empty.pop(PROBLEMS) == "none recorded"
    assert set(empty.values()) == {"not in this chart"}
    assert section(briefing, NOTES).empty == "not in this chart"


def test_a_subject_outside_the_window_is_none_recorded(chart_of: MakeChart) -> None:
    chart = chart_of(
        potassium(LAST_WEEK, 4.0),
        note("Note", LAST_WEEK, "All is quite well today."),
        heart_rate(MORNING, 80),
    )
    briefing = brief(chart, 24)
    assert section(briefing, RESULTS).empty == "none recorded"
    assert section(briefing, NOTES).empty == "none recorded"
    assert section(briefing, MEDICATIONS).empty == "not in this chart"


@pytest.mark.parametrize("hours", [1, 24, 72, 24 * 366 * 150, 10**9, None])
def test_any_number_of_hours_gives_a_briefing(chart_of: MakeChart, hours: int | None) -> None:
    assert brief(full_chart(chart_of), hours).sections


def test_the_whole_chart_begins_with_its_first_entry(chart_of: MakeChart) -> None:
    chart = chart_of(potassium(LAST_WEEK, 4.0), potassium(MORNING, 5.9))
    assert brief(chart, None).window_from == LAST_WEEK


def test_a_chart_of_dates_alone_has_a_window_of_dates(chart_of: MakeChart) -> None:
    briefing = brief(chart_of(potassium("2026-11-20", 4.0), potassium("2026-11-22", 5.9)), 48)
    assert (briefing.window_from, briefing.window_to) == ("2026-11-20", "2026-11-22")


def test_the_summary_says_where_the_patient_is(chart_of: MakeChart) -> None:
    said = texts(brief(chart_of(encounter(NIGHT), heart_rate(MORNING, 80)), 24).summary)
    assert said[0] == "76-year-old female, day 1 in hospital since 2026-11-22 02:00"


def test_a_discharge_after_the_as_of_is_not_known_yet(chart_of: MakeChart) -> None:
    chart = chart_of(
        encounter(LAST_WEEK, discharge="2026-11-23T10:00:00+00:00"),
        heart_rate(MORNING, 80),
    )
    before = replace(chart, as_of=Moment(datetime(2026, 11, 22, 5, 30), MORNING))
    said = texts(brief(before, 24).summary)
    assert said[0] == "76-year-old female, day 9 in hospital since 2026-11-14 05:00"
    assert not any("Discharged" in text or "2026-11-23" in text for text in said)


def test_nothing_after_the_as_of_is_told(chart_of: MakeChart) -> None:
    chart = chart_of(potassium(DAY_BEFORE, 4.4), potassium(MORNING, 5.9))
    before = replace(chart, as_of=Moment(datetime(2026, 11, 21, 12), "2026-11-21T12:00:00+00:00"))
    assert lines(before, RESULTS) == ["Potassium 4.4 mmol/L (in range), 2026-11-21 05:00"]


def test_markdown_escapes_chart_text_and_names_its_sources(chart_of: MakeChart) -> None:
    culture = observation("600-7", "Blood culture", MORNING, "*Staph* [see](note) <b>")
    text = as_markdown(brief(chart_of(culture, potassium(MORNING, 5.9)), 24))
    assert "<b>" not in text
    assert "\\[see\\](note)" in text
    assert "\\[1\\]" in text
    assert "## Sources" in text


def test_a_quiet_window_tells_the_last_results_before_it(chart_of: MakeChart) -> None:
    chart = chart_of(potassium(LAST_WEEK, 6.4), heart_rate(MORNING, 80))
    assert (
        "Abnormal before this window, not repeated: "
        "Potassium 6.4 mmol/L (critical high, 2026-11-14 05:00)"
    ) in texts(brief(chart, 24).summary)
