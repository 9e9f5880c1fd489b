"""The truth of each template of `wordings.toml`: what is drawn, and what then holds.

Each function takes the draw (chart, dice, scope; it puts words into the slots) and the
template's `with`, and gives rows and evidence, or None where nothing certain can be asked of
this chart. Every fair reading of the scope must give the same rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.benchmarks import oracle
from tests.benchmarks.icu_raw import Row, Stay, numbers, read
from tests.benchmarks.oracle import Found, stamp

if TYPE_CHECKING:
    from tests.benchmarks.other_wordings import Draw

Truth = Callable[["Draw", str], Found | None]
MARITAL = {"M": "married", "S": "never married", "W": "widowed", "D": "divorced"}


def _agree(readings: Sequence[Found | None]) -> Found | None:
    first = readings[0]
    if first is None or any(other is None or other[0] != first[0] for other in readings):
        return None
    return first


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
        return _agree([work(rows, extra, draw) for rows in readings])

    return truth


def _past(work: Callable[[Sequence[Row], str], Found | None], *, none: bool) -> Truth:
    """Over the rows on one side of a drawn threshold; `none` allows that there are none."""

    def truth(draw: Draw, extra: str) -> Found | None:
        readings = _readings(draw, _concept(draw))
        values = [row.value for rows in readings or () for row in rows]
        if not readings or not values or None in values:
            return None
        side, limit = draw.threshold([value for value in values if value is not None])
        kept = [oracle.past(rows, side, limit) for rows in readings]
        if not none and not all(kept):
            return None
        return _agree([work(rows, extra) for rows in kept])

    return truth


def _ints(extra: str) -> list[int]:
    return [int(word) for word in extra.split() if word.lstrip("-").isdigit()]


def _measured(draw: Draw, extra: str) -> Found | None:
    readings = draw.cut(_concept(draw) or ())
    found = _agree([([[int(bool(rows))]], []) for rows in readings])
    draw.or_abstain = bool(found and found[0] == [[0]])
    return found


def _any_lab(draw: Draw, extra: str) -> Found | None:
    return _agree([([[int(bool(rows))]], []) if rows else None for rows in draw.cut(draw.raw.labs)])


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
    unit = "day" if draw.template["id"].startswith("daily") else draw.dice.choice(["month", "year", "day"])
    draw.slots |= {"unit": unit, "unitly": "daily" if unit == "day" else f"{unit}ly"}
    if readings is None:
        return None
    return _agree([oracle.per_unit(rows, extra, unit) for rows in readings])


# Stays.


def _stay(draw: Draw) -> Stay:
    stays = draw.raw.icu if draw.scope.endswith("icu") else draw.raw.hospital
    return stays[{"first": 0, "second": 1}.get(draw.scope.split("_")[0], -1)]


def _icu_of(draw: Draw) -> list[Stay]:
    if draw.scope == "all":
        return list(draw.raw.icu)
    return [icu for icu in draw.raw.icu if icu.within == _stay(draw).id]


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
    stay = _stay(draw)
    return [[stamp(stay.start if extra == "start" else stay.end)]], [f"Encounter/{stay.id}"]


def _los(unit: float) -> Truth:
    def truth(draw: Draw, extra: str) -> Found | None:
        stay = _stay(draw)
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
        value = getattr(_stay(draw), attribute)
        return ([[value]], []) if value else None

    return truth


# The patient.


def _sex(draw: Draw, extra: str) -> Found | None:
    return [[draw.raw.patient["gender"][0]]], []


def _age(draw: Draw, extra: str) -> Found | None:
    if "birthDate" not in draw.raw.patient:
        return None
    born, then = date.fromisoformat(draw.raw.patient["birthDate"]), _stay(draw).start.date()
    return [[then.year - born.year - ((then.month, then.day) < (born.month, born.day))]], []


def _written(field: str) -> Truth:
    def truth(draw: Draw, extra: str) -> Found | None:
        written = draw.raw.patient.get(field)
        return ([[written[:19].replace("T", " ")]], []) if written else None

    return truth


def _marital(draw: Draw, extra: str) -> Found | None:
    coding = draw.raw.patient.get("maritalStatus", {}).get("coding", [{}])[0]
    return ([[MARITAL[coding["code"]]]], []) if coding.get("code") in MARITAL else None


# Drugs and diagnoses.


def _drug(draw: Draw) -> tuple[Row, ...]:
    """All administrations of a drug that stands in this chart under one name."""
    texts: dict[str, set[str]] = {}
    for row in draw.raw.drugs:
        texts.setdefault(re.split(r"[ /(-]", row.text.lower())[0], set()).add(row.text)
    pool = sorted(t for found in texts.values() if len(found) == 1 for t in found if "%" not in t)
    if not pool:
        return ()
    text = draw.dice.choice(pool)
    brand = re.search(r"\((?!Bolus|Prophylaxis|Concentrate)(\w{5,})\)", text)
    named = [re.sub(r"\s*\(.*\)", "", text), re.sub(r"\s*\(.*\)", "", text).lower()]
    draw.slots["drug"] = draw.name(named + ([brand[1]] if brand else []))
    return tuple(row for row in draw.raw.drugs if row.text == text)


def _given(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.value]


def _of_drug(work: Callable[[Sequence[Row], int], Found | None]) -> Truth:
    """The whole list and the part with a dose above zero must say the same."""

    def truth(draw: Draw, extra: str) -> Found | None:
        readings = draw.cut(_drug(draw))
        place = _ints(extra)[0] if extra else 0
        return _agree([work(part, place) for rows in readings for part in (rows, _given(rows))])

    return truth


def _count_given(rows: Sequence[Row], place: int) -> Found | None:
    if not rows or any("continuous" in row.detail for row in rows):
        return None
    return [[len(rows)]], [row.ref for row in rows]


def _drug_given(draw: Draw, extra: str) -> Found | None:
    drug = _drug(draw)
    readings = draw.cut(drug) if drug else []
    found = _agree([([[int(bool(p))]], []) for r in readings for p in (r, _given(r))] or [None])
    draw.or_abstain = bool(found and found[0] == [[0]])
    return found


def _drug_list(rows: Sequence[Row], place: int) -> Found | None:
    return oracle.names(rows)


def _drugs(draw: Draw, extra: str) -> Found | None:
    readings = draw.cut(draw.raw.drugs)
    return _agree([oracle.names(part) for rows in readings for part in (rows, _given(rows))])


def _count_drugs(draw: Draw, extra: str) -> Found | None:
    found = _drugs(draw, extra)
    readings = draw.cut(draw.raw.drugs)
    if not found or len({row.code for row in readings[0]}) != len(found[0]):
        return None
    return [[len(found[0])]], []


def _drugs_difference(draw: Draw, extra: str) -> Found | None:
    if not draw.raw.drugs:
        return None
    from tests.benchmarks.other_wordings import dates

    day = draw.dice.choice(draw.raw.drugs).time.date()
    after = day + timedelta(days=1)
    draw.slots["d"], draw.slots["d2"] = str(day), str(after)
    if draw.dice.random() < 0.3:
        moment = draw.dice.choice(draw.raw.drugs).time
        draw.slots["d"] = dates(moment.replace(year=day.year, month=day.month, day=day.day), draw.dice)["longday"]
        draw.slots["d2"] = f"{after.day} {after:%B %Y}"
    found = []
    for keep in (lambda rows: rows, _given):
        rows = keep(draw.raw.drugs)
        had = {row.text.lower() for row in rows if row.time.date() == day}
        has = {row.text.lower() for row in rows if row.time.date() == after}
        found.append(([[name] for name in sorted(has - had)], []) if has - had and had else None)
    return _agree(found)


def _labs(draw: Draw, extra: str) -> Found | None:
    return _agree([oracle.names(rows) for rows in draw.cut(draw.raw.labs)])


def _drug_dose(rows: Sequence[Row], place: int) -> Found | None:
    if not rows or len({row.time for row in rows}) != len(rows) or not rows[place].value:
        return None
    return [[rows[place].value or 0.0]], [rows[place].ref]


def _when_drug(rows: Sequence[Row], place: int) -> Found | None:
    return ([[stamp(rows[place].time)]], []) if rows else None


def _diagnoses(draw: Draw, extra: str) -> Found | None:
    found = [(ref, name) for ref, name, stay in draw.raw.diagnoses if stay == _stay(draw).id]
    named = [name for _, name in found]
    if not found or len(set(named)) != len(named):
        return None
    if draw.template["truth"] == "count_dx":
        return [[len(found)]], [ref for ref, _ in found]
    return [[name] for name in named], [ref for ref, _ in found]


def _diagnosed(draw: Draw, extra: str) -> Found | None:
    here = draw.raw.diagnoses
    other = draw.dice.random() < 0.25
    pool = read(draw.dice.choice(numbers())).diagnoses if other else here
    if not pool:
        return None
    name = draw.dice.choice(pool)[1]
    words = re.sub(r"(^unspecified |, unspecified|, not elsewhere classified)", "", name)
    draw.slots["dx"] = words
    stays = {stay for _, had, stay in here if had == name}
    near = {stay for _, had, stay in here if words.split(",")[0] in had or had in words}
    if near != stays and not stays:
        return None
    holds = bool(stays) if draw.scope == "all" else _stay(draw).id in stays
    if near != stays and not holds:
        return None
    draw.or_abstain = not holds
    return [[int(holds)]], []


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
    return _agree([oracle.difference(pair, 1, 0) for pair in pairs])


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
    "when_extreme": _of_concept(lambda rows, extra, draw: oracle.when_extreme(rows, *extra.split())),
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
    "count_drugs": _count_drugs,
    "count_given": _of_drug(_count_given),
    "count_dx": _diagnoses,
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
    "difference": _of_concept(lambda rows, extra, draw: oracle.difference(rows, *_ints(extra))),
    "compare": _of_concept(
        lambda rows, extra, draw: oracle.compare(rows, *_ints(extra), extra.split()[-1])
    ),
    "between_stay_values": _between_stay_values,
    "drugs": _drugs,
    "drugs_difference": _drugs_difference,
    "labs": _labs,
    "when_drug": _of_drug(_when_drug),
    "drug_given": _drug_given,
    "drug_dose": _of_drug(_drug_dose),
    "diagnoses": _diagnoses,
    "diagnosed": _diagnosed,
    "elapsed": _of_concept(lambda rows, extra, draw: oracle.elapsed_hours(rows)),
    "nothing": _nothing,
}
