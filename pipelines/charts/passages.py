"""Search in the notes of one chart: sentences ranked by BM25, in plain SQL.

Words are matched whole, in lower case, with a few English endings taken or added; synonyms are
the asker's work. A sentence that notes copy forward is found once: the newest one, with the
moments of the earlier ones, and a text that is filed twice for one visit counts once. A passage
without a hit never comes back, so that nothing found can be said as nothing found.
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

SEARCH = f"""
with {NOTES_IN_SCOPE}, mine as (
    select t.resource, t.number, t.word, t.tf
    from token t semi join scope s on s.resource = t.resource
    where t.patient = $patient
), size as (
    select resource, number, sum(tf) as n from mine group by all
), stat as (
    select count(*) as docs, avg(n) as mean from size
), asked as (
    select unnest($words) as word
), hits as (
    select mine.* from mine semi join asked on asked.word = mine.word
), freq as (
    select word, count(*) as c from hits group by word
), scored as (
    select resource, number,
        sum(ln(1 + (docs - c + 0.5) / (c + 0.5))
            * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * n / mean))) as score
    from hits join size using (resource, number) join freq using (word), stat
    group by resource, number
), matched as (
    select p.resource, p.number, p.start_offset, s.written_utc, s.written_written,
        scored.score, replace(replace(lower(p.text), chr(10), ' '), '  ', ' ') as said
    from scored
    join passage p using (resource, number)
    join scope s on s.resource = p.resource
    where p.patient = $patient
), newest as (
    select max(score) as score, list(written_written) as all_written,
        arg_max({{'resource': resource, 'number': number}}, {{
            'at': coalesce(written_utc, '-infinity'::timestamp),
            'is_document': resource like 'DocumentReference/%',
            'resource': resource,
            'offset': -start_offset}}) as place
    from matched
    group by said
), best as (
    select n.score, n.all_written, m.resource, m.number, m.written_utc
    from newest n
    join matched m on m.resource = n.place.resource and m.number = n.place.number
    order by n.score desc, m.written_utc desc nulls last, m.resource, m.number
    limit $limit
)
select p.resource, p.number, p.heading, s.title, s.author, s.written_utc, s.written_written,
    p.start_offset, p.end_offset, p.text, s.sha256, s.path, b.score, b.all_written
from best b
join passage p using (resource, number)
join scope s on s.resource = p.resource
where p.patient = $patient
order by b.score desc, s.written_utc desc nulls last, p.resource, p.number
"""  # noqa: S608  # made of our own SQL


def search(chart: Chart, words: Sequence[str], limit: int = 20) -> tuple[Passage, ...]:
    """The passages that hold any of the words, best first; empty where none does."""
    asked = variants(words)
    if not asked or limit < 1:
        return ()
    found = chart.rows(SEARCH, as_of=chart.as_of.instant, words=asked, limit=limit)
    return tuple(passage_of(row) for row in found)


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
