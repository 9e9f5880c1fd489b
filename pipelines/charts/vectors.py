"""The dense vectors of passages: which are missing, how they are kept, which lie nearest.

A vector belongs to a passage and a model, known by its digest; another model's vectors are
never compared. A note that changes or goes takes its vectors with it, so a passage with a vector
has the words that the vector was made of. `nearest` is exact: it compares with every vector of
the one chart, none of another's. Nothing here asks a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipelines.charts.columns import arrow, registered
from pipelines.charts.passages import passage_of
from pipelines.records.chart import Chart
from pipelines.records.facts import Passage

if TYPE_CHECKING:
    from pipelines.charts.store import ChartStore

COLUMNS = [
    ("resource", "VARCHAR"), ("patient", "VARCHAR"), ("passage_id", "VARCHAR"),
    ("model", "VARCHAR"), ("model_digest", "VARCHAR"), ("vector", "FLOAT[]"),
]  # fmt: skip
WITHOUT = """
select p.passage_id, p.resource, p.patient, p.text
from passage p
anti join (select passage_id from passage_vector where model_digest = $digest) v
    on v.passage_id = p.passage_id
limit $most
"""
COUNT_WITHOUT = """
select count(*)
from passage p
anti join (
    select passage_id from passage_vector
    where model_digest = $digest or ($digest is null and model = $model)
) v on v.passage_id = p.passage_id
"""
EARLIER_OUT = """
delete from passage_vector where passage_id in (select passage_id from batch)
"""
IN = """
insert into passage_vector (resource, patient, passage_id, model, model_digest, vector)
select resource, patient, passage_id, model, model_digest, vector from batch
"""
GONE = """
select count(*) from passage_vector where passage_id not in (select passage_id from passage)
"""
GONE_OUT = """
delete from passage_vector where passage_id not in (select passage_id from passage)
"""
NEAREST = """
with scope as (
    select resource, title, author, written_utc, written_written, sha256, path
    from document
    where patient = $patient
      and (status is null or status <> 'entered-in-error')
      and (written_utc <= $as_of or written_utc is null)
      and (same_as is null or same_as not in (
        select o.resource from document o
        where o.patient = $patient and (o.written_utc <= $as_of or o.written_utc is null)))
), compared as (
    select passage_id,
        case when len(vector) = len($vector::float[])
            then list_cosine_similarity(vector, $vector::float[]) end as score
    from passage_vector
    where patient = $patient and model_digest = $digest
)
select p.passage_id, p.resource, p.heading, s.title, s.author, s.written_utc, s.written_written,
    p.start_offset, p.end_offset, p.text, s.sha256, s.path, c.score, []
from compared c
join passage p using (passage_id)
join scope s on s.resource = p.resource
where p.patient = $patient and isfinite(c.score)
order by c.score desc, s.written_utc desc nulls last, p.passage_id
limit $most
"""


class Unembedded(NamedTuple):
    """A passage that has no vector of a model yet."""

    passage_id: str
    resource: str
    patient: str | None
    text: str


def passages_without(store: ChartStore, digest: str, most: int) -> list[Unembedded]:
    """Up to `most` current passages, of all charts, that have no vector of this model."""
    return [Unembedded(*row) for row in store.rows(WITHOUT, {"digest": digest, "most": most})]


def count_without(store: ChartStore, model: str, digest: str | None = None) -> int:
    """How many passages have no vector of this model; known by its name where no digest is."""
    return int(store.rows(COUNT_WITHOUT, {"model": model, "digest": digest})[0][0])


def put(
    store: ChartStore,
    model: str,
    digest: str,
    made: Sequence[tuple[Unembedded, Sequence[float]]],
) -> None:
    """Keep vectors in one transaction; those that the passages had of other models go."""
    rows = [
        (one.resource, one.patient, one.passage_id, model, digest, vector) for one, vector in made
    ]
    if rows:
        with store.writer() as cursor, registered(cursor, "batch", arrow(COLUMNS, rows)):
            cursor.execute(EARLIER_OUT)
            cursor.execute(IN)


def forget_gone(store: ChartStore) -> None:
    """Delete the vectors of passages that are not there any more."""
    if store.rows(GONE, {})[0][0]:
        with store.writer() as cursor:
            cursor.execute(GONE_OUT)


def nearest(chart: Chart, vector: Sequence[float], digest: str, most: int = 20) -> list[Passage]:
    """The passages of this chart whose vectors of this model are nearest by cosine, best first.

    A vector of another length than the one asked with is passed over; notes entered in error,
    written after the as-of or filed twice do not come.
    """
    found = chart.rows(
        NEAREST, as_of=chart.as_of.instant, vector=list(vector), digest=digest, most=most
    )
    return [passage_of(row) for row in found]
