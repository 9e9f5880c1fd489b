"""The notes' Haystack store passes Haystack's public conformance classes, base and extended.

The store of the app reads one chart and refuses to write. So that the classes can write what
they read, they run against `MadeChart`: the same store over a chart that is made document by
document in DuckDB. All that reads (counting, filtering, the passages of the one chart) is the
app's own code; only writing and deleting are the test's. `test_reading_is_the_apps_own` holds
that. The asynchronous classes are run by `asyncio.run`, without a plugin.
"""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from haystack import Document
from haystack.document_stores.errors import DuplicateDocumentError
from haystack.document_stores.types import DuplicatePolicy
from haystack.testing import document_store_async as haystack_async
from haystack.testing.document_store import (
    CountDocumentsByFilterTest,
    DocumentStoreBaseExtendedTests,
    create_filterable_docs,
)

from pipelines.answers.passage_store import PassageStore, ReadOnlyStore
from pipelines.records.facts import Passage
from tests.charts.small_store import SmallStore

READS = (
    "count_documents", "filter_documents", "count_documents_by_filter", "count_documents_async",
    "filter_documents_async", "count_documents_by_filter_async",
)  # fmt: skip
ASYNC_CLASSES = (
    haystack_async.CountDocumentsAsyncTest, haystack_async.FilterDocumentsAsyncTest,
    haystack_async.CountDocumentsByFilterAsyncTest, haystack_async.WriteDocumentsAsyncTest,
    haystack_async.DeleteDocumentsAsyncTest, haystack_async.DeleteAllAsyncTest,
    haystack_async.DeleteByFilterAsyncTest, haystack_async.UpdateByFilterAsyncTest,
)  # fmt: skip
# No policy by default: each store says its own; `test_write_documents` below is ours.
NOT_DEFINED = {"test_write_documents", "test_write_documents_async"}


class MadeChart(PassageStore):
    """The app's store over a chart that grows: what is written becomes a note of one passage."""

    def __init__(self) -> None:
        self.small = SmallStore()
        super().__init__(self.small.chart())

    @staticmethod
    def document(passage: Passage) -> Document:
        """The document that was written; a chart has no other place for foreign fields."""
        return Document.from_dict(json.loads(passage.author or "{}"))

    def write_documents(
        self, documents: list[Document], policy: DuplicatePolicy = DuplicatePolicy.NONE
    ) -> int:
        if not isinstance(documents, list) or not all(isinstance(d, Document) for d in documents):
            raise ValueError("documents are wanted")
        written = 0
        for document in documents:
            there = any(d.id == document.id for d in self.filter_documents())
            if there and policy in (DuplicatePolicy.NONE, DuplicatePolicy.FAIL):
                raise DuplicateDocumentError(document.id)
            if there and policy is DuplicatePolicy.SKIP:
                continue
            self.delete_documents([document.id])
            self._put(document)
            written += 1
        return written

    def _put(self, document: Document) -> None:
        text = document.content or ""
        resource = f"DocumentReference/{document.id}"
        self.small.add(
            "document", resource=resource, patient="p1", title="Made", status="current",
            written_at="2026-11-22", path="content", sha256=sha256(text.encode()).hexdigest(),
            text=text, author=json.dumps(document.to_dict()),
        )  # fmt: skip
        self.small.add(
            "passage", resource=resource, patient="p1", number=0, start_offset=0,
            end_offset=len(text), text=text,
        )  # fmt: skip

    def delete_documents(self, document_ids: list[str]) -> None:
        for table in ("passage", "document"):
            for one in document_ids:
                self.small.connection.execute(
                    f"delete from {table} where resource = $r",  # noqa: S608 - fixed names
                    {"r": f"DocumentReference/{one}"},
                )

    def delete_all_documents(self) -> None:
        self.delete_documents([d.id for d in self.filter_documents()])

    def delete_by_filter(self, filters: dict[str, Any]) -> int:
        found = self.filter_documents(filters)
        self.delete_documents([d.id for d in found])
        return len(found)

    def update_by_filter(self, filters: dict[str, Any], meta: dict[str, Any]) -> int:
        found = self.filter_documents(filters)
        for document in found:
            document.meta.update(meta)
        self.write_documents(found, DuplicatePolicy.OVERWRITE)
        return len(found)

    async def write_documents_async(
        self, documents: list[Document], policy: DuplicatePolicy = DuplicatePolicy.NONE
    ) -> int:
        return await asyncio.to_thread(self.write_documents, documents, policy)

    async def delete_documents_async(self, document_ids: list[str]) -> None:
        await asyncio.to_thread(self.delete_documents, document_ids)

    async def delete_all_documents_async(self) -> None:
        await asyncio.to_thread(self.delete_all_documents)

    async def delete_by_filter_async(self, filters: dict[str, Any]) -> int:
        return await asyncio.to_thread(self.delete_by_filter, filters)

    async def update_by_filter_async(self, filters: dict[str, Any], meta: dict[str, Any]) -> int:
        return await asyncio.to_thread(self.update_by_filter, filters, meta)


def order_free(received: list[Document], expected: list[Document]) -> None:
    """A chart hands notes out by date and id, not in the order of writing."""
    assert sorted(received, key=lambda d: d.id) == sorted(expected, key=lambda d: d.id)


class TestConformance(DocumentStoreBaseExtendedTests, CountDocumentsByFilterTest):
    """Haystack's base and extended classes."""

    @pytest.fixture
    def document_store(self) -> MadeChart:
        return MadeChart()

    @staticmethod
    def assert_documents_are_equal(received: list[Document], expected: list[Document]) -> None:
        """Overridden: the order of notes is the chart's."""
        order_free(received, expected)

    def test_write_documents(self, document_store: MadeChart) -> None:
        """Overridden, as Haystack demands: without a policy a double is refused."""
        document = Document(content="test doc")
        assert document_store.write_documents([document]) == 1
        with pytest.raises(DuplicateDocumentError):
            document_store.write_documents([document])


def async_tests() -> list[tuple[type, str]]:
    """Every test of the asynchronous classes that does not leave its body to the store."""
    return [
        (cls, name)
        for cls in ASYNC_CLASSES
        for name in dir(cls)
        if name.startswith("test_") and name not in NOT_DEFINED
    ]


@pytest.mark.parametrize(("cls", "name"), [pytest.param(*one, id=one[1]) for one in async_tests()])
def test_asynchronous_conformance(cls: type, name: str) -> None:
    case = cls()
    case.assert_documents_are_equal = order_free
    test: Callable[..., Any] = getattr(case, name)
    given = {"document_store": MadeChart(), "filterable_docs": create_filterable_docs()}
    wanted = inspect.signature(test).parameters
    asyncio.run(test(**{key: value for key, value in given.items() if key in wanted}))


def test_reading_is_the_apps_own() -> None:
    assert all(getattr(MadeChart, name) is getattr(PassageStore, name) for name in READS)
    assert len(async_tests()) > 20


def test_the_apps_own_store_refuses_every_change_of_either_kind() -> None:
    store = PassageStore(SmallStore().chart())
    with pytest.raises(ReadOnlyStore):
        asyncio.run(store.write_documents_async([Document(content="x")]))
    with pytest.raises(ReadOnlyStore):
        asyncio.run(store.delete_documents_async(["x"]))
