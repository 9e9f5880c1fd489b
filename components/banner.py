"""Who this chart is about, above every page: identity, as-of, allergies in four states.

The four states (known, none known, not recorded, unavailable) are never merged: each has its
own word, sign and colour. An unknown state is shown as unavailable. Age is at the chart's as-of.
"""

from __future__ import annotations

import streamlit as st

from components import times
from components.safe_text import markup
from pipelines.records.facts import Allergy, AllergyList
from pipelines.records.patients import Banner

SEXES = {"male": "M", "female": "F", "other": "other", "unknown": "sex unknown"}
NO_PATIENT = '<div class="cr-gate"><b>No patient chosen.</b> Choose a patient to see a chart.</div>'
UNAVAILABLE = (
    "an allergy entry of this chart was refused at load, so the list cannot be trusted to be whole"
)


def draw_banner(banner: Banner) -> None:
    """Identity, what is missing of the chart, and the allergy bar."""
    st.html(identity(banner) + merged(banner) + incomplete(banner) + allergy_bar(banner.allergies))


def draw_no_patient() -> None:
    """What stands in the banner's place until a patient is chosen."""
    st.html(NO_PATIENT)


def identity(banner: Banner) -> str:
    """One line: name, age, sex, birth date, record number, as-of and load time."""
    patient = banner.patient
    age = "age unknown" if banner.age_years is None else f"{banner.age_years} y"
    parts = [
        markup("<b>{name}</b>", name=family_first(banner)),
        markup("<span>{age} · {sex}</span>", age=age, sex=sex_word(patient.sex)),
        markup("<span>DOB {born}</span>", born=times.birth_date(patient.birth_date)),
        markup("<span>MRN {mrn}</span>", mrn=patient.mrn or "not recorded"),
    ]
    if patient.deceased:
        when = "" if patient.deceased in ("true", "True") else times.birth_date(patient.deceased)
        parts.append(markup("<b>† Deceased {when}</b>", when=when))
    parts.append(markup('<span class="q">Data as of {as_of}</span>', as_of=banner.as_of.clock))
    if banner.loaded_at:
        loaded = times.written_clock(banner.loaded_at.replace(" ", "T"))
        parts.append(markup('<span class="q">loaded {at} UTC</span>', at=loaded))
    return f'<div class="cr-banner" role="banner">{"".join(parts)}</div>'


def incomplete(banner: Banner) -> str:
    """The amber line of a chart that is not whole, or nothing."""
    if banner.incomplete is None:
        return ""
    return markup(
        '<div class="cr-warn" style="margin-top:0.25rem">⚠ <b>Incomplete:</b> {what} when this'
        " chart was loaded; see Imports.</div>",
        what=banner.incomplete,
    )


def merged(banner: Banner) -> str:
    """The amber line of a patient of whom there are other records, or nothing."""
    if banner.merged is None:
        return ""
    return markup(
        '<div class="cr-warn" style="margin-top:0.25rem">⚠ <b>Other records:</b> {what}</div>',
        what=banner.merged,
    )


def allergy_bar(listed: AllergyList) -> str:
    """The state as word, sign and colour, with each allergy, its reactions and severity."""
    recorded = [item for item in listed.allergies if not item.is_no_known]
    known = [item for item in recorded if not item.is_past]
    names = "; ".join(_allergy(item) for item in known)
    if listed.state == "known":
        past = _past([item for item in recorded if item.is_past])
        return _bar("cr-known", f"⚠ ALLERGIES ({len(known)}):", names + past)
    if listed.state == "none known":
        since = _no_known_date(listed)
        return _bar("cr-none", "✓ NO KNOWN ALLERGIES", markup("<span>{at}</span>", at=since))
    if listed.state == "not recorded":
        said = "<span>The chart says nothing either way.</span>"
        return _bar("cr-unrecorded", "? ALLERGIES NOT RECORDED", said)
    rest = f" Recorded: {names}" if names else ""
    return _bar("cr-unavailable", "✕ ALLERGIES UNAVAILABLE:", f"<span>{UNAVAILABLE}.{rest}</span>")


def family_first(banner: Banner) -> str:
    """`ROSSI, Maria T.`; the whole name as recorded where it has no parts."""
    patient = banner.patient
    if not patient.family:
        return patient.name or "Name not recorded"
    return ", ".join(part for part in (patient.family.upper(), patient.given or "") if part)


def sex_word(sex: str | None) -> str:
    """M, F, or the word; never a guess."""
    return SEXES.get(sex or "", sex or "sex not recorded")


def _bar(style: str, word: str, rest: str) -> str:
    head = markup("{word}", word=word)
    return f'<div class="cr-allergy {style}" style="margin-top:0.25rem">{head} {rest}</div>'


def _allergy(item: Allergy) -> str:
    details = ", ".join(
        [*item.reactions, *(part for part in (item.severity, _critical(item)) if part)]
    )
    if not details:
        return markup("{name}", name=item.fact.display)
    return markup("{name} <span>({details})</span>", name=item.fact.display, details=details)


def _past(listed: list[Allergy]) -> str:
    """Entries that speak no longer, each with the word for it: nobody takes them for current."""
    if not listed:
        return ""
    words = [
        (item.fact.display, "refuted")
        if item.verification_status == "refuted"
        else (item.fact.display, item.clinical_status or "past")
        for item in listed
    ]
    past = "; ".join(f"{name} ({word})" for name, word in words)
    return markup(" <span>· no longer: {past}</span>", past=past)


def _critical(item: Allergy) -> str:
    return "high criticality" if item.criticality == "high" else ""


def _no_known_date(listed: AllergyList) -> str:
    dated = [item.fact.when for item in listed.allergies if item.fact.when is not None]
    return f"recorded {dated[0].day}" if dated else ""
