"""The notes of one chart without their texts: kind, title, author, role, when, how long.

The *kind* is the name of the document's own type code, so that "ICU progress note" and "Progress
note, hospital medicine" are both progress notes; without a coded type it is the title. An
author's *role* is the qualification behind the name ("Bram Duskin, RN": RN); FHIR's
`DocumentReference.author` has no role of its own (hl7.org/fhir/R4/documentreference.html), so
that a name without one has no role.
"""

from __future__ import annotations

import re

from pipelines.charts.reading import cited, moment
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact
from pipelines.records.notes import NoteHead

BEGINNING = 400
NOTE_HEADS = """
select d.resource, d.title, d.author, d.status, d.written_utc, d.written_written, d.encounter,
    d.path, d.code_key, k.display, length(d.text), left(d.text, $beginning)
from document d
left join (
    select code_key, any_value(display) as display from code
    where code_key = concat_ws('|', system, code) and display is not null
    group by code_key
) k on k.code_key = d.code_key
where d.patient = $patient
  and d.text is not null
  and (d.status is null or d.status <> 'entered-in-error')
  and (d.written_utc <= $as_of or d.written_utc is null)
qualify row_number() over (
    partition by d.sha256, d.encounter, left(d.written_written, 10)
    order by d.resource not like 'DocumentReference/%', d.resource, d.path) = 1
order by d.written_utc desc nulls last, d.resource, d.path
"""
TEXTS = """
select resource, text from document
where patient = $patient and text is not null and list_contains($resources, resource)
"""
QUALIFICATION = re.compile(r",\s*(?P<role>[A-Z][A-Za-z.]{0,7})(?=,|\s*$)")


def note_heads(chart: Chart) -> tuple[NoteHead, ...]:
    """Every readable note by the as-of, newest first, undated ones last; a double filing once."""
    made = []
    for (
        resource, title, author, status, utc, written, encounter, path, code_key, kind, length,
        beginning,
    ) in chart.rows(NOTE_HEADS, as_of=chart.as_of.instant, beginning=BEGINNING):  # fmt: skip
        when = moment(utc, written)
        named = title or "Untitled note"
        at, quote = cited(resource, path, None)
        made.append(
            NoteHead(
                fact=Fact(resource, "document", named, at, quote, code_key=code_key, when=when,
                          encounter=encounter, status=status),
                title=named,
                kind=kind or named,
                author=author,
                role=role_of(author),
                when=when,
                status=status,
                length=length,
                beginning=beginning,
            )
        )  # fmt: skip
    return tuple(made)


def role_of(author: str | None) -> str | None:
    """The first qualification behind a name; None where there is none."""
    found = QUALIFICATION.search(author or "")
    return found["role"] if found else None


def note_texts(chart: Chart, resources: list[str]) -> dict[str, str]:
    """The texts of these notes of the chart, by resource."""
    return dict(chart.rows(TEXTS, resources=resources))
