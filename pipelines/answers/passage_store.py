"""The notes of one chart as a Haystack DocumentStore, read-only, and its retriever.

Promises: a store is bound to one `Chart` when it is made and can see no other patient; it finds
by the BM25 of `charts.passages` and filters by Haystack's own exact semantics. It refuses to
write and to delete (notes come from loaded files alone), and to be made from a saved dictionary:
a right to read a chart cannot be stored. A document carries the passage's offsets and the digest
of its note, so that a citation needs no second look.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from haystack import Document, component, default_to_dict
from haystack.document_stores.types import DuplicatePolicy
from haystack.errors import FilterError
from haystack.utils.filters import document_matches_filter

from pipelines.charts import passages
from pipelines.errors import ChartroomError
from pipelines.records.chart import Chart
from pipelines.records.facts import Passage
from pipelines.records.moments import Moment

MOST_PASSAGES = 20


class ReadOnlyStore(ChartroomError):
    """Something tried to change the notes through the search."""


class PassageStore:
    """Haystack's view of one chart's passages."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart

    def count_documents(self) -> int:
        """How many passages the chart has by its as-of."""
        return len(passages.passages(self._chart))

    def filter_documents(self, filters: dict[str, Any] | None = None) -> list[Document]:
        """The passages that fit `filters`, all of them without any."""
        documents = [document_of(passage) for passage in passages.passages(self._chart)]
        if not filters:
            return documents
        if "operator" not in filters and "conditions" not in filters:
            raise FilterError("a filter needs an operator or conditions")
        return [d for d in documents if document_matches_filter(filters, d)]

    def search(self, words: Sequence[str], top_k: int = MOST_PASSAGES) -> list[Document]:
        """The passages that hold any of the words, best first, each with its score."""
        return [document_of(p) for p in passages.search(self._chart, words, top_k)]

    def write_documents(
        self,
        documents: list[Document],  # noqa: ARG002 - Haystack's protocol
        policy: DuplicatePolicy = DuplicatePolicy.NONE,  # noqa: ARG002 - Haystack's protocol
    ) -> int:
        """Refused: notes come from loaded files."""
        raise ReadOnlyStore("Notes come from loaded files and cannot be written here.")

    def delete_documents(self, document_ids: list[str]) -> None:  # noqa: ARG002 - as above
        """Refused: notes leave with their chart."""
        raise ReadOnlyStore("Notes leave with their chart and cannot be deleted here.")

    def to_dict(self) -> dict[str, Any]:
        """The name of the store alone; the chart it reads is never written down."""
        return default_to_dict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PassageStore:  # noqa: ARG003 - as above
        """Refused: open the chart and make the store with it."""
        raise ReadOnlyStore("A chart's notes can be searched only after the chart was opened.")


def search_notes(chart: Chart, words: Sequence[str], limit: int) -> tuple[Passage, ...]:
    """The search that the pipeline gathers with: the retriever over the chart's own store."""
    found = PassageRetriever().run(chart, list(words), limit)["documents"]
    return tuple(passage_of(document) for document in found)


@component
class PassageRetriever:
    """Finds passages of the chart that it is given at run time, never of any other."""

    @component.output_types(documents=list[Document])
    def run(
        self, chart: Chart, words: list[str], top_k: int = MOST_PASSAGES
    ) -> dict[str, list[Document]]:
        """The best passages for the words; none for no words."""
        return {"documents": PassageStore(chart).search(words, top_k) if words else []}


def document_of(passage: Passage) -> Document:
    """A passage as Haystack's document; its id is the passage's."""
    when = passage.when
    return Document(
        id=passage.passage_id,
        content=passage.text,
        score=passage.score,
        meta={
            "resource": passage.resource,
            "heading": passage.heading,
            "title": passage.title,
            "author": passage.author,
            "date": when.written if when is not None else None,
            "instant": when.instant.isoformat() if when is not None else None,
            "earlier": list(passage.earlier),
            "start": passage.start,
            "end": passage.end,
            "note_sha256": passage.note_sha256,
            "path": passage.path,
        },
    )


def passage_of(document: Document) -> Passage:
    """The passage that `document_of` made a document of."""
    meta = document.meta
    when = meta["date"] and Moment(datetime.fromisoformat(meta["instant"]), meta["date"])
    return Passage(
        passage_id=document.id,
        resource=meta["resource"],
        heading=meta["heading"],
        title=meta["title"],
        author=meta["author"],
        when=when or None,
        start=meta["start"],
        end=meta["end"],
        text=document.content or "",
        note_sha256=meta["note_sha256"],
        path=meta["path"],
        score=document.score or 0.0,
        earlier=tuple(meta["earlier"]),
    )
