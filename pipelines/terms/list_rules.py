"""The rules that a saved list may be made by, from `list_rules.toml`, each with its source.

A rule that a reader has chosen is a value of its own (`ListRule`): the list does not change when
the table does. `checked` refuses what the table does not offer, so that no page can write a rule
that nobody could have chosen. A site may change the table (`HOME/site/list_rules.toml`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.errors import ChartroomError
from pipelines.records.lists import ListRule, OfferedRule
from pipelines.terms import concepts, site

TABLE = Path(__file__).with_name("list_rules.toml")
SCORES = {"news2": "NEWS2", "kdigo": "KDIGO stage"}
FORMS = ("rise", "fall", "above", "below", *SCORES)
MOST_HOURS = 168
NOT_OFFERED = "This rule is not offered; choose one of the rules on the page."
OUT_OF_BOUNDS = "The rule's amount or hours lie outside what may be chosen."


@site.remembered()
def offered() -> tuple[OfferedRule, ...]:
    """Every rule of the table with its bounds and its source."""
    table = site.table(TABLE)
    with site.shaped(TABLE.name):
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
    concept, form = entry.get("concept", ""), entry["form"]
    if form not in FORMS or bool(concept) == (form in SCORES):
        raise ValueError(form)
    title = concepts.load().by_key[concept].title if concept else SCORES[form]
    hours = int(entry.get("hours", 0))
    rule = ListRule(form, float(entry["amount"]), concept, entry.get("unit", ""), hours, title)
    least, most, step = (float(entry[name]) for name in ("least", "most", "step"))
    return OfferedRule(key, rule, least, most, step, entry["source"])
