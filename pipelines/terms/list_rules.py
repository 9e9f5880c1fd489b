"""The rules that a saved list may be made by, from `list_rules.toml`, each with its source.

A rule that a reader has chosen is a value of its own (`ListRule`): the list does not change when
the table does. `checked` refuses what the table does not offer, so that no page can write a rule
that nobody could have chosen.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.errors import ChartroomError
from pipelines.records.lists import ListRule, OfferedRule
from pipelines.terms import concepts

TABLE = Path(__file__).with_name("list_rules.toml")
SCORES = {"news2": "NEWS2", "kdigo": "KDIGO stage"}
MOST_HOURS = 168
NOT_OFFERED = "This rule is not offered; choose one of the rules on the page."
OUT_OF_BOUNDS = "The rule's amount or hours lie outside what may be chosen."


@lru_cache(maxsize=1)
def offered() -> tuple[OfferedRule, ...]:
    """Every rule of the table with its bounds and its source."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return tuple(_offered(key, entry) for key, entry in table.items())


def checked(key: str, amount: float, hours: int) -> ListRule:
    """The offered rule with this amount and these hours; ChartroomError outside its bounds."""
    one = next((one for one in offered() if one.key == key), None)
    if one is None:
        raise ChartroomError(NOT_OFFERED)
    wanted = hours if one.rule.hours else 0
    if not one.least <= amount <= one.most or (one.rule.hours and not 1 <= wanted <= MOST_HOURS):
        raise ChartroomError(OUT_OF_BOUNDS)
    rule = one.rule
    return ListRule(rule.form, amount, rule.concept, rule.unit, wanted, rule.title)


def _offered(key: str, entry: dict[str, Any]) -> OfferedRule:
    concept = entry.get("concept", "")
    title = concepts.title(concept) if concept else SCORES[entry["form"]]
    rule = ListRule(
        entry["form"], entry["amount"], concept, entry.get("unit", ""), entry.get("hours", 0), title
    )
    return OfferedRule(key, rule, entry["least"], entry["most"], entry["step"], entry["source"])
