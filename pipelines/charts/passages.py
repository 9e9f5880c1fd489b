"""The sentences of one chart's notes: all of them, their scope, and what a search needs of words.

A text that is filed twice for one visit counts once. Words are matched whole, in lower case, with
a few English endings taken or added; `passage_groups` ranks, synonyms are the asker's work.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from pipelines.charts.reading import moment
from pipelines.records.chart import Chart
from pipelines.records.facts import Passage

ENDINGS = ("s", "es", "ed", "ing")
SHORTEST_STEM = 4
MOST_WORDS = 64

PASSAGES = """
select p.resource, p.number, p.heading, d.title, d.author, d.written_utc, d.written_written,
    p.start_offset, p.end_offset, p.text, d.sha256, d.path, 0.0, []
from passage p
join document d on d.resource = p.resource and d.patient = p.patient
where p.patient = $patient
  and (d.status is null or d.status <> 'entered-in-error')
  and (d.written_utc <= $as_of or d.written_utc is null)
  and (p.resource in (select unnest($resources)) or ($every_note and (
    d.same_as is null or d.same_as not in (
        select o.resource from document o
        where o.patient = $patient and (o.written_utc <= $as_of or o.written_utc is null)))))
order by d.written_utc nulls first, p.resource, p.start_offset
"""

# The notes of a chart that a search may find: as of then, not erroneous, a text filed twice once.
NOTES_IN_SCOPE = """
scope as (
    select resource, title, author, written_utc, written_written, sha256, path
    from document
    where patient = $patient
      and (status is null or status <> 'entered-in-error')
      and (written_utc <= $as_of or written_utc is null)
      and (same_as is null or same_as not in (
        select o.resource from document o
        where o.patient = $patient and (o.written_utc <= $as_of or o.written_utc is null)))
)
"""


def passages(chart: Chart, resources: Collection[str] | None = None) -> tuple[Passage, ...]:
    """Every passage of every note (or of the notes named), oldest first, repeated ones included.

    Only a text that is filed twice for one visit comes once, unless both are named.
    """
    found = chart.rows(
        PASSAGES,
        as_of=chart.as_of.instant,
        every_note=resources is None,
        resources=list(resources or ()),
    )
    return tuple(passage_of(row) for row in found)


def variants(words: Sequence[str]) -> list[str]:
    """The words in lower case, each with its few endings off and on, without repeats."""
    forms: dict[str, None] = {}
    for word in words[:MOST_WORDS]:
        lowered = word.lower()
        stems = [lowered] + [
            lowered[: -len(ending)]
            for ending in ENDINGS
            if lowered.endswith(ending) and len(lowered) - len(ending) >= SHORTEST_STEM
        ]
        for stem in stems:
            forms[stem] = None
            if stem.isalpha() and len(stem) >= SHORTEST_STEM:
                forms.update((stem + ending, None) for ending in ENDINGS)
    return list(forms)


def passage_of(row: tuple[Any, ...]) -> Passage:
    """A row of one of the searches, in the order of their columns, as a passage."""
    (
        resource, number, heading, title, author, written, written_as, start, end, text,
        sha256, path, score, all_written,
    ) = row  # fmt: skip
    earlier = sorted({other for other in all_written if other is not None} - {written_as})
    return Passage(
        passage_id=f"{resource}#{number}",
        resource=resource,
        heading=heading,
        title=title or "Untitled note",
        author=author,
        when=moment(written, written_as),
        start=start,
        end=end,
        text=text,
        note_sha256=sha256,
        path=path,
        score=float(score),
        earlier=tuple(earlier),
    )
