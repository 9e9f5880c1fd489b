"""A bulk export: kick-off, polling, the manifest, its files, and the end of the job.

https://hl7.org/fhir/uv/bulkdata/export.html. The job's address and each file's state are kept
before they are needed, so that after a break the same job goes on; a job that the server forgot
is begun once more. Files of deletions end in `deleted.ndjson`; what the server reports as errors
is kept beside as text and counted, never loaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import msgspec

from pipelines.errors import ChartroomError
from pipelines.fetch.client import FHIR_JSON, FetchFailed, FhirClient, Reply
from pipelines.fetch.download import download
from pipelines.fetch.folder import FileOfJob, Folder, lines
from pipelines.fetch.page import kind_of
from pipelines.fetch.plan import Plan

NO_JOB = "The FHIR server began no export: it gave no address to ask for its state."
NO_MANIFEST = "The FHIR server's list of exported files cannot be read."
FORGOTTEN = "The FHIR server no longer knows the export; run the fetch again."
GONE = (404, 410)
_KIND = re.compile(r"[A-Z][A-Za-z]{1,60}")
_SIGNED = re.compile(r"(?i)sig|token|expire|date|credential")
_CODE = re.compile(r"[a-z-]{1,40}")


class _Item(msgspec.Struct):
    url: str = ""
    type: str = ""


class Manifest(msgspec.Struct):
    """What the server says it exported."""

    transactionTime: str = ""
    requiresAccessToken: bool = False
    output: list[_Item] = []
    deleted: list[_Item] = []
    error: list[_Item] = []


class _Issue(msgspec.Struct):
    severity: str = ""
    code: str = ""


class _Outcome(msgspec.Struct):
    issue: list[_Issue] = []


class _Bundle(msgspec.Struct):
    entry: list[msgspec.Raw] = []


class Bulk:
    """One export, from its kick-off to its end."""

    def __init__(
        self, client: FhirClient, folder: Folder, plan: Plan, tell: Callable[[str], None]
    ) -> None:
        self.client = client
        self.folder = folder
        self.plan = plan
        self.tell = tell
        self.with_token = False

    def run(self) -> None:
        """Begin or go on, fetch every file, end the job."""
        manifest = self._manifest()
        self.with_token = manifest.requiresAccessToken
        self.folder.state.as_of = manifest.transactionTime
        self._name_files(manifest)
        files = self.folder.state.files
        for number, file in enumerate(files, 1):
            if not file.complete:
                self.tell(f"file {number} of {len(files)}")
                download(self.client, self.folder, file, with_token=self.with_token)
        for file in files:
            self._count(file)
        self._end()

    def _manifest(self) -> Manifest:
        for attempt in (1, 2):
            if not self.folder.state.job:
                self.folder.state.job = self._kick_off()
                self.folder.save()
            try:
                return _read(self._wait())
            except FetchFailed as error:
                if error.status not in GONE or attempt == 2:
                    raise
                # The job ended while nobody asked; files of it that are here are of no use.
                self.folder.begin_again()
        raise FetchFailed(FORGOTTEN)

    def _kick_off(self) -> str:
        self.tell("asking for an export")
        asked = {"_type": ",".join(self.plan.types), "_since": _instant(self.plan.since)}
        query = urlencode({name: value for name, value in asked.items() if value}, safe=",:")
        parts = "&".join(part for part in (self.plan.query, query) if part)
        path = f"{self.plan.level}$export" + (f"?{parts}" if parts else "")
        reply = self.client.ask("GET", path, headers={"Prefer": "respond-async"})
        where = reply.headers.get("Content-Location")
        if reply.status != 202 or not where:
            raise FetchFailed(NO_JOB)
        job: str = urljoin(self.client.url(path), where)
        self.client.door.check(job)
        return job

    def _wait(self) -> Reply:
        """Ask for the state of the job, no oftener than the server likes, until it is done."""
        asked = 0
        while True:
            reply = self.client.ask(
                "GET", self.folder.state.job, headers={"Accept": "application/json"}
            )
            if reply.status != 202:
                return reply
            asked += 1
            self.tell("waiting for the export")
            wait_s = reply.retry_after_s
            self.client.pace.wait(self.client.pace.backoff(asked) if wait_s is None else wait_s)

    def _name_files(self, manifest: Manifest) -> None:
        """A name of our own for each file; those that were begun keep theirs."""
        begun = {_place(file.url): file for file in self.folder.state.files}
        used = {file.name for file in self.folder.state.files}
        named: list[FileOfJob] = []
        for use, items in (
            ("output", manifest.output),
            ("deleted", manifest.deleted),
            ("error", manifest.error),
        ):
            for item in items:
                kind = item.type if _KIND.fullmatch(item.type) else "Resource"
                url = urljoin(self.folder.state.job, item.url)
                file = begun.get(_place(url)) or FileOfJob(_free(use, kind, used), url, kind, use)
                used.add(file.name)
                file.url = url
                named.append(file)
        self.folder.state.files = named
        self.folder.save()

    def _count(self, file: FileOfJob) -> None:
        """What one file brought: resources, deletions, or errors by their code."""
        path = self.folder.path / file.name
        if not path.exists():
            return
        if file.use == "error":
            self._report(file)
            return
        for line in lines(path):
            if file.use == "deleted":
                self.folder.deleted += len(_entries(line))
            else:
                self.folder.by_type[kind_of(line)] += 1

    def _report(self, file: FileOfJob) -> None:
        codes: set[str] = set()
        errors = 0
        for line in lines(self.folder.path / file.name):
            try:
                issues = msgspec.json.decode(line, type=_Outcome).issue
            except (ValueError, RecursionError):
                issues = [_Issue("error", "unreadable")]
            bad = [item for item in issues if item.severity in ("fatal", "error")]
            errors += len(bad)
            codes.update(item.code for item in bad if _CODE.fullmatch(item.code))
        if errors:
            named = ", ".join(sorted(codes)[:5])
            self.folder.problem(f"The FHIR server reports {errors} errors of its export ({named}).")

    def _end(self) -> None:
        """Let the server forget the job; one that does not know it has done so already."""
        try:
            self.client.ask("DELETE", self.folder.state.job, headers={"Accept": FHIR_JSON})
        except ChartroomError:
            self.tell("the server keeps the export")


_ENDING = {
    "output": "{kind}.{number:04}.ndjson",
    "deleted": "{kind}.{number:04}.deleted.ndjson",
    "error": "{kind}.{number:04}.errors.txt",
}


def _place(url: str) -> str:
    """A file's address without what a server signs anew at each answer."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if not _SIGNED.search(name)]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))


def _free(use: str, kind: str, used: set[str]) -> str:
    return next(
        name
        for number in count(1)
        if (name := _ENDING[use].format(kind=kind, number=number)) not in used
    )


def _read(reply: Reply) -> Manifest:
    try:
        return msgspec.json.decode(reply.body, type=Manifest)
    except (ValueError, RecursionError) as error:
        raise FetchFailed(NO_MANIFEST) from error


def _entries(line: bytes) -> list[msgspec.Raw]:
    """The deletions of one Bundle line."""
    try:
        return msgspec.json.decode(line, type=_Bundle).entry
    except (ValueError, RecursionError):
        return []


def _instant(since: str | None) -> str:
    """`_since` must be an instant; a day means its beginning."""
    return "" if since is None else since if "T" in since else f"{since}T00:00:00Z"
