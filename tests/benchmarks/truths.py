"""The truth of each template of `wordings.toml`: what is drawn, and what then holds.

Each function takes the draw (chart, dice, scope; it puts words into the slots) and the
template's `with`, and gives rows and evidence, or None where nothing certain can be asked of
this chart. Every fair reading of the scope must give the same rows.
"""

# ruff: noqa: ARG005 - every truth has the same two arguments

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from tests.benchmarks import oracle
from tests.benchmarks.icu_raw import Row, Stay, stay_in
from tests.benchmarks.oracle import Found, agree, ints, stamp
from tests.benchmarks.truths_drugs import DRUG_TRUTHS
from tests.benchmarks.truths_stays import STAY_TRUTHS

if TYPE_CHECKING:
    from tests.benchmarks.other_wordings import Draw

Truth = Callable[["Draw", str], Found | None]
MARITAL = {"M": "married", "S": "never married", "W": "widowed", "D": "divorced"}


def _concept(draw: Draw, *, there: bool = True) -> tuple[Row, ...] | None:
    """All rows of a concept drawn among those the chart has (or has not)."""
    labels = {row.text for row in draw.raw.results} | {row.code for row in draw.raw.results}
    pool = [
        spec
        for spec in draw.data["concepts"].values()
        if any(label in labels for label in spec.get("texts", spec.get("codes"))) == there
    ]
    if not pool:
        return None
    spec = draw.dice.choice(pool)
    draw.slots["c"] = draw.name(spec["names"])
    rows = tuple(
        row
        for row in draw.raw.results
        if row.text in spec.get("texts", ()) or row.code in spec.get("codes", ())
    )
    codes = {row.code for row in rows}
    beside = any(r.code in codes and r not in rows for r in draw.raw.results if r.code in codes)
    whole = draw.slots["c"].lower() in {row.text.lower() for row in rows}
    return None if beside and not whole and "one_kind" not in spec else rows


def _readings(draw: Draw, rows: tuple[Row, ...] | None) -> list[list[Row]] | None:
    """The scope's rows; None where a concept of several kinds has more than one of them here."""
    if rows is None:
        return None
    found = draw.cut(rows)
    if any(len({row.text for row in reading}) > 1 for reading in found):
        return None
    return found


def _of_concept(work: Callable[[Sequence[Row], str, Draw], Found | None]) -> Truth:
    def truth(draw: Draw, extra: str) -> Found | None:
        readings = _readings(draw, _concept(draw))
        if readings is None:
            return None
        if extra == "n":
            extra = str(draw.place())
        return agree([work(rows, extra, draw) for rows in readings])

    return truth


def _past(work: Callable[[Sequence[Row], str], Found | None], *, none: bool) -> Truth:
    """Over the rows on one side of a drawn threshold; `none` allows that there are none."""

    def truth(draw: Draw, extra: str) -> Found | None:
        readings = _readings(draw, _concept(draw))
        values = [row.value for rows in readings or () for row in rows]
        if not readings or not values or None in values:
            return None
        told = extra if extra in oracle.TEST else ""
        side, limit = draw.threshold([value for value in values if value is not None], told)
        kept = [oracle.past(rows, side, limit) for rows in readings]
        if not none and not all(kept):
            return None
        return agree([work(rows, extra) for rows in kept])

    return truth


def _share(draw: Draw, extra: str) -> Found | None:
    readings = _readings(draw, _concept(draw))
    values = [row.value for rows in readings or () for row in rows]
    if not readings or None in values or not all(readings):
        return None
    side, limit = draw.threshold([value for value in values if value is not None])
    shares = [100 * len(oracle.past(rows, side, limit)) / len(rows) for rows in readings]
    return agree([([[share]], [row.ref for row in readings[0]]) for share in shares])


def _measured(draw: Draw, extra: str) -> Found | None:
    readings = draw.cut(_concept(draw) or ())
    found = agree([([[int(bool(rows))]], []) for rows in readings])
    draw.or_abstain = bool(found and found[0] == [[0]])
    return found


def _any_lab(draw: Draw, extra: str) -> Found | None:
    return agree([([[int(bool(rows))]], []) if rows else None for rows in draw.cut(draw.raw.labs)])


def _nothing(draw: Draw, extra: str) -> Found | None:
    labels = " ".join({row.text.lower() for row in draw.raw.results})
    if _concept(draw, there=False) is None or draw.slots["c"].lower().split()[0] in labels:
        return None
    return None if draw.slots["c"] in {"Ca", "K"} else ([], [])


def _pick_day(draw: Draw, extra: str) -> Found | None:
    readings = _readings(draw, _concept(draw))
    return oracle.pick(readings[0], 0) if readings and len(readings[0]) == 1 else None


def _unit(draw: Draw, extra: str) -> Found | None:
    readings = _readings(draw, _concept(draw))
    unit = (
        "day"
        if draw.template["id"].startswith("daily")
        else draw.dice.choice(["month", "year", "day"])
    )
    draw.slots |= {"unit": unit, "unitly": "daily" if unit == "day" else f"{unit}ly"}
    if readings is None:
        return None
    return agree([oracle.per_unit(rows, extra, unit) for rows in readings])


# Stays.


def _icu_of(draw: Draw) -> list[Stay]:
    if draw.scope == "all":
        return list(draw.raw.icu)
    return [icu for icu in draw.raw.icu if icu.within == stay_in(draw.raw, draw.scope).id]


def _was_in_icu(draw: Draw, extra: str) -> Found | None:
    stays = _icu_of(draw)
    draw.or_abstain = not stays
    return [[int(bool(stays))]], []


def _count_stays(draw: Draw, extra: str) -> Found | None:
    stays = _icu_of(draw) if extra == "icu" else list(draw.raw.hospital)
    draw.or_abstain = not stays
    return [[len(stays)]], [f"Encounter/{stay.id}" for stay in stays]


def _count_stays_year(draw: Draw, extra: str) -> Found | None:
    year = draw.dice.choice(draw.raw.hospital).start.year
    draw.slots["year"] = str(year)
    stays = [stay for stay in draw.raw.hospital if stay.start.year == year]
    if any(stay.start.year < year <= stay.end.year for stay in draw.raw.hospital):
        return None
    return [[len(stays)]], [f"Encounter/{stay.id}" for stay in stays]


def _stay_time(draw: Draw, extra: str) -> Found | None:
    stay = stay_in(draw.raw, draw.scope)
    return [[stamp(stay.start if extra == "start" else stay.end)]], [f"Encounter/{stay.id}"]


def _los(unit: float) -> Truth:
    def truth(draw: Draw, extra: str) -> Found | None:
        stay = stay_in(draw.raw, draw.scope)
        return [[(stay.end - stay.start).total_seconds() / unit]], [f"Encounter/{stay.id}"]

    return truth


def _between_stays(draw: Draw, extra: str) -> Found | None:
    if len(draw.raw.hospital) < 2:
        return None
    first, second = draw.raw.hospital[:2]
    gap = (second.start - first.end).total_seconds() / 86400
    if gap <= 0:
        return None
    return [[gap]], [f"Encounter/{first.id}", f"Encounter/{second.id}"]


def _to_icu(draw: Draw, extra: str) -> Found | None:
    stay = draw.raw.hospital[-1]
    icu = [one for one in draw.raw.icu if one.within == stay.id]
    if len(icu) != 1 or icu[0].start <= stay.start:
        return None
    hours = (icu[0].start - stay.start).total_seconds() / 3600
    return [[hours]], [f"Encounter/{stay.id}", f"Encounter/{icu[0].id}"]


def _of_stay(attribute: str) -> Truth:
    def truth(draw: Draw, extra: str) -> Found | None:
        value = getattr(stay_in(draw.raw, draw.scope), attribute)
        return ([[value]], []) if value else None

    return truth


# The patient.


def _sex(draw: Draw, extra: str) -> Found | None:
    return [[draw.raw.patient["gender"][0]]], []


def _age(draw: Draw, extra: str) -> Found | None:
    if "birthDate" not in draw.raw.patient:
        return None
    born, then = (
        date.fromisoformat(draw.raw.patient["birthDate"]),
        stay_in(draw.raw, draw.scope).start.date(),
    )
    return [[then.year - born.year - ((then.month, then.day) < (born.month, born.day))]], []


def _written(field: str) -> Truth:
    def truth(draw: Draw, extra: str) -> Found | None:
        written = draw.raw.patient.get(field)
        return ([[written[:19].replace("T", " ")]], []) if written else None

    return truth


def _marital(draw: Draw, extra: str) -> Found | None:
    coding = draw.raw.patient.get("maritalStatus", {}).get("coding", [{}])[0]
    return ([[MARITAL[coding["code"]]]], []) if coding.get("code") in MARITAL else None


def _between_stay_values(draw: Draw, extra: str) -> Found | None:
    if len(draw.raw.hospital) < 2:
        return None
    rows = _concept(draw)
    draw.scope = "first_hospital"
    first = _readings(draw, rows)
    draw.scope = "last_hospital"
    last = _readings(draw, rows)
    draw.scope = "all"
    if not first or not last or not all((*first, *last)):
        return None
    pairs = [[a[0], b[0]] for a in first for b in last]
    if not all(oracle.clean(rows) for rows in (*first, *last)):
        return None
    if any(a.text != b.text for a, b in pairs):
        return None
    return agree([oracle.difference(pair, 1, 0) for pair in pairs])


TRUTHS: dict[str, Truth] = {
    "pick": _of_concept(lambda rows, extra, draw: oracle.pick(rows, int(extra))),
    "last_n": _of_concept(lambda rows, extra, draw: oracle.last_n(rows, int(extra))),
    "pick_threshold": _past(lambda rows, extra: oracle.pick(rows, int(extra)), none=False),
    "pick_day": _pick_day,
    "extreme": _of_concept(lambda rows, extra, draw: oracle.extreme(rows, extra)),
    "mean": _of_concept(lambda rows, extra, draw: oracle.mean(rows)),
    "per_unit": _unit,
    "when_pick": _of_concept(lambda rows, extra, draw: oracle.when_pick(rows, int(extra))),
    "when_threshold": _past(lambda rows, extra: oracle.when_pick(rows, int(extra)), none=False),
    "when_extreme": _of_concept(
        lambda rows, extra, draw: oracle.when_extreme(rows, *extra.split())
    ),
    "ever_threshold": _past(lambda rows, extra: ([[int(bool(rows))]], []), none=True),
    "measured": _measured,
    "any_lab": _any_lab,
    "was_in_icu": _was_in_icu,
    "count": _of_concept(lambda rows, extra, draw: oracle.count(rows) if rows else None),
    "count_threshold": _past(lambda rows, extra: oracle.count(rows), none=False),
    "count_days": _of_concept(lambda rows, extra, draw: oracle.count_days(rows) if rows else None),
    "count_days_threshold": _past(lambda rows, extra: oracle.count_days(rows), none=False),
    "count_stays": _count_stays,
    "count_stays_year": _count_stays_year,
    "sex": _sex,
    "age": _age,
    "birth": _written("birthDate"),
    "marital": _marital,
    "death": _written("deceasedDateTime"),
    "stay_time": _stay_time,
    "los": _los(86400),
    "los_hours": _los(3600),
    "between_stays": _between_stays,
    "to_icu": _to_icu,
    "admit_type": _of_stay("kind"),
    "admit_source": _of_stay("source"),
    "disposition": _of_stay("disposition"),
    "difference": _of_concept(lambda rows, extra, draw: oracle.difference(rows, *ints(extra))),
    "compare": _of_concept(
        lambda rows, extra, draw: oracle.compare(rows, *ints(extra), extra.split()[-1])
    ),
    "between_stay_values": _between_stay_values,
    "elapsed": _of_concept(lambda rows, extra, draw: oracle.elapsed_hours(rows)),
    "both": _of_concept(lambda rows, extra, draw: oracle.both(rows, extra)),
    "sum": _of_concept(lambda rows, extra, draw: oracle.total(rows)),
    "days_threshold": _past(lambda rows, extra: oracle.days(rows), none=False),
    "list_threshold": _past(lambda rows, extra: oracle.values(rows), none=False),
    "share": _share,
    "nothing": _nothing,
    **DRUG_TRUTHS,
    **STAY_TRUTHS,
}
