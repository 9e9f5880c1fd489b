"""Every rule finds its own example and leaves its counter-example alone: a canary for each."""

from __future__ import annotations

import re

import pytest

from pipelines.privacy.hits import Hit
from pipelines.privacy.reading import read
from pipelines.privacy.recognizers import rule_files, rules
from pipelines.privacy.recognizers.rule_files import Rule
from pipelines.privacy.replacements import classes

RULES = [pytest.param(rule, id=rule.name.replace(" ", "-")) for rule in rule_files.load()]


def found(rule: Rule, text: str) -> list[str]:
    """What one rule finds in a text."""
    reading = read(text).text
    return [reading[hit.start : hit.end] for hit in rules.hits_of(rule, reading)]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_finds_what_its_example_marks(rule: Rule) -> None:
    marked = re.findall("«(.*?)»", rule.example, re.DOTALL)
    assert marked, "an example without a mark shows nothing"
    assert set(marked) <= set(found(rule, re.sub("[«»]", "", rule.example)))


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.values[0].spared])  # type: ignore[attr-defined]
def test_a_rule_spares_what_it_names(rule: Rule) -> None:
    assert found(rule, rule.spared) == []


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_a_class_a_reason_and_a_score_below_the_chart(rule: Rule) -> None:
    assert rule.kind in classes()
    assert re.fullmatch(r"rule: [\w ,-]+", rule.reason)
    assert 0.5 < rule.score < 1.0


def test_each_of_the_18_classes_that_text_can_hold_has_a_rule() -> None:
    ruled = {rule.kind for rule in rule_files.load()}
    assert set(classes()) - ruled <= {"ORGANIZATION"}, "organizations come from the chart alone"


def test_a_found_name_is_found_again_in_the_rest_of_the_text() -> None:
    text = "Seen by Dr. Maria Thistlewood. Discussed at noon; Thistlewood agrees, MARIA too."
    repeated = [hit for hit in rules.find(text) if hit.reason.endswith("repeated")]
    assert {text[hit.start : hit.end] for hit in repeated} >= {"Thistlewood", "MARIA"}


def test_a_repeated_word_of_notes_is_no_name() -> None:
    text = "Called Dr. Graves Patient today. Graves disease stable. Patient well."
    words = {text[hit.start : hit.end] for hit in rules.find(text) if hit.start > 25}
    assert words == set()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("since November", "DATE_TIME", id="a month alone"),
        pytest.param("stent 8/79, quit since 8/79", "DATE_TIME", id="month and short year"),
        pytest.param("May 30th", "DATE_TIME", id="a day without a year"),
        pytest.param("file 20240405", "DATE_TIME", id="a compact date"),
        pytest.param("born in 1931", "BIRTH_DATE", id="a birth year that tells the age"),
        pytest.param("to General Hospital", "LOCATION", id="a general hospital"),
        pytest.param("our Dallas clinic", "LOCATION", id="a city in a clinic's name"),
        pytest.param("Patient: SMITH,JOHN", "PERSON", id="family name first without a blank"),
        pytest.param("under XW277/90683", "UNIQUE_ID", id="an id without a label"),
        pytest.param("\nJMS/tk\n", "PERSON", id="initials at the foot"),
        pytest.param("SSN ***-**-4102", "US_SSN", id="a masked number"),
        pytest.param("pager 45512", "PHONE_NUMBER", id="a pager"),
    ],
)
def test_gaps_of_the_prototype_are_closed(text: str, kind: str) -> None:
    hits: list[Hit] = rules.find(text)
    assert kind in {hit.type for hit in hits}
