"""Reads the rules, which are data: a pattern, a class, a reason, an example that must be found.

Four files by subject (people, places, dates, numbers). A pattern may use `%NAME%` and the other
words below; `phi` is the group that is the identifier. `spared` is text in which the rule must find
nothing. A rule file with an unknown guard or class fails when it is read, not when it is needed.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pipelines.privacy.reading import SEALED

FILES = ("rules_people.toml", "rules_places.toml", "rules_dates.toml", "rules_numbers.toml")

_UPPER = "A-ZÆØŁĐÞŒΑ-ΩА-Я"
_LOWER = "a-zæøłđþœßðıα-ωςа-я"
_CAP = rf"(?:(?:O'|D'|L'|Mc|Mac|De|Di|Du|La|Le|Van|Von|St\.?[ -])?[{_UPPER}][{_LOWER}]+(?:[-'][{_UPPER}][{_LOWER}]+|[{_UPPER}][{_LOWER}]+)?\d{{0,4}})"
_CAPS = rf"(?:(?:O'|MC|D')?[{_UPPER}]{{2,}}(?:-[{_UPPER}]{{2,}})?\d{{0,4}})"
_INIT = rf"(?:[{_UPPER}]\.?)"
_PARTICLE = r"(?:(?:de|del|de la|della|van|van der|van den|von|der|den|di|da|dos|la|le|bin|ibn|al|el|st\.)\b)"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_MONTH_SHORT = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
_STATE_CODE = "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
_STATE_NAME = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|"
    "Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|"
    "Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|"
    "Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|"
    "West Virginia|Wisconsin|Wyoming|Puerto Rico|D\\.C\\."
)
_STREET = (
    "(?:Street|Avenue|Boulevard|Road|Lane|Drive|Court|Circle|Terrace|Parkway|Highway|Plaza|Square|Trail|Turnpike|Alley|"
    "Crescent|Close|Loop|Crossing|Mall|Walk|Row|Pike|Esplanade|Quay|Underpass|Overpass|Extension|Junction|Place|Way|"
    "St|Ave|Av|Blvd|Rd|Ln|Dr|Ct|Cir|Ter|Pkwy|Hwy|Pl|Sq|Trl|Expy|Byp|STREET|AVENUE|ROAD|ST|AVE|RD|DR|LN|BLVD)"
)
_FACILITY = (
    "(?:Hospitals?|Hosp\\.?|Clinics?|Medical Cent(?:er|re)|Med\\.? Cent(?:er|re)|Med\\.? Ctr|Cent(?:er|re)|Ctr|Health(?: System| Services| Network| Plan| Care)?|"
    "Healthcare|HealthCare|Medical Group|Medical Associates|Associates|Institute|Infirmary|Hospice|Sanatorium|Pharmacy|Rehab(?:ilitation)?|"
    "Nursing Home|Nursing Facility|Assisted Living|Retirement Home|Senior Living|Care Home|Manor|University|College|Med|Medical|Medicine|"
    "General|Memorial|VA|VAMC|Laboratories|Diagnostics|Imaging|Surgery|Oncology|Elementary|High School|Middle School|School|Church|Prison|Jail|Shelter)"
)  # fmt: skip
_ORDINAL = (
    "(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|"
    "sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|"
    "thirtieth|thirty[- ]first)"
)
_VALUE = (
    r"[ \t*_\"]*(?:(?:is|are|was|of|as|under|ends in|ending in|ending|:|=|\#(?=[ \t:=])|\(|\||-)[ \t*_\"]*){0,3}"
    r"(?P<phi>#?(?:[A-Z]{1,6}[ ]?[:-]?[ ]?(?=\d))?(?=[\w./-]*\d)\w(?:[\w]|[./:-](?=[\w]))*(?:[ ](?=\d{2,}\b(?![ ]?[a-z%/]))\d{2,}){0,3})(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it looks for, what it calls it and why, and what must be found by it."""

    name: str
    kind: str
    reason: str
    score: float
    pattern: re.Pattern[str]
    guard: str | None
    also_not: str | None
    near: re.Pattern[str] | None
    window: int
    example: str
    spared: str


def _data(name: str) -> dict[str, Any]:
    text = files("pipelines.privacy.recognizers").joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def words() -> dict[str, str]:
    """What `%NAME%` and the other words of the patterns stand for."""
    places = _data("places.toml")
    saint = r"(?:St\.?|Saint|Ste\.?|Mt\.?|Mount|Fort|Ft\.?|San|Santa)\b\.?"
    cities = "|".join(sorted((re.escape(c) for c in places["cities"]), key=len, reverse=True))
    hospitals = "|".join(sorted(places["hospitals"], key=len, reverse=True))
    state = rf"(?:{_STATE_CODE}|{_STATE_NAME})"
    name = rf"(?:{_CAP}(?:[ \t]+(?:{_INIT}(?!\w)|{_PARTICLE}|{_CAP})){{0,3}}|(?:{_INIT}[ \t]?){{1,2}}[ \t]?{_CAP})"
    place = rf"(?:(?:{saint}[ \t]?)?(?:{_CAP}|[A-Z]{{3,6}}(?!\w))(?:'s)?(?:[ \t-](?:(?:of|and|the|&)[ \t])?(?:{_CAP}|[A-Z]{{2,5}}\b)(?:'s)?){{0,4}})"
    return {
        "NAME": name,
        "PLACE": place,
        "CAP": _CAP,
        "CAPS": _CAPS,
        "ANYCAP": rf"(?:{_CAP}|{_CAPS})",
        "INIT": _INIT,
        "PARTICLE": _PARTICLE,
        "SAINT": saint,
        "CITY": f"(?:{cities})",
        "HOSPITAL": f"(?:{hospitals})",
        "STATE": state,
        "STATE_CODE": rf"(?:{_STATE_CODE})",
        "STATE_NAME": rf"(?:{_STATE_NAME})",
        "STREET": _STREET,
        "FACILITY": _FACILITY,
        "MONTH": rf"(?:(?:{_MONTHS}|{_MONTH_SHORT})|(?i:january|february|april|june|july|august|september|october|november|december|jan|feb|apr|jun|jul|aug|sept|oct|nov)|MARCH|MAY|MAR|SEP|DEC|march(?=[ \t]\d))",
        "MONTHCAP": rf"(?:{_MONTHS})",
        "MONTHS": rf"(?:{_MONTHS})",
        "ORDINAL": _ORDINAL,
        "VALUE": _VALUE,
        "SEALED": SEALED,
    }


def _written_out(pattern: str) -> str:
    return re.sub(r"%([A-Z_]+)%", lambda found: words()[found[1]], pattern)


@lru_cache(maxsize=1)
def load() -> tuple[Rule, ...]:
    """Every rule, compiled, in the order of the files."""
    return tuple(_rule(entry) for name in FILES for entry in _data(name)["rule"])


def _rule(entry: dict[str, Any]) -> Rule:
    near = entry.get("near")
    return Rule(
        name=entry["name"],
        kind=entry["type"],
        reason=f"rule: {entry['reason']}",
        score=entry["score"],
        pattern=re.compile(_written_out(entry["pattern"])),
        guard=entry.get("guard"),
        also_not=entry.get("also_not"),
        near=re.compile(near) if near else None,
        window=entry.get("window", 0),
        example=entry["example"],
        spared=entry.get("spared", ""),
    )
