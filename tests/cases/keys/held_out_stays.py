"""Answers about a patient, a stay, its diagnoses and the drugs given in it, for the held-out key.

In goes one chart and a scope, out comes the answer, or nothing where the record leaves more than
one: charts that name a stay twice are passed over, elapsed times need one clock at both ends, and
a stay's list of drugs must be the same however the stay's hours are read. What can only be said
from absence may be declined as well (`or_abstain`).
"""

from __future__ import annotations

import random
from datetime import date, datetime

from held_out_chart import Chart, Found, Json, Stay, readings, stay_of, written

MARITAL = {"M": "married", "S": ["single", "never married"], "W": "widow", "D": "divorced"}
ANTIBIOTICS = (
    "vancomycin",
    "cefepime",
    "meropenem",
    "metronidazole",
    "piperacillin/tazobactam (zosyn)",
    "ciprofloxacin",
    "ceftriaxone",
    "levofloxacin",
    "cefazolin",
    "ampicillin",
    "ceftazidime",
    "azithromycin",
    "tobramycin",
    "ampicillin/sulbactam (unasyn)",
    "doxycycline",
    "clindamycin",
    "aztreonam",
)
UNCERTAIN = ("erythromycin", "micafungin", "voriconazole", "fluconazole", "acyclovir")
ABSENT = (
    "psoriasis",
    "gout",
    "glaucoma",
    "lupus",
    "schizophrenia",
    "endometriosis",
    "cystic fibrosis",
    "sickle cell",
    "celiac",
)


def of_chart(more: Json, chart: Chart, scope: str, rng: random.Random) -> Found | None:
    """The answer of a shape that is about no series; None where this chart has not exactly one."""
    if scope == "all":
        return (
            of_person(more["shape"], chart)
            or of_all_stays(more["shape"], chart, rng)
            or of_absence(more["shape"], chart, rng)
        )
    stay = stay_of(chart, scope)
    if stay is None:
        return None
    return (
        of_stay(more["shape"], chart, stay)
        or of_diagnoses(more, chart, stay, rng)
        or of_drugs(more["shape"], chart, scope)
    )


def one(value: object) -> Found | None:
    """An answer of one cell, or none where the record has no value for it."""
    return Found([[value]], [], {}, {}) if value not in (None, "") else None


def told(words: object) -> Found | None:
    """A narrative answer that must hold these words."""
    return Found([], [], {}, {"contains": [words]}) if words else None


def of_person(shape: str, chart: Chart) -> Found | None:
    """What the Patient resource says."""
    patient = chart.patient
    died, born = patient.get("deceasedDateTime", "")[:10], patient.get("birthDate", "")
    status = (patient.get("maritalStatus") or {"coding": [{"code": ""}]})["coding"][0]["code"]
    races = [e["extension"][0] for e in patient.get("extension", []) if "race" in e["url"]]
    race = "".join(r["valueCoding"]["display"].lower() for r in races if "valueCoding" in r)
    answers = {
        "sex": one(patient["gender"][0]),
        "born": one(born),
        "marital": told(MARITAL.get(status)),
        "race": told(race if race == "white" else ""),
        "language": told("english" if patient.get("communication") else ""),
        "died": one(1 if died else None),
        "died_when": one(died),
        "died_age": one(years(born, date.fromisoformat(died)) if died and born else None),
    }
    return answers.get(shape)


def years(born: str, day: date) -> int:
    """Whole years of age on a day."""
    start = date.fromisoformat(born)
    return day.year - start.year - ((day.month, day.day) < (start.month, start.day))


def span(start: datetime, end: datetime, unit: float) -> float | None:
    """Elapsed time, where both ends are written by one clock."""
    same = start.utcoffset() == end.utcoffset()
    return (end - start).total_seconds() / unit if same else None


def of_all_stays(shape: str, chart: Chart, rng: random.Random) -> Found | None:
    """What is said of all stays together."""
    stays = chart.stays
    several = chart.plain and len(stays) > 1
    if shape in ("hosp_count", "icu_count"):
        counts = {"hosp_count": len(stays), "icu_count": len(chart.icu) or None}
        return one(counts[shape]) if chart.plain else None
    if not several:
        return None
    if shape == "admissions":
        return Found([[written(s.start)] for s in stays], [], {}, {}) if len(stays) <= 6 else None
    if shape == "year_count":
        year = rng.choice(stays).start.year
        held = [s for s in stays if s.start.year == year]
        crossing = any(s.start.year != s.end.year for s in stays)
        return Found([[len(held)]], [], {"y": str(year)}, {}) if not crossing else None
    return of_spans(shape, stays)


def of_spans(shape: str, stays: list[Stay]) -> Found | None:
    """The longest stay, and the days between the first two."""
    if shape == "longest":
        spans = [span(s.start, s.end, 86400) for s in stays]
        known = [x for x in spans if x is not None]
        return one(max(known)) if len(known) == len(spans) else None
    gap = span(stays[0].end, stays[1].start, 86400)
    return one(gap) if shape == "gap" and gap is not None and gap > 1 else None


def of_stay(shape: str, chart: Chart, stay: Stay) -> Found | None:
    """What is said of one stay: its ends, its length, its doors, the age at it, its ICU visits."""
    days, born = span(stay.start, stay.end, 86400), chart.patient.get("birthDate")
    inside = [s for s in chart.icu if s.part_of == stay.id]
    wait = span(stay.start, inside[0].start, 3600) if inside else None
    answers = {
        "admitted": written(stay.start),
        "discharged": written(stay.end),
        "los_days": days,
        "los_hours": days * 24 if days else None,
        "disposition": stay.went_to,
        "source": stay.source,
        "admission_type": stay.admitted_as,
        "age_at": years(born, stay.start.date()) if born else None,
        "icu_in": len(inside) or None,
        "to_icu": wait if wait and wait > 1 else None,
    }
    return one(answers.get(shape))


def of_diagnoses(more: Json, chart: Chart, stay: Stay, rng: random.Random) -> Found | None:
    """A stay's diagnoses: listed, counted, or one of them that has a short plain name."""
    held = chart.problems.get(stay.id, [])
    refs, names = [ref for _, ref in held], [name for name, _ in held]
    if more["shape"] in ("diagnoses", "diagnosis_count"):
        if not 2 <= len(names) <= more["most"] or len(set(names)) != len(names):
            return None
        rows = [[name] for name in names] if more["shape"] == "diagnoses" else [[len(names)]]
        return Found(rows, refs, {}, {})
    plain = sorted(n for n in names if len(n.split()) <= 4 and n.replace(" ", "").isalpha())
    if more["shape"] != "diagnosed" or not plain:
        return None
    name = rng.choice(plain)
    everywhere = [ref for each in chart.problems.values() for n, ref in each if n == name]
    return Found([[1]], everywhere, {"c": name}, {})


def of_drugs(shape: str, chart: Chart, scope: str) -> Found | None:
    """A stay's drugs or antibiotics, where the list is the same however its hours are read."""
    if shape not in ("drugs", "antibiotics", "drug_count"):
        return None
    ways = range(3 if scope.startswith("hosp") else 2)
    lists = {frozenset(given(chart, scope, way)) for way in ways}
    names = sorted(lists.pop()) if len(lists) == 1 else []
    if shape == "antibiotics":
        doubtful = set(names) & set(UNCERTAIN)
        names = [] if doubtful else [name for name in names if name in ANTIBIOTICS]
    if not 2 <= len(names) <= 8:
        return None
    return one(len(names)) if shape == "drug_count" else Found([[n] for n in names], [], {}, {})


def given(chart: Chart, scope: str, way: int) -> set[str]:
    drugs = chart.drugs.items()
    return {name.lower() for name, points in drugs if readings(chart, points, scope)[way]}


def of_absence(shape: str, chart: Chart, rng: random.Random) -> Found | None:
    """A diagnosis that no stay of this chart has under any of its words."""
    every = " ".join(name for held in chart.problems.values() for name, _ in held)
    absent = [c for c in ABSENT if not any(word in every for word in c.split())]
    if shape != "not_diagnosed" or not every or not absent:
        return None
    return Found([[0]], [], {"c": rng.choice(absent)}, {"or_abstain": True})
