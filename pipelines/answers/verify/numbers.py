"""Numbers, units and dates in a sentence and in a cited text, and whether they are the same.

Promises: a number counts with its sign of comparison and its unit (5.9 is not <5.9, mg is not
mcg); units equal but written otherwise are equal, mEq/L and mmol/L only for ions of one charge;
a date matches as far as it is written; `3/2/2024` has two readings and is never guessed. It
converts no unit and rounds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import chain

from pipelines.answers.verify.language import language, units
from pipelines.terms import units as terms_units

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"),
            ("may",), ("jun", "june"), ("jul", "july"), ("aug", "august"),
            ("sep", "sept", "september"), ("oct", "october"), ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_HALF = r"(?: ?(?P<half>[ap])\.?m\b\.?)?"
_AT = rf"(?:,? (?:at )?(?P<t>\d{{1,2}}:\d{{2}}){_HALF})?"
_ISO = re.compile(
    r"\b(?P<y>\d{4})-(?P<m>\d{2})"
    r"(?:-(?P<d>\d{2})(?:[t ,]+(?:at )?(?P<t>\d{1,2}:\d{2})(?::\d{2}(?:\.\d+)?)?"
    r"(?:z|[+-]\d{2}:?\d{2}| ?(?P<half>[ap])\.?m\b\.?)?)?)?(?![\d-])"
)
_DAY_FIRST = re.compile(
    rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m>{_MONTH})\b\.?,?"
    rf"(?: (?P<y>\d{{4}}))?{_AT}"
)
_MONTH_FIRST = re.compile(
    rf"\b(?P<m>{_MONTH})\b\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])"
    rf"(?:,? (?P<y>\d{{4}}))?{_AT}"
)
_MONTH_YEAR = re.compile(rf"\b(?P<m>{_MONTH})\b\.?,? (?:of )?(?P<y>\d{{4}})\b")
_MONTH_ALONE = re.compile(rf"\b(?:in|since|during) (?P<m>{_MONTH})\b(?!\.? \d)")
_SLASHED = re.compile(r"(?<![\d/.])(?P<a>\d{1,2})[/.](?P<b>\d{1,2})[/.](?P<y>\d{4}|\d{2})(?![\d/])")
_YEAR = re.compile(r"\b(?:in|since|during) (?P<y>(?:1[89]|2[0-2])\d{2})\b(?!-)")
_CLOCK = re.compile(rf"(?<![\d:])(?P<t>\d{{1,2}}:\d{{2}})(?::\d{{2}})?(?![\d:]){_HALF}")
_NUMBER = re.compile(
    r"(?P<sign>(?<![\w.)])[-\u2212])?(?<![a-z\d_.,/:])(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:(?P<join>[/:])(?P<n2>\d+(?:\.\d+)?)(?![\d/:]))?"
)
# "One" counts only before what is counted out; else it is a pronoun.
_ONE = re.compile(
    r"\b(?:one|a single)(?= (?:units?|tablets?|capsules?|doses?|bags?|pints?|puffs?)\b)"
)
_ARROW = re.compile(r"[-=]+>\s*$")
_OF_RESULTS = re.compile(r"\s(?:results|measurements|readings|values|records|samples|draws)\b")
TIMES = frozenset({"s", "min", "h", "d", "wk", "mo", "a"})
_UNIT_SHAPE = re.compile(r"[a-z%\u00b5\u03bc\u00b0\[{][^\s,;()]*")
_UNIT_END = ".!?:'\""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written: its sign of comparison, a second number (`120/80`, `1:80`), its unit."""

    value: Decimal
    comparator: str
    second: Decimal | None
    unit: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date or time of day as far as it is written; `ambiguous` when it has two readings."""

    year: int | None
    month: int | None
    day: int | None
    clock: str | None
    start: int
    end: int
    written: str
    ambiguous: bool = False

    @property
    def is_bare_year(self) -> bool:
        """Whether nothing but a year is said."""
        return self.year is not None and (self.month, self.day, self.clock) == (None, None, None)

    def fits(self, other: DateMention) -> bool:
        """Whether `other` (from the record) says all that this one says."""
        mine = (self.year, self.month, self.day, self.clock)
        theirs = (other.year, other.month, other.day, other.clock)
        return all(m is None or m == t for m, t in zip(mine, theirs, strict=True))


def dates_in(text: str) -> tuple[DateMention, ...]:
    """Every date and time of day in `text`, in order, none twice."""
    low = text.lower()
    taken: list[DateMention] = []
    patterns = (_ISO, _DAY_FIRST, _MONTH_FIRST, _MONTH_YEAR, _MONTH_ALONE, _SLASHED, _YEAR, _CLOCK)
    for match in chain.from_iterable(pattern.finditer(low) for pattern in patterns):
        if not any(match.start() < d.end and d.start < match.end() for d in taken):
            mention = _mention(match)
            if mention is not None:
                taken.append(mention)
    return tuple(_joined(low, sorted(taken, key=lambda mention: mention.start)))


def _joined(low: str, mentions: list[DateMention]) -> list[DateMention]:
    """ "05:30 on 2026-11-12" is one moment, written the other way round."""
    made: list[DateMention] = []
    for mention in mentions:
        last = made[-1] if made else None
        bare = last is not None and last.clock and (last.year, last.month) == (None, None)
        if last and bare and not mention.clock and low[last.end : mention.start] == " on ":
            made[-1] = replace(
                mention, clock=last.clock, start=last.start, written=low[last.start : mention.end]
            )
        else:
            made.append(mention)
    return made


def _mention(match: re.Match[str]) -> DateMention | None:
    part = match.groupdict()
    span = (match.start(), match.end(), match.group())
    if "a" in part:
        return _slashed(int(part["a"]), int(part["b"]), part["y"], span)
    month = part.get("m")
    number = MONTHS[month] if month in MONTHS else int(month) if month else None
    day = int(part["d"]) if part.get("d") else None
    if (number is not None and not 1 <= number <= 12) or (day is not None and not 1 <= day <= 31):
        return None
    year = part.get("y")
    return DateMention(int(year) if year else None, number, day, _clock(part), *span)


def _clock(part: dict[str, str | None]) -> str | None:
    written = part.get("t")
    if not written:
        return None
    hour, minute = written.split(":")
    half = part.get("half")
    full = int(hour) if half is None else int(hour) % 12 + (12 if half == "p" else 0)
    return f"{full:02d}:{minute}"


def _slashed(a: int, b: int, year: str, span: tuple[int, int, str]) -> DateMention | None:
    if max(a, b) > 31 or min(a, b) < 1 or (a > 12 and b > 12):
        return None
    if len(year) == 2 or (a != b and a <= 12 and b <= 12):
        return DateMention(None, None, None, None, *span, ambiguous=True)
    month, day = (b, a) if a > 12 else (a, b)
    return DateMention(int(year), month, day, None, *span)


def quantities_in(text: str, known_units: frozenset[str]) -> tuple[Quantity, ...]:
    """Every number of `text` that is no date, with its comparison and unit; `text` as blanked."""
    low = text.lower()
    found: list[Quantity] = []
    for match in _NUMBER.finditer(low):
        if found and match.start() < found[-1].end:
            continue  # the `10` and `3` of `10*3/uL` belong to the unit before
        quantity = _quantity(low, match, known_units)
        if quantity is not None:
            found.append(quantity)
    for match in re.finditer(r"\b[a-z]+\b", low):
        if (number := language().number_words.get(match.group())) is not None:
            unit, end = unit_at(low, match.end(), known_units)
            found.append(Quantity(Decimal(number), "", None, unit, match.start(), end))
    for match in _ONE.finditer(low):
        unit, end = unit_at(low, match.end(), known_units)
        found.append(Quantity(Decimal(1), "", None, unit, match.start(), end))
    return tuple(sorted(found, key=lambda quantity: quantity.start))


def _quantity(low: str, match: re.Match[str], known_units: frozenset[str]) -> Quantity | None:
    try:
        value = Decimal(match["n"].replace(",", ""))
        second = Decimal(match["n2"]) if match["n2"] else None
    except InvalidOperation:
        return None
    unit, end = unit_at(low, match.end(), known_units)
    if unit is None and re.match(r"[a-z]", low[match.end() : match.end() + 1]):
        return None  # `2nd`, `3-vessel` and codes like `4f` are words, not numbers
    start = match.start()
    comparator = ""
    before = _ARROW.sub(" ", low[:start]).rstrip()  # `4.7 -> 1.3` compares nothing
    is_span = unit is not None and unit_key(unit) in TIMES and not before.endswith("for over")
    if before.endswith("over") and (is_span or _OF_RESULTS.match(low, end)):
        before = before.removesuffix("over")  # "over 14 results", "over 4 hours" compare nothing
    for phrase in sorted(language().comparators, key=len, reverse=True):
        if before.endswith(phrase) and not before[: -len(phrase)][-1:].isalpha():
            comparator = language().comparators[phrase]
            start = len(before) - len(phrase)
            break
    return Quantity(
        -value if match["sign"] else value,
        comparator,
        second,
        unit,
        start,
        end,
    )


def unit_at(low: str, position: int, known_units: frozenset[str]) -> tuple[str | None, int]:
    """The unit that begins at or one space after `position`, and where it ends."""
    gap = re.compile(r"[ \u00a0-]?").match(low, position)
    start = gap.end() if gap else position
    rest = low[start : start + 40]
    for candidate in _unit_candidates(rest):
        plain = "".join(candidate.split())
        if plain in known_units and (start == position or plain not in units().not_in_prose):
            return plain, start + len(candidate)
    shape = _UNIT_SHAPE.match(rest)
    if shape and ("/" in shape.group() or "%" in shape.group()):
        written = shape.group().rstrip(_UNIT_END)
        return written, start + len(written)
    return None, position


def _unit_candidates(rest: str) -> Iterable[str]:
    """The next one to three words, the longest first, each also without its last punctuation."""
    parts = rest.split(" ")
    for count in (3, 2, 1):
        if len(parts) >= count:
            phrase = " ".join(parts[:count])
            yield phrase
            yield phrase.rstrip(",;:.)!?")
            yield re.split(r"[,;()]", phrase)[0].rstrip(".:!?")


def unit_key(unit: str) -> str:
    """One spelling for all spellings of a unit."""
    plain = "".join(unit.lower().split())
    return units().canonical.get(plain, plain)


def same_unit(one: str, other: str, thing: frozenset[str]) -> bool:
    """Whether two units mean the same for this thing (mEq/L = mmol/L for ions of one charge)."""
    keys = {unit_key(one), unit_key(other)}
    if len(keys) == 1 or terms_units.same(one, other):
        return True
    return keys == units().monovalent_pair and bool(thing & units().monovalent)


def same_quantity(stated: Quantity, recorded: Quantity, thing: frozenset[str]) -> bool:
    """Whether the record carries what is stated; a unit that is not stated is not compared."""
    if (stated.value, stated.second) != (recorded.value, recorded.second):
        return False
    if stated.comparator != recorded.comparator:
        return False
    if stated.unit is None:
        return True
    return recorded.unit is not None and same_unit(stated.unit, recorded.unit, thing)


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` with the spans as spaces, so that offsets stay."""
    characters = list(text)
    for start, end in spans:
        characters[start:end] = " " * (end - start)
    return "".join(characters)
