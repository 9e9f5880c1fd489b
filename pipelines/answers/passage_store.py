"""The notes of one chart as a Haystack DocumentStore, read-only, and its retriever.

Promises: a store is bound to one `Chart` when it is made and can see no other patient; it finds
by the BM25 of `charts.passage_groups`, by vectors where the caller has one of the question, by
both through `fuse`, and filters by Haystack's own exact semantics. It refuses to write and to
delete (notes come from loaded files alone), and to be made from a saved dictionary:
a right to read a chart cannot be stored. A document carries the passage's offsets and the digest
of its note, so that a citation needs no second look.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from haystack import Document, component, default_to_dict
from haystack.document_stores.types import DuplicatePolicy
from haystack.errors import FilterError
from haystack.utils.filters import document_matches_filter

from pipelines.answers.fuse import fused
from pipelines.charts import passage_groups, passages, vectors
from pipelines.errors import ChartroomError
from pipelines.records.chart import Chart
from pipelines.records.facts import Passage
from pipelines.records.moments import Moment

MOST_PASSAGES = 20


class ReadOnlyStore(ChartroomError):
    """Something tried to change the notes through the search."""


@dataclass(frozen=True, slots=True)
class QuestionVector:
    """The vector of a question, and the digest of the model that made it."""

    vector: tuple[float, ...]
    digest: str


class PassageStore:
    """Haystack's view of one chart's passages."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart

    def count_documents(self) -> int:
        """How many passages the chart has by its as-of."""
        return len(passages.passages(self._chart))

    def filter_documents(self, filters: dict[str, Any] | None = None) -> list[Document]:
        """The passages that fit `filters`, all of them without any."""
        documents = [self.document(passage) for passage in passages.passages(self._chart)]
        if not filters:
            return documents
        if "operator" not in filters and "conditions" not in filters:
            raise FilterError("a filter needs an operator or conditions")
        return [d for d in documents if document_matches_filter(filters, d)]

    def count_documents_by_filter(self, filters: dict[str, Any]) -> int:
        """How many passages fit `filters`."""
        return len(self.filter_documents(filters))

    async def count_documents_async(self) -> int:
        """`count_documents` without holding up the loop."""
        return await asyncio.to_thread(self.count_documents)

    async def filter_documents_async(self, filters: dict[str, Any] | None = None) -> list[Document]:
        """`filter_documents` without holding up the loop."""
        return await asyncio.to_thread(self.filter_documents, filters)

    async def count_documents_by_filter_async(self, filters: dict[str, Any]) -> int:
        """`count_documents_by_filter` without holding up the loop."""
        return await asyncio.to_thread(self.count_documents_by_filter, filters)

    def search(self, groups: passage_groups.Groups, top_k: int = MOST_PASSAGES) -> list[Document]:
        """The passages that tell of any of the things, best first, each with its score."""
        return [document_of(p) for p in passage_groups.search(self._chart, groups, top_k)]

    def nearest(self, asked: QuestionVector, top_k: int = MOST_PASSAGES) -> list[Document]:
        """The passages nearest in meaning, by exact cosine."""
        found = vectors.nearest(self._chart, asked.vector, asked.digest, top_k)
        return [document_of(p) for p in found]

    @staticmethod
    def document(passage: Passage) -> Document:
        """A passage as this store hands it out."""
        return document_of(passage)

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

    async def write_documents_async(
        self, documents: list[Document], policy: DuplicatePolicy = DuplicatePolicy.NONE
    ) -> int:
        """Refused, as `write_documents`."""
        return self.write_documents(documents, policy)

    async def delete_documents_async(self, document_ids: list[str]) -> None:
        """Refused, as `delete_documents`."""
        self.delete_documents(document_ids)

    def to_dict(self) -> dict[str, Any]:
        """The name of the store alone; the chart it reads is never written down."""
        return default_to_dict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PassageStore:  # noqa: ARG003 - as above
        """Refused: open the chart and make the store with it."""
        raise ReadOnlyStore("A chart's notes can be searched only after the chart was opened.")


def search_notes(
    chart: Chart, groups: passage_groups.Groups, limit: int, asked: QuestionVector | None = None
) -> tuple[Passage, ...]:
    """The search that the pipeline gathers with: the retriever over the chart's own store."""
    given = [list(group) for group in groups]
    found = PassageRetriever().run(chart, given, limit, asked)["documents"]
    return tuple(passage_of(document) for document in found)


@component
class PassageRetriever:
    """Finds passages of the chart that it is given at run time, never of any other."""

    @component.output_types(documents=list[Document])
    def run(
        self,
        chart: Chart,
        groups: list[list[str]],
        top_k: int = MOST_PASSAGES,
        asked: QuestionVector | None = None,
    ) -> dict[str, list[Document]]:
        """The best passages for the things; with a vector, fused with the nearest in meaning."""
        store = PassageStore(chart)
        found = store.search(groups, top_k) if groups else []
        if asked is None:
            return {"documents": found}
        near = [passage_of(d) for d in store.nearest(asked, top_k)]
        both = fused([passage_of(d) for d in found], near)[:top_k]
        return {"documents": [document_of(p) for p in both]}


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
