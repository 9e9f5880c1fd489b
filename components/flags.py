"""How a result is marked: always a sign, a letter or a word, never a colour alone."""

from __future__ import annotations

from pipelines.records.facts import Fact, ReferenceRange

NO_RANGE = "no range in the record"
RECORDED = ("interpretation", "range")
SIGNS = {"HH": "▲▲ HH", "H": "▲ H", "L": "▼ L", "LL": "▼▼ LL", "A": "◆ A",
         "AA": "◆◆ AA"}  # fmt: skip
TONES = {"HH": "critical-high", "H": "high", "L": "low", "LL": "critical-low", "A": "odd",
         "AA": "critical-odd"}  # fmt: skip
SEVERITY = {"HH": 0, "LL": 0, "AA": 0, "H": 1, "L": 1, "A": 2}


def sign(flag: str | None) -> str:
    """Sign and letter of a flag, empty for none."""
    return SIGNS.get(flag or "", flag or "")


def tone(flag: str | None) -> str:
    """The style name of a flag, empty for none."""
    return TONES.get(flag or "", "")


def severity(flag: str | None) -> int:
    """Sort order: critical first, unflagged last."""
    return SEVERITY.get(flag or "", 3)


def value_text(fact: Fact) -> str:
    """The value as the record writes it, with its comparator, without its unit."""
    written = fact.value_text if fact.value_text is not None else ""
    if fact.comparator and not written.startswith(fact.comparator):
        return f"{fact.comparator}{written}"
    return written


def value_with_unit(fact: Fact) -> str:
    """Value and unit with one space between, as far as there are any."""
    return " ".join(part for part in (value_text(fact), fact.unit or "") if part)


def status_note(fact: Fact) -> str:
    """` (preliminary)` and the like; nothing for a final result."""
    return f" ({fact.status_word})" if fact.status_word else ""


def is_policy(fact: Fact) -> bool:
    """Whether flag and range are a site's or a guideline's, because the record has none."""
    return fact.flag_source is not None and fact.flag_source.split(", ")[0] not in RECORDED


def source_note(fact: Fact) -> str:
    """` (site policy)` and the like beside a flag that is not the record's own."""
    if not fact.flag or fact.flag_source is None or fact.flag_source in RECORDED:
        return ""
    recorded, _comma, policy = fact.flag_source.partition(", ")
    return f" (critical by {policy})" if recorded in RECORDED else f" ({fact.flag_source})"


def range_note(fact: Fact) -> str:
    """The range with whose it is: `ref 3.5-5.1`, `site policy 3.5-5.1`, or that there is none."""
    said = range_text(fact.reference_range)
    if said == NO_RANGE:
        return said
    return f"{fact.flag_source} {said}" if is_policy(fact) else f"ref {said}"


def range_text(given: ReferenceRange | None) -> str:
    """The record's own range, or the words that say there is none."""
    if given is None:
        return NO_RANGE
    if given.low is not None and given.high is not None:
        return f"{given.low:g}\u2013{given.high:g}"
    if given.low is not None:
        return f"≥ {given.low:g}"
    if given.high is not None:
        return f"≤ {given.high:g}"
    return given.text or NO_RANGE
