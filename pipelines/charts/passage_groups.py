"""BM25 over things: each thing asked for is one term, whatever a note calls it.

A group holds the words and phrases for one thing. Its alternatives count together, as one term
of the query with one document frequency, so that a rare synonym is not worth more than the word
that was said, and a thing with ten names is not worth ten things. The first alternative is what
was said and counts whole, the others by `SYNONYM_WEIGHT`. A phrase counts only where the passage
has all its words. Headings count as words of their passages, at less than the words themselves.
A sentence that notes copy forward is found once: the newest one, with the moments of the
earlier ones. A passage without a hit never comes back, so that nothing found can be said so.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.charts.passage_split import WORD
from pipelines.charts.passages import NOTES_IN_SCOPE, passage_of, variants
from pipelines.records.chart import Chart
from pipelines.records.facts import Passage

SYNONYM_WEIGHT = 0.7
HEADING_WEIGHT = 0.5
MOST_GROUPS = 24
MOST_PHRASES = 60
Groups = Sequence[Sequence[str]]

GROUPED = f"""
with {NOTES_IN_SCOPE}, mine as (
    select t.resource, t.number, t.word, t.tf::double as tf
    from token t semi join scope s on s.resource = t.resource
    where t.patient = $patient
), size as (
    select resource, number, sum(tf) as n from mine group by all
), stat as (
    select count(*) as docs, avg(n) as mean from size
), asked as (
    select unnest($things) as thing, unnest($phrases) as phrase, unnest($slots) as slot,
        unnest($lengths) as length, unnest($weights) as weight, unnest($words) as word
), headed as (
    select p.resource, p.number,
        unnest(list_distinct(regexp_extract_all(lower(p.heading), '[a-z0-9]+'))) as word,
        {HEADING_WEIGHT}::double as tf
    from passage p semi join scope s on s.resource = p.resource
    where p.patient = $patient and p.heading is not null
), found as (
    select m.resource, m.number, a.thing, a.phrase, a.slot, a.length, a.weight, max(m.tf) as tf
    from (select * from mine union all select resource, number, word, tf from headed) m
    join asked a on a.word = m.word
    group by all
), phrased as (
    select resource, number, thing, phrase, weight * min(tf) as tf
    from found
    group by resource, number, thing, phrase, length, weight
    having count(*) = length
), hits as (
    select resource, number, thing, least(sum(tf), 2 * max(tf)) as tf
    from phrased group by all
), freq as (
    select thing, count(*) as c from hits group by thing
), scored as (
    select resource, number,
        sum(ln(1 + (docs - c + 0.5) / (c + 0.5))
            * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * n / mean))) as score
    from hits join size using (resource, number) join freq using (thing), stat
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


def search(chart: Chart, groups: Groups, limit: int = 20) -> tuple[Passage, ...]:
    """The passages that tell of any of the things, best first; empty where none does."""
    rows = _rows(groups)
    if not rows or limit < 1:
        return ()
    things, phrases, slots, lengths, weights, words = map(list, zip(*rows, strict=True))
    found = chart.rows(
        GROUPED, as_of=chart.as_of.instant, limit=limit, things=things, phrases=phrases,
        slots=slots, lengths=lengths, weights=weights, words=words,
    )  # fmt: skip
    return tuple(passage_of(row) for row in found)


def _rows(groups: Groups) -> list[tuple[int, int, int, int, float, str]]:
    """A row for each way to write each word of each phrase of each thing."""
    rows = []
    for thing, group in enumerate(groups[:MOST_GROUPS]):
        for number, phrase in enumerate(list(dict.fromkeys(group))[:MOST_PHRASES]):
            parts = [part for part in _parts(phrase) if part]
            weight = SYNONYM_WEIGHT if number else 1.0
            for slot, part in enumerate(parts):
                rows += [
                    (thing, number, slot, len(parts), weight, word) for word in variants([part])
                ]
    return rows


def _parts(phrase: str) -> list[str]:
    return WORD.findall(phrase.lower())
