"""Charts and single resources by search: pages to the end, `Patient/$everything`, or type by type.

A server without `$everything` is asked for each type of the patient compartment. What a chart
names without owning it (who wrote, where, which drug, the file of a note) is read afterwards.
From a time on, all patients together are asked type by type for what changed; deletions are not
told by a search (a bulk export tells them). Each step that is complete is never done twice.
"""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

import msgspec

from pipelines.errors import ChartroomError
from pipelines.fetch.client import FetchFailed, FhirClient
from pipelines.fetch.folder import Folder
from pipelines.fetch.page import Page, page, resource
from pipelines.fetch.plan import Plan
from pipelines.fetch.server import Server

COUNT = 200
MOST_PAGES = 100_000
IDS_AT_ONCE = 40
# A followed resource may refer on (role → organization → parent): so many times at most.
MOST_ROUNDS = 6
ENDLESS = "The FHIR server's pages lead back to themselves; nothing more was fetched."
NO_PATIENT = "The FHIR server has no patient of one of the given ids; the id may be misspelt."
# What a server says that does not know an operation, a type or a parameter.
CANNOT = (400, 403, 404, 405, 410, 422, 501)


@dataclass(frozen=True, slots=True)
class Compartment:
    """Which types make a chart, by which parameter, and which are read where they are named."""

    search: dict[str, str]
    follow: tuple[str, ...]


@lru_cache(maxsize=1)
def compartment() -> Compartment:
    """The table `compartment.toml`."""
    text = Path(__file__).with_name("compartment.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return Compartment(dict(table["search"]), tuple(table["follow"]["types"]))


class Search:
    """One fetch by search, from its first step to its last."""

    def __init__(
        self,
        client: FhirClient,
        folder: Folder,
        plan: Plan,
        server: Server,
        tell: Callable[[str], None],
    ) -> None:
        self.client = client
        self.folder = folder
        self.plan = plan
        self.server = server
        self.tell = tell
        self.everything = server.has_everything

    def run(self) -> None:
        """Every step of the plan that is not done yet."""
        plan = self.plan
        if plan.kind == "search":
            since = {"_lastUpdated": f"ge{plan.since}"} if plan.since else {}
            self._step("search", lambda: self._pages(plan.search_type, plan.query, since))
            return
        if plan.everyone and plan.since:
            # A Binary is read where a chart names it: bulk exports leave others on some servers.
            follow = (kind for kind in compartment().follow if kind != "Binary")
            for kind in self._kinds(("Patient", *compartment().search, *follow)):
                self._step(f"changed {kind}", partial(self._changed, kind))
        else:
            self._list_patients()
            for number, ident in enumerate(self.folder.state.patients, 1):
                self.tell(f"chart {number} of {len(self.folder.state.patients)}")
                self._step(f"chart {ident}", partial(self._chart, ident))
        self._follow()

    def _step(self, name: str, work: Callable[[], None]) -> None:
        if not self.folder.done(name):
            work()
            self.folder.finish_step(name)

    def _list_patients(self) -> None:
        if self.plan.patients:
            self.folder.state.patients = list(self.plan.patients)
            return

        def work() -> None:
            found = self._all_patients(self.plan.query)
            self.folder.state.patients = list(dict.fromkeys(found))

        self._step("patients", work)

    def _all_patients(self, query: str) -> list[str]:
        self.tell("list of patients")
        found: list[str] = []
        for one in self._each_page(_url("Patient", query, {"_count": str(COUNT)})):
            found += [item.ident for item in one.resources if item.kind == "Patient"]
            self._keep(one)
        return found

    def _chart(self, ident: str) -> None:
        if self.everything and self._by_everything(ident):
            return
        if not self._by_types(ident):
            self.folder.problem(NO_PATIENT)

    def _by_everything(self, ident: str) -> bool:
        """False where the server cannot; from then on it is asked type by type."""
        more = {"_count": str(COUNT)}
        if self.plan.types:
            more["_type"] = ",".join(self.plan.types)
        if self.plan.since:
            more["_since"] = self.plan.since
        before = len(self.folder.seen)
        try:
            for one in self._each_page(_url(f"Patient/{ident}/$everything", "", more)):
                self._keep(one)
        except FetchFailed as error:
            if error.status not in CANNOT or len(self.folder.seen) > before:
                raise
            if self._knows(ident):
                self.everything = False
            return False
        return True

    def _knows(self, ident: str) -> bool:
        try:
            self.client.get_json(f"Patient/{ident}")
        except FetchFailed as error:
            if error.status in CANNOT:
                return False
            raise
        return True

    def _by_types(self, ident: str) -> bool:
        """The chart type by type; False where there is no such patient."""
        try:
            self._keep(Page((resource(self.client.get_json(f"Patient/{ident}").body),), None))
        except FetchFailed as error:
            if error.status in CANNOT:
                return False
            raise
        since = {"_lastUpdated": f"ge{self.plan.since}"} if self.plan.since else {}
        for kind in self._kinds(compartment().search):
            self._of_patient(kind, ident, since)
        return True

    def _of_patient(self, kind: str, ident: str, more: dict[str, str]) -> None:
        try:
            self._pages(kind, "", {compartment().search[kind]: ident, **more})
        except FetchFailed as error:
            # A server that told its types is believed; one that did not may well lack this one.
            if error.status not in CANNOT:
                raise
            if self.server.kinds or error.status == 403:
                self._unread(kind, error)

    def _changed(self, kind: str) -> None:
        """What of one type changed, of all patients at once, or patient by patient."""
        self.tell(f"changes of {kind}")
        more = {"_lastUpdated": f"ge{self.plan.since}"}
        try:
            self._pages(kind, "", more)
        except FetchFailed as error:
            if error.status not in CANNOT:
                raise
            if kind not in compartment().search:
                # Followed types come by reference; a server need not let them be searched.
                return
            if not self.folder.state.patients:
                self.folder.state.patients = self._all_patients("")
            for ident in self.folder.state.patients:
                self._of_patient(kind, ident, more)

    def _follow(self) -> None:
        """Read what the charts refer to and did not bring, round by round."""
        tried: set[tuple[str, str]] = set()
        for _ in range(MOST_ROUNDS):
            missing = self.folder.missing(self._kinds(compartment().follow))
            found = {
                kind: [ident for ident in idents if (kind, ident) not in tried]
                for kind, idents in missing.items()
            }
            if not any(found.values()):
                break
            for kind, idents in found.items():
                self.tell(f"{kind} that the charts name")
                tried.update((kind, ident) for ident in idents)
                self._read(kind, idents)
        self.folder.save()

    def _read(self, kind: str, idents: list[str]) -> None:
        try:
            if kind == "Binary":
                for ident in idents:
                    self._read_binary(ident)
                return
            for start in range(0, len(idents), IDS_AT_ONCE):
                some = ",".join(idents[start : start + IDS_AT_ONCE])
                self._pages(kind, "", {"_id": some})
        except FetchFailed as error:
            if error.status not in CANNOT:
                raise
            self._unread(kind, error)

    def _read_binary(self, ident: str) -> None:
        """A Binary as a resource, also where the server hands out the bytes themselves."""
        reply = self.client.ask("GET", f"Binary/{ident}", headers={"Accept": FHIR_ONLY})
        kind = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        body = reply.body
        if kind not in ("application/fhir+json", "application/json"):
            data = base64.b64encode(body).decode()
            wrapped = {"resourceType": "Binary", "id": ident, "contentType": kind, "data": data}
            body = msgspec.json.encode(wrapped)
        self._keep(Page((resource(body),), None))

    def _unread(self, kind: str, error: FetchFailed) -> None:
        self.folder.problem(f"{kind} could not be read (status {error.status}).")

    def _kinds(self, names: Iterable[str]) -> tuple[str, ...]:
        """Of these types, those that are wanted and that the server says it has."""
        types, has = self.plan.types, self.server.kinds
        return tuple(
            name for name in names if (not types or name in types) and (not has or name in has)
        )

    def _pages(self, kind: str, query: str, more: dict[str, str]) -> None:
        for one in self._each_page(_url(kind, query, {**more, "_count": str(COUNT)})):
            self._keep(one)

    def _each_page(self, url: str) -> Iterable[Page]:
        asked: set[str] = set()
        following: str | None = url
        while following is not None:
            if following in asked or len(asked) >= MOST_PAGES:
                raise ChartroomError(ENDLESS)
            asked.add(following)
            one = page(self.client.get_json(following).body)
            yield one
            following = one.next_url

    def _keep(self, one: Page) -> None:
        for item in one.resources:
            self.folder.add(item, self.plan.base)
        self.tell("")


FHIR_ONLY = "application/fhir+json"


def _url(path: str, query: str, more: dict[str, str]) -> str:
    """A search's address; a `+` in an expression is a time's offset, not a blank."""
    pairs = parse_qsl(query.replace("+", "%2B"), keep_blank_values=True)
    named = {name for name, _ in pairs}
    pairs += [(name, value) for name, value in more.items() if name not in named]
    return f"{quote(path, safe='/$')}?{urlencode(pairs, safe=':|,/$')}"
