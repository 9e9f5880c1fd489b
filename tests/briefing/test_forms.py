"""Hand-over forms: every line in them, none altered, none added, the human's part left empty."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.briefing import forms
from pipelines.briefing.arrived import NAME as ARRIVED
from pipelines.briefing.brief import brief
from pipelines.charts import patients
from pipelines.charts.store import ChartStore
from pipelines.desk import hand_out
from pipelines.errors import ChartroomError
from pipelines.records.answers import Briefing, BriefingSection, Citation, Narrative, Statement
from pipelines.records.chart import Chart, Reader
from pipelines.records.handover import FilledForm

ALWAYS = ("New and abnormal results", "Vital signs", "Medications", "Active problems", "Notes",
          "Allergies", "Fluids and weight", "Code status", "Lines and devices", "Procedures",
          "Microbiology", "Imaging and pathology", "Pending results and orders", "Open items",
          "Follow-ups due", "Social determinants")  # fmt: skip
KNOWN = (*ALWAYS, ARRIVED)


def statement(number: int, text: str = "", support: str = "supported") -> Statement:
    cited = Citation(number, f"Observation/{number}", "valueQuantity", "5.9", None, None, None, "K")
    return Statement(text or f"Line {number}", support, "", (cited,))  # type: ignore[arg-type]


def briefing(
    sections: tuple[BriefingSection, ...],
    first: tuple[Statement, ...] = (),
    told: Narrative | None = None,
) -> Briefing:
    return Briefing("p1", "2026-11-22", "2026-11-21", "2026-11-22", first, sections, None,
                    "embedded", "0" * 32, 0.0, narrative=told)  # fmt: skip


@st.composite
def made_up(draw: st.DrawFn) -> Briefing:
    """Sections of known and of unknown names, with and without lines."""
    names = draw(st.lists(st.sampled_from([*KNOWN, "Risk", "Social"]), unique=True))
    sections, number = [], 0
    for name in names:
        count = draw(st.integers(0, 3))
        lines = tuple(statement(number + n) for n in range(count))
        number += count
        sections.append(BriefingSection(name, lines, None if lines else "none recorded"))
    lines = tuple(line for section in sections for line in section.lines)
    return briefing(tuple(sections), lines[:2], Narrative(statements=lines[:1]))


@pytest.mark.parametrize("key", forms.keys())
@given(made=made_up())
def test_every_line_stands_in_a_form_word_for_word_and_nothing_else_does(
    key: str, made: Briefing
) -> None:
    filled = forms.fill(made, key)
    own = lines_of(filled)
    wanted = {line for section in made.sections for line in section.lines}
    assert set(own) == wanted
    assert len(own) == len(set(own)), "a line stands twice"


def lines_of(form: FilledForm) -> list[Statement]:
    """The lines of a form without a model's sentences."""
    groups = [group for part in form.parts for group in part.groups]
    return [item for group in groups if group.name != forms.BY_A_MODEL for item in group.statements]


@pytest.mark.parametrize("key", forms.keys())
@given(made=made_up())
def test_a_section_without_lines_is_told_with_its_reason(key: str, made: Briefing) -> None:
    unsaid = [reason for part in forms.fill(made, key).parts for reason in part.unsaid]
    empty = [f"{part.name}: {part.empty}" for part in made.sections if not part.lines]
    assert sorted(one for one in unsaid if not one.endswith("above")) == sorted(empty)


@pytest.mark.parametrize("key", forms.keys())
def test_a_section_whose_lines_stand_among_the_first_says_so_and_is_never_not_documented(
    key: str,
) -> None:
    one, two = statement(1), statement(2)
    made = briefing(
        (BriefingSection("Vital signs", (one, two), None), BriefingSection("Notes", (one,), None)),
        (one, two),
    )
    form = forms.fill(made, key)
    said = {reason for part in form.parts for reason in part.unsaid}
    assert said == {"Vital signs: 2 lines stand above", "Notes: 1 line stands above"}
    for part in form.parts:
        assert not (part.unsaid and part.missing)


def test_a_section_says_how_many_of_its_lines_stand_above() -> None:
    one, two, three = statement(1), statement(2), statement(3)
    made = briefing((BriefingSection("Vital signs", (one, two, three), None),), (one, two))
    (group,) = [
        group for part in forms.fill(made, "i-pass").parts for group in part.groups
        if group.name == "Vital signs"
    ]  # fmt: skip
    assert group.statements == (three,)
    assert group.heading == "Vital signs (2 more above)"
    whole = [group for part in forms.fill(made, forms.SUMMARY).parts for group in part.groups]
    assert whole[1].statements == (one, two, three), "a chart summary keeps its sections whole"


def test_no_section_of_a_briefing_falls_into_the_rest_unnamed(sample_home: Path) -> None:
    store = ChartStore.open(sample_home / "chart.duckdb", read_only=True)
    found: set[str] = set()
    for person in patients.all_patients(store):
        as_of = patients.as_of(store, person.patient_id)
        assert as_of is not None
        made = brief(Chart(Reader("r"), person.patient_id, "test", as_of, store), 24)
        found |= {section.name for section in made.sections}
        for key in forms.rules():
            told = [said.text for said in lines_of(forms.fill(made, key))]
            every = [*made.summary, *(line for part in made.sections for line in part.lines)]
            assert sorted(told) == sorted(said.text for said in dict.fromkeys(every))
    store.close()
    assert found == set(ALWAYS), "a briefing has a section that these tests do not know"
    for key, rule in forms.rules().items():
        named = [name for part in rule.parts for name in part.sections]
        assert len(named) == len(set(named)), f"{key} takes a section twice"
        assert set(named) - {forms.FIRST, forms.NARRATIVE} == set(KNOWN)


@pytest.mark.parametrize("key", forms.keys())
def test_what_a_person_must_fill_takes_no_line_of_any_section(key: str) -> None:
    for rule in forms.rules()[key].parts:
        if rule.human:
            assert rule.sections == ()
            assert not rule.rest
            assert rule.missing


def part(form: FilledForm, title: str) -> str | None:
    return next(one.missing for one in form.parts if title in one.title)


def test_the_receivers_synthesis_and_the_illness_severity_stay_empty() -> None:
    form = forms.fill(briefing((), (statement(1),)), "i-pass")
    assert part(form, "Synthesis by receiver") == "left empty for the receiver"
    assert (part(form, "Illness severity") or "").startswith("not documented")
    assert part(form, "Action list") == "not documented"
    assert (part(form, "Contingency") or "").startswith("not documented")
    assert part(forms.fill(briefing(()), "sbar"), "Recommendation") is not None


@pytest.mark.parametrize("key", forms.keys())
def test_an_unverified_sentence_is_in_no_form(key: str) -> None:
    bad = statement(9, "Potassium 9.9 mmol/L", "unverified")
    made = briefing((BriefingSection("Notes", (bad,), None),), (bad,),
                    Narrative(statements=(bad,), withheld=(bad,)))  # fmt: skip
    assert not any(part.statements for part in forms.fill(made, key).parts)


@pytest.mark.parametrize("key", forms.keys())
def test_each_form_names_its_source_and_takes_the_rest_in_one_part(key: str) -> None:
    rule = forms.rules()[key]
    assert rule.source
    assert sum(part.rest for part in rule.parts) == 1


def test_a_form_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(ChartroomError, match="pre-round, i-pass, sbar"):
        forms.fill(briefing(()), "soap")


def test_a_page_offers_the_forms_that_there_are() -> None:
    assert tuple(hand_out.FORMS) == forms.keys()
