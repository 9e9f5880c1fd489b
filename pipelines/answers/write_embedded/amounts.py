"""Whether an amount stands in the record in the kind of unit that a question asks for.

"How many milligrams" of a drug that is charted as "1 dose" has no answer in the record; a number
without its unit would be taken for one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from pipelines.records.facts import Fact

TABLE = Path(__file__).with_name("amount_units.toml")
SAYS = (
    "The record gives this amount in another unit ({unit}), and nothing in it says how many "
    "{asked} that is."
)
_ASKED = re.compile(
    r"\b(?:how (?:many|much)|total|amount|sum|number of|what|in)\s+(?:of\s+)?(?:is\s+|the\s+)?"
    r"(?P<unit>[a-z]+)\b(?!/)"
    r"|(?P<behind>[a-z]+) (?:per|in each|in every|for each) "
    r"(?:dose|injection|administration|time)\b"
)


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))["kinds"]
    return {unit: kind for kind, units in table.items() for unit in units}


def another_unit(asked: str, facts: Iterable[Fact]) -> str | None:
    """What is said where none of the amounts is of the kind of unit asked for, or None."""
    wanted = _asked(asked)
    if wanted is None:
        return None
    units = {(f.unit or "").lower() for f in facts}
    kinds = {_kinds().get(re.split(r"[/ ]", u)[0]) for u in units}
    if not units or _kinds()[wanted] in kinds:
        return None
    told = ", ".join(sorted(u for u in units if u)) or "none"
    return SAYS.format(unit=told, asked=wanted)


def _asked(text: str) -> str | None:
    """The unit that a question wants an amount in, or None."""
    for found in _ASKED.finditer(text):
        unit = found["unit"] or found["behind"]
        if unit in _kinds():
            return unit
    return None
