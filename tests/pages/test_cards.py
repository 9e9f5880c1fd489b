"""The cards above the briefing: few, fresh, the worst first, each with what it is compared to."""

from __future__ import annotations

from pathlib import Path

from components.result_cards import card_html, change
from pipelines.desk import access, cards, this_process
from pipelines.records.facts import ResultKind
from pipelines.records.views import ResultCard
from tests.pages.made import moment, result

KIND = ResultKind("k", "Potassium", "potassium", "lab", "mmol/L", 3, 3, moment(3))


def test_cards_are_few_fresh_and_critical_first(home: Path) -> None:
    house, reader = this_process.house(), access.system_reader()
    made = cards.result_cards(house, reader, "marrowby", 24)
    assert 0 < len(made) <= 6
    urgency = [("HH" in (c.latest.flag or ""), bool(c.latest.flag)) for c in made]
    assert urgency == sorted(urgency, reverse=True)
    as_of = max(card.latest.when for card in made if card.latest.when)
    assert all((as_of.instant - c.latest.when.instant).days < 1 for c in made if c.latest.when)
    assert all(card.recent[-1] == card.latest for card in made)


def test_a_card_says_value_sign_change_range_and_age() -> None:
    before, now = result(0, 4.3), result(24, 5.8, flag="H")
    drawn = card_html(ResultCard(KIND, now, before, (before, now)), moment(25))
    for words in ("5.8 <small>mmol/L", "▲ H", "↑ was 4.3 · 24 h before", "ref 3.5\u20135.1",
                  "1 h before as-of", "data:image/svg+xml"):  # fmt: skip
        assert words in drawn


def test_a_first_result_is_compared_with_nothing() -> None:
    only = result(24, 5.8)
    assert change(ResultCard(KIND, only, None, (only,))) == "no earlier result in 7 d"


def test_a_card_of_a_preliminary_result_says_so() -> None:
    now = result(24, 5.8, flag="H", status="preliminary", status_word="preliminary")
    assert "mmol/L (preliminary)<" in card_html(ResultCard(KIND, now, None, (now,)), moment(25))
