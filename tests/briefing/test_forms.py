"""Hand-over forms: every line in them, none altered, none added, the human's part left empty."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.briefing import forms
from pipelines.desk import hand_out
from pipelines.errors import ChartroomError
from pipelines.records.answers import Briefing, BriefingSection, Citation, Narrative, Statement
from pipelines.records.handover import FilledForm

KNOWN = ("New and abnormal results", "Vital signs", "Medications", "Active problems", "Notes",
         "Allergies", "Came in since, dated earlier")  # fmt: skip


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
    told = [item for part in filled.parts for item in part.statements]
    wanted = {line for section in made.sections for line in section.lines}
    assert set(told) == wanted
    for part in filled.parts:
        own = [i for g in part.groups if g.name != forms.BY_A_MODEL for i in g.statements]
        assert len(own) == len(set(own)), "a line stands twice in one part"


@pytest.mark.parametrize("key", forms.keys())
@given(made=made_up())
def test_a_section_without_lines_is_told_with_its_reason(key: str, made: Briefing) -> None:
    unsaid = [reason for part in forms.fill(made, key).parts for reason in part.unsaid]
    empty = [f"{part.name}: {part.empty}" for part in made.sections if not part.lines]
    assert sorted(unsaid) == sorted(empty)


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
