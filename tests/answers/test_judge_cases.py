"""What gets past the judge and what truth it withholds, on sentences it was not written from."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.benchmarks.judge_cases import (
    GRADES,
    JudgeCase,
    Part,
    case_id,
    is_held_out,
    is_right,
    load_cases,
    rates,
    table,
)
from tests.benchmarks.judge_evidence import sets
from tests.benchmarks.judge_mutations import tallies

LEAST_CAUGHT = 0.99
# Wanted is 0.99 caught and 0.03 withheld of all. Reached is that on the part that was developed
# against; on the third that was never looked at 0.973 and 0.136, on the author's own 0.987 and
# 0.075. These floors hold what is reached, and are not what is wanted.
FLOORS = {"dev": (0.99, 0.03), "held-out": (0.97, 0.14), "all": (0.99, 0.06), "fresh": (0.98, 0.08)}


@pytest.mark.parametrize("part", FLOORS)
def test_judge_catches_what_is_false_and_lets_truth_through(
    part: Part, capsys: pytest.CaptureFixture[str]
) -> None:
    found = rates(load_cases(part))
    with capsys.disabled():
        print(f"\njudge, {part}: {table(found, whole=part == 'dev')}")
    caught, withheld = FLOORS[part]
    assert found.caught >= caught
    assert found.wrongly_withheld <= withheld


def test_there_are_enough_cases_of_enough_kinds_and_all_grades() -> None:
    cases = load_cases("all")
    false = [case for case in cases if case.verdict != "show"]
    assert len({case.ident for case in cases}) == len(cases) >= 400
    assert len(false) >= 240
    assert len(cases) - len(false) >= 160
    assert len([kind for kind, n in Counter(case.kind for case in false).items() if n >= 3]) >= 12
    assert {case.grade for case in false} == set(GRADES)


def test_a_third_is_held_out_by_its_hash_in_a_file_of_its_own() -> None:
    dev, held = load_cases("dev"), load_cases("held-out")
    assert not any(is_held_out(case.ident) for case in dev)
    assert all(is_held_out(case.ident) for case in held)
    assert 0.28 < len(held) / (len(dev) + len(held)) < 0.39


def test_every_case_cites_what_its_set_holds_or_says_that_it_does_not() -> None:
    for case in load_cases("all"):
        numbers = {item.number for item in sets()[case.evidence].items} | {0}
        assert set(case.cites) <= numbers, case
        assert set(case.keeps) < set(case.cites) or case.verdict != "trim", case


@pytest.mark.parametrize(
    ("verdict", "text", "right"),
    [
        pytest.param("show", "Potassium was 5.8 mmol/L.", True, id="truth-shown"),
        pytest.param("show", "Potassium was 9.9 mmol/L.", False, id="truth-withheld"),
        pytest.param("withhold", "Potassium was 9.9 mmol/L.", True, id="falsehood-withheld"),
        pytest.param("withhold", "Potassium was 5.8 mmol/L.", False, id="falsehood-shown"),
        pytest.param("trim", "Potassium was 5.8 mmol/L.", True, id="trimmed"),
        pytest.param("trim", "Potassium was 4.3 mmol/L.", False, id="wrong-one-left"),
    ],
)
def test_measure_itself_can_tell_right_from_wrong(verdict: str, text: str, right: bool) -> None:
    cites = (1, 2)
    case = JudgeCase(
        case_id("potassium_hf", text, cites), "potassium_hf", "line", "plain", text, cites,
        verdict, (1,),  # type: ignore[arg-type]
    )  # fmt: skip
    assert is_right(case, sets()["potassium_hf"]) is right


def test_a_true_sentence_with_one_thing_changed_is_withheld(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = tallies()
    with capsys.disabled():
        print("\njudge, one thing changed:")
        for name, tally in found.items():
            print(f"  {name:14} withheld {tally.right:4}/{tally.cases}")
    assert sum(tally.cases for tally in found.values()) > 2_000
    assert [name for name, tally in found.items() if tally.share < LEAST_CAUGHT] == []
