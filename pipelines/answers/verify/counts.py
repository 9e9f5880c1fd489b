"""How many records there are, and one thing said of several days.

Promises: "there are five active medication orders" holds where exactly those five are cited and
no other of that kind (and standing) is in the evidence, which must be whole; the list behind a
colon is judged as a list. "On November 19, 20 and 21" holds where each day has its own record
among those cited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipelines.answers.verify.items import Case, Item
from pipelines.answers.verify.language import language
from pipelines.answers.verify.listed import Check, carried
from pipelines.answers.verify.numbers import MONTHS
from pipelines.answers.verify.reading import Reading, read

KINDS = {
    "medication": "medication medications drug drugs medicine medicines prescription prescriptions"
    " order orders",
    "allergy": "allergy allergies",
    "condition": "problem problems condition conditions diagnosis diagnoses",
    "procedure": "procedure procedures operation operations",
    "immunization": "immunization immunizations vaccination vaccinations vaccine vaccines",
    "device": "device devices",
    "encounter": "encounter encounters visit visits",
}
_PLAIN = frozenset(
    [
        "active",
        "recorded",
        "documented",
        "listed",
        "known",
        "current",
        "on",
        "record",
        "in",
        "the",
        "chart",
    ]
)
_OPENS = re.compile(
    r"(?:there (?:are|were)|(?:she|he|the patient|patient) (?:has|had|takes|is on|is taking)"
    r"|the (?:chart|record) (?:lists|shows|has))\s*"
)
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAYS = re.compile(
    rf"\b(?P<month>{_MONTH})\.? (?P<days>\d{{1,2}}(?:, \d{{1,2}})*,? and \d{{1,2}})"
    r"(?P<year>,? \d{4})?"
    r"(?![\d:/]|\.\d)",
    re.IGNORECASE,
)


def counted(text: str, items: Sequence[Item], case: Case, check: Check) -> tuple[Item, ...] | None:
    """The cited items where the sentence says rightly how many they are, else None."""
    head, _, rest = text.strip().rstrip(".").partition(":")
    reading = read(head, case.known_units)
    if len(reading.quantities) != 1 or reading.dates or not case.is_whole:
        return None
    number = reading.quantities[0]
    opens = _OPENS.fullmatch(reading.low[: number.start]) is not None
    if not opens or number.value != len(items) or not _is_every(reading, items, case):
        return None
    found = carried(rest, items, case, check) if rest else tuple(items)
    return None if isinstance(found, str) else found


def _is_every(reading: Reading, items: Sequence[Item], case: Case) -> bool:
    """Whether the items are all of the one kind that the words behind the number name."""
    kinds = {item.evidence.kind for item in items}
    names = set(KINDS.get(next(iter(kinds)), "").split()) if len(kinds) == 1 else set()
    said = set(re.findall(r"[a-z]+", reading.low[reading.quantities[0].start :]))
    said -= set(language().number_words)
    if not said & names or not said <= names | _PLAIN:
        return False
    if said & {"order", "orders"} and not all("order" in item.reading.low for item in items):
        return False
    alone = said & {"active", "current"}
    peers = [i for i in case.items.values() if i.evidence.kind in kinds]
    peers = [i for i in peers if not alone or (i.fact is not None and i.fact.status == "active")]
    return {id(i) for i in peers} == {id(i) for i in items}


def each_day(text: str, items: Sequence[Item], check: Check) -> tuple[Item, ...] | None:
    """The items of the several days that the sentence names at once, else None."""
    found = _DAYS.search(text)
    if found is None:
        return None
    used: list[Item] = []
    for said in _by_day(text, found):
        mine = next((i for i in items if i not in used and check(said, i) is None), None)
        if mine is None:
            return None
        used.append(mine)
    return tuple(used) if len(used) == len(items) else None


def _by_day(text: str, found: re.Match[str]) -> Iterator[str]:
    for day in re.findall(r"\d{1,2}", found["days"]):
        date = f"{found['month']} {day}{found['year'] or ''}"
        yield f"{text[: found.start()]}{date}{text[found.end() :]}"
