"""The rules that lists are made by: each with its source, inside its bounds, open to a site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.errors import ChartroomError
from pipelines.records.lists import ListRule
from pipelines.terms import list_rules, site, units

WHITE_CELLS = """
[white_cells_below]
form = "below"
concept = "wbc"
amount = 1
unit = "10*3/uL"
hours = 24
least = 0.1
most = 5
step = 0.1
source = "Ward policy"
"""


@pytest.fixture(autouse=True)
def _package_alone() -> Iterator[None]:
    """No site is left in force for other tests."""
    yield
    site.use(None)


@pytest.mark.parametrize("one", list_rules.offered(), ids=lambda one: one.key)
def test_every_rule_has_a_source_and_stands_inside_its_bounds(one: list_rules.OfferedRule) -> None:
    assert len(one.source) > 10
    assert one.least <= one.rule.amount <= one.most
    assert list_rules.checked(one.key, one.rule.amount, one.rule.hours) == one.rule
    if one.rule.unit:
        assert units.convert(1.0, one.rule.unit, one.rule.unit, one.rule.concept) == 1.0
        assert one.rule.hours > 0


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (ListRule("rise", 0.3, "creatinine", "mg/dL", 48, "Creatinine"),
         "Creatinine up ≥ 0.3 mg/dL in 48 h"),
        (ListRule("above", 5.5, "potassium", "mmol/L", 24, "Potassium"),
         "Potassium > 5.5 mmol/L, newest of 24 h"),
        (ListRule("news2", 5.0, title="NEWS2"), "NEWS2 ≥ 5"),
    ],
)  # fmt: skip
def test_a_rule_says_itself(rule: ListRule, words: str) -> None:
    assert rule.text == words


@pytest.mark.parametrize(
    ("key", "amount", "hours"),
    [("nonsense", 0.3, 48), ("creatinine_rise", 99.0, 48), ("creatinine_rise", 0.3, 0),
     ("creatinine_rise", float("nan"), 48), ("kdigo", 4.0, 0)],
)  # fmt: skip
def test_what_is_not_offered_is_refused(key: str, amount: float, hours: int) -> None:
    with pytest.raises(ChartroomError):
        list_rules.checked(key, amount, hours)


def test_a_site_adds_a_rule_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "list_rules.toml").write_text(WHITE_CELLS, encoding="utf-8")
    site.use(tmp_path)
    made = list_rules.checked("white_cells_below", 0.5, 12)
    assert (made.concept, made.amount, made.hours) == ("wbc", 0.5, 12)
    assert len(list_rules.offered()) > 5, "the package's own stay"


@pytest.mark.parametrize(
    ("old", "new"),
    [('"below"', '"sideways"'), ('"wbc"', '"no such analyte"'), ("amount = 1", 'amount = "x"'),
     ('source = "Ward policy"\n', "")],
)  # fmt: skip
def test_a_broken_rule_of_a_site_is_told_of_its_file(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "list_rules.toml").write_text(WHITE_CELLS.replace(old, new), encoding="utf-8")
    site.use(tmp_path)
    with pytest.raises(ChartroomError, match=r"list_rules\.toml"):
        list_rules.offered()
