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
from pipelines.charts.passages import NOTES_IN_SCOPE, passage_of
from pipelines.records.chart import Chart
from pipelines.records.facts import Passage

if TYPE_CHECKING:
    from pipelines.charts.store import ChartStore

COLUMNS = [
    ("resource", "VARCHAR"), ("patient", "VARCHAR"), ("number", "INTEGER"),
    ("model", "VARCHAR"), ("model_digest", "VARCHAR"), ("vector", "FLOAT[]"),
]  # fmt: skip
WITHOUT = """
select p.resource, p.patient, p.number, p.text
from passage p
anti join (select resource, number from passage_vector where model_digest = $digest) v
    on v.resource = p.resource and v.number = p.number
limit $most
"""
COUNT_WITHOUT = """
select count(*)
from passage p
anti join (
    select resource, number from passage_vector
    where model_digest = $digest or ($digest is null and model = $model)
) v on v.resource = p.resource and v.number = p.number
"""
EARLIER_OUT = """
delete from passage_vector where (resource, number) in (select resource, number from batch)
"""
IN = """
insert into passage_vector (resource, patient, number, model, model_digest, vector)
select resource, patient, number, model, model_digest, vector from batch
"""
GONE = """
select count(*) from passage_vector v
anti join passage p on p.resource = v.resource and p.number = v.number
"""
GONE_OUT = """
delete from passage_vector
where (resource, number) not in (select resource, number from passage)
"""
NEAREST = f"""
with {NOTES_IN_SCOPE}, compared as (
    select resource, number,
        case when len(vector) = len($vector::float[])
            then list_cosine_similarity(vector, $vector::float[]) end as score
    from passage_vector
    where patient = $patient and model_digest = $digest
)
select p.resource, p.number, p.heading, s.title, s.author, s.written_utc, s.written_written,
    p.start_offset, p.end_offset, p.text, s.sha256, s.path, c.score, []
from compared c
join passage p using (resource, number)
join scope s on s.resource = p.resource
where p.patient = $patient and isfinite(c.score)
order by c.score desc, s.written_utc desc nulls last, p.resource, p.number
limit $most
"""  # noqa: S608  # made of our own SQL


HAS_ANY = """
select count(*) from (
    select 1 from passage_vector where patient = $patient and model_digest = $digest limit 1
)
"""


class Unembedded(NamedTuple):
    """A passage that has no vector of a model yet."""

    resource: str
    patient: str | None
    number: int
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
    rows = [(one.resource, one.patient, one.number, model, digest, vector) for one, vector in made]
    if rows:
        with store.writer() as cursor, registered(cursor, "batch", arrow(COLUMNS, rows)):
            cursor.execute(EARLIER_OUT)
            cursor.execute(IN)


def forget_gone(store: ChartStore) -> None:
    """Delete the vectors of passages that are not there any more."""
    if store.rows(GONE, {})[0][0]:
        with store.writer() as cursor:
            cursor.execute(GONE_OUT)


def has_any(chart: Chart, digest: str) -> bool:
    """Whether any passage of this chart has a vector of this model."""
    return bool(chart.rows(HAS_ANY, digest=digest)[0][0])


def nearest(chart: Chart, vector: Sequence[float], digest: str, most: int = 20) -> list[Passage]:
    """The passages of this chart whose vectors of this model are nearest by cosine, best first.

    A vector of another length than the one asked with is passed over; notes entered in error,
    written after the as-of or filed twice do not come.
    """
    found = chart.rows(
        NEAREST, as_of=chart.as_of.instant, vector=list(vector), digest=digest, most=most
    )
    return [passage_of(row) for row in found]
