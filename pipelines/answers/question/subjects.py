"""Subjects that are not results: the patient, visits and stays, medications and lists.

Each reader looks for its own words and gives None when they are not there. Where a drug and a
laboratory test share a name (magnesium, albumin), the words around it decide: given, dose and
started mean the drug; tested, level and measured mean the result.
"""

from __future__ import annotations

import re

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.classes import class_members
from pipelines.answers.question.intervals import unit_of
from pipelines.answers.question.lists import read_lists
from pipelines.answers.question.medications import Names, read_medication
from pipelines.answers.question.names import take_names
from pipelines.answers.question.ranges import read_range
from pipelines.answers.question.reading import ANY_LAB, LAB_CUE, Reading
from pipelines.answers.question.scope import take_choice, take_picks
from pipelines.answers.question.text import QuestionText, is_bare, listed, phrase, words
from pipelines.answers.question.when import take_when
from pipelines.charts.patients import patient

PATIENT_FIELDS = ("sex", "birth", "mrn", "death", "marital", "race", "ethnicity", "language")
NO_DEATH = "The chart records no day of death, so that no age at death is told."
MOST_ALLERGEN_WORDS = 3
SHORTEST_ALLERGEN = 4
_STAY_NOUNS = phrase(
    r"(?:visited|visits?|hospitali[sz]ed|stayed|stays?|admissions?|encounters?"
    r"|hospitali[sz]ations?)"
)
_ONE_ALLERGY = re.compile(r"(?:[a-z0-9-]+\s+){1,3}allerg(?:y|ic)|allerg(?:y|ic)\s+to\s+.+")
_GOING = phrase(r"(?:been|go|went|gone|goes)")
_EMERGENCY = phrase(r"(?:emergency(?:\s+(?:room|department|ward))?|ed|er)")

_DOCUMENT = phrase(
    r"(?:discharge|admission|admit)\s+(?:summary|summaries|summarize|notes?|letter|instructions|paperwork"
    r"|documents?|report)"
)


def read_subject(reading: Reading, chart_names: Names) -> ChartQuestion | None:
    """The first subject whose words are there, or None: then it may be a result."""
    return (
        read_range(reading)
        or _age_at_death(reading)
        or _patient(reading)
        or _age(reading)
        or _encounter_field(reading)
        or _length(reading)
        or _allergy(reading, chart_names)
        or read_medication(reading, chart_names)
        or read_lists(reading, chart_names)
        or _visit(reading)
    )


def _patient(reading: Reading) -> ChartQuestion | None:
    text = reading.text
    for field in PATIENT_FIELDS:
        if field == "death" and (reading.stays or reading.window):
            continue  # whether it was then, or there, is another question than whether
        if text.find(listed(field)) is not None:
            alive = text.find(phrase("alive")) is not None
            dated = text.find(phrase(r"(?:date|time)\s+of\s+death")) is not None
            text.take_all(listed(field))
            reading.when = take_when(text) or dated
            text.take_all(listed("when"))
            ask = "value"
            if field == "death":
                ask = "when" if reading.when else "alive" if alive else "exists"
            return reading.made("patient", ask, attribute=field)
    if (
        text.find(phrase(r"(?:full\s+)?name|who is")) is not None
        and text.find(phrase(r"name\s+of\s+(?!the\s+patient|patient)|named?\s+after")) is None
    ):
        rest = [w for w in text.left() if w not in ("name", "full", "called")]
        if not rest:
            text.take_all(listed("name"))
            return reading.made("patient", "value", attribute="name")
    return None


def _age_at_death(reading: Reading) -> ChartQuestion | None:
    """How old the patient died; of one whose death is not dated nothing is told."""
    text = reading.text
    if text.find(listed("age")) is None or text.find(listed("death")) is None:
        return None
    for said in (listed("age"), listed("death"), phrase(r"years|when|time")):
        text.take_all(said)
    died = patient(reading.chart).deceased
    if died and died[:4].isdigit():
        return reading.made("patient", "value", attribute="age")
    return reading.made("patient", "decline", decline=NO_DEATH)


def _age(reading: Reading) -> ChartQuestion | None:
    text = reading.text
    if text.find(listed("age")) is None:
        return None
    text.take_all(listed("age"))
    text.take_all(phrase(r"years|now|currently|today|current"))
    text.take_all(listed("admitted"))
    reading.picks = take_picks(text, reading.stays)
    text.take_all(phrase("hospital"))
    return reading.made("patient", "value", attribute="age")


def _encounter_field(reading: Reading) -> ChartQuestion | None:
    text = reading.text
    if reading.field is None:
        return None
    text.take_all(listed("admitted"))
    text.take_all(phrase(r"hospital|admission|discharged?|to|after|from"))
    reading.picks = take_picks(text, reading.stays)
    return reading.made("encounter", "value", attribute=reading.field)


def _length(reading: Reading) -> ChartQuestion | None:
    text = reading.text
    if reading.results_named or (text.find(listed("length")) is None and unit_of(text) is None):
        return None
    placed = (
        reading.stays or text.find(listed("stay", "icu")) or text.find(listed("stay", "hospital"))
    )
    spoken = text.find(phrase(r"length of stay|los|stay|stayed|hospitali[sz]ed|admitted"))
    if not placed and not spoken:
        return None
    if text.find(phrase(r"(?:since|ago|procedure|operation|surgery)")) is not None:
        return None
    text.take_all(listed("length"))
    text.take_all(
        phrase(r"stay|stays|stayed|days?|hours?|hrs|weeks?|minutes?|admitted|hospitali[sz]ed")
    )
    kind = _place(reading)
    reading.picks = take_picks(text, reading.stays)
    return reading.made("encounter", "length", attribute=kind, unit=unit_of(text))


def _place(reading: Reading) -> str:
    """`icu` or `hospital` as the text says apart from its stays, else `any`."""
    text = reading.text
    if text.find(_STAY_NOUNS) is not None or text.find(_GOING) is not None:
        urgent = text.take_all(_EMERGENCY)
        if urgent:
            return "emergency"
    icu = text.take_all(listed("stay", "icu"))
    hospital = text.take_all(listed("stay", "hospital"))
    return "icu" if icu else "hospital" if hospital else "any"


def _visit(reading: Reading) -> ChartQuestion | None:
    """Counts and lists of visits, and when the patient came or left."""
    text = reading.text
    if reading.results_named or text.find(_DOCUMENT) is not None:
        return None  # "creatinine at discharge" asks for the creatinine
    leaving = text.find(listed("discharged"))
    coming = text.find(listed("admitted"))
    if leaving is not None or coming is not None:
        attribute = "discharged" if leaving is not None else "admitted"
        text.take_all(listed("discharged" if leaving is not None else "admitted"))
        reading.when = take_when(text)
        count = take_choice(text, "total") == "count"
        kind = _place(reading)
        reading.picks = take_picks(text, reading.stays)
        text.take_all(phrase(r"alive"))
        ask = "count" if count else "when" if reading.when or not reading.yes_no else "exists"
        return reading.made("encounter", ask, attribute=attribute, extreme=None, relation=kind)
    if text.find(ANY_LAB) is not None or text.find(LAB_CUE) is not None:
        return None
    if not (
        reading.stays
        or text.find(_STAY_NOUNS)
        or text.find(listed("stay", "icu"))
        or (
            (text.find(_GOING) or text.find(listed("total", "count")))
            and text.find(listed("stay", "hospital"))
        )
    ):
        return None
    return _visit_count(reading)


def _visit_count(reading: Reading) -> ChartQuestion | None:
    text = reading.text
    before = text.text
    total = take_choice(text, "total")
    kind = _place(reading)
    verbs = text.take_all(_STAY_NOUNS)
    text.take_all(_GOING)
    if not verbs and kind == "any" and not reading.stays:
        text.text = before
        return None
    reading.when = take_when(text)
    every = text.take(listed("all")) is not None
    reading.picks = take_picks(text, reading.stays)
    if total == "count":
        ask = "count"
    elif reading.when:
        ask = "when"
    else:
        in_short = kind == "icu" and bool(reading.stays) and is_bare(text)  # "icu last admission?"
        ask = "exists" if reading.yes_no or in_short else "list"
    return reading.made("encounter", ask, attribute="stays", relation=kind, every=every)


def _allergy(reading: Reading, chart_names: Names) -> ChartQuestion | None:
    text = reading.text
    if text.find(listed("allergy")) is None:
        return None
    text.take_all(listed("allergy"))
    total = take_choice(text, "total")
    known = chart_names.get("allergy", ())
    kind = _allergy_kind(text)
    text.take_all(listed("allergy", "anything"))
    named = take_names(text, known)
    displays = named.displays or class_members(text, known) or _inside_names(text, known)
    text.take_all(
        phrase(
            r"known|active|recorded|drugs?|medications?|meds?|foods?|currently|current|have|list"
        )
    )
    # "PCN allergy?" asks yes or no, as "allergies?" does not.
    asks_if = reading.yes_no or (not displays and _ONE_ALLERGY.fullmatch(text.whole) is not None)
    reading.yes_no = asks_if
    ask = "count" if total == "count" else "exists" if asks_if else "list"
    return reading.made(
        "allergy", ask, names=displays, group=None if displays else kind,
        attribute=None if displays else _allergen(reading),
    )  # fmt: skip


def _allergy_kind(text: QuestionText) -> str | None:
    """The kind of substance that is asked about ("any drug allergies"), or None for any."""
    kinds = words()["allergy_kind"]
    return next((k for k in kinds if text.find(listed("allergy_kind", k)) is not None), None)


def _inside_names(text: QuestionText, known: tuple[str, ...]) -> tuple[str, ...]:
    """Entries whose name holds a word of the question ("sulfa", "nuts" and "Peanut")."""
    said = [w.removesuffix("s") for w in text.left() if len(w) >= SHORTEST_ALLERGEN]
    found = tuple(d for d in known if any(w in d.lower() for w in said))
    if found:
        text.take_all(re.compile(rf"\b(?:{'|'.join(map(re.escape, said))})s?\b"))
    return found


def _allergen(reading: Reading) -> str | None:
    """An allergen that no entry of the chart names, taken where it stands as one is said."""
    text = reading.text
    left = text.left()
    if not reading.yes_no or not left or len(left) > MOST_ALLERGEN_WORDS:
        return None
    said = r"\s+".join(map(re.escape, left))
    place = rf"allergic\s+to\s+(?:the\s+|any\s+)?{said}$|allerg(?:y|ies)\s+to\s+{said}$"
    place += rf"|\b{said}\s+allerg(?:y|ies|ic)$|intoleran\w+\s+(?:to|of)\s+{said}$"
    if re.search(place, text.whole) is None:
        return None
    text.take_all(re.compile(rf"\b{said}\b"))
    return " ".join(left)
