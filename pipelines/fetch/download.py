"""One file of an export onto the disk, in as many tries as it takes, from where it broke off.

`Range` with `If-Range` asks for the rest; a server that cannot do that sends the file again. A
file is complete when the server ended it properly and its last line is whole; only then it gets
its name. Larger than MAX_FILE_MB is refused: the loader would not take it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import httpx
import msgspec

from pipelines.errors import ChartroomError
from pipelines.fetch.client import BROKE_OFF, FetchFailed, FhirClient
from pipelines.fetch.folder import NO_ROOM, FileOfJob, Folder, open_private
from pipelines.fetch.pace import AskAgain

NDJSON = "application/fhir+ndjson, application/ndjson;q=0.9, */*;q=0.1"
CUT_OFF = "A file of the export is cut off; run the fetch again to go on."
TOO_LARGE = "A file of the export is larger than MAX_FILE_MB and was left out."
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


def download(client: FhirClient, folder: Folder, file: FileOfJob, *, with_token: bool) -> None:
    """Fetch one file to its end; FetchFailed when the tries are used up."""
    part = folder.path / (file.name + ".part")
    whole = _Download(client, folder, file, part, with_token)
    try:
        if _patiently(client, whole):
            part.rename(folder.path / file.name)
        else:
            part.unlink(missing_ok=True)
            folder.problem(TOO_LARGE)
        file.complete = True
        folder.save()
    except OSError as error:
        raise ChartroomError(NO_ROOM, type(error).__name__) from error


def _patiently(client: FhirClient, whole: _Download) -> bool:
    """Try until a row of tries brought nothing more: a long file may break off often."""
    while True:
        before = whole.have
        try:
            return client.patiently(whole.once)
        except FetchFailed as error:
            if error.status or whole.have <= before:
                raise


class _Download:
    """The tries at one file."""

    def __init__(
        self,
        client: FhirClient,
        folder: Folder,
        file: FileOfJob,
        part: Path,
        with_token: bool,
    ) -> None:
        self.client = client
        self.folder = folder
        self.file = file
        self.part = part
        self.with_token = with_token

    @property
    def have(self) -> int:
        """How many bytes of it are here."""
        return self.part.stat().st_size if self.part.exists() else 0

    def once(self) -> bool:
        """One try; True when the file is whole, False when it is too large to be kept."""
        have = self.have
        # Without an ETag nobody knows whether the rest belongs to what is here.
        headers = {"Accept": NDJSON, "Accept-Encoding": "identity"}
        if have and self.file.etag:
            headers |= {"Range": f"bytes={have}-", "If-Range": self.file.etag}
        try:
            with self.client.stream(
                "GET", self.file.url, headers=headers, with_token=self.with_token
            ) as response:
                return self._take(response, have)
        except FetchFailed as error:
            if error.status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                self.part.unlink(missing_ok=True)
                raise AskAgain(CUT_OFF) from error
            raise

    def _take(self, response: httpx.Response, have: int) -> bool:
        goes_on = response.status_code == httpx.codes.PARTIAL_CONTENT and have > 0
        if goes_on:
            found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
            if not found or int(found[1]) != have:
                self.part.unlink(missing_ok=True)
                raise AskAgain(BROKE_OFF)
        etag = response.headers.get("ETag", "")
        # A weak tag promises the same meaning, not the same bytes.
        self.file.etag = "" if etag.startswith("W/") else etag
        self.folder.save()
        size = have if goes_on else 0
        with open_private(self.part, "ab" if goes_on else "wb") as out:
            for chunk in response.iter_bytes():
                self.client.pace.check()
                size += len(chunk)
                if size > self.folder.most_bytes:
                    return False
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        self._must_be_whole()
        return True

    def _must_be_whole(self) -> None:
        """A connection that just ends may have cut the last line off."""
        with self.part.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            if size == 0:
                return
            file.seek(size - 1)
            if file.read(1) == b"\n":
                return
            file.seek(0)
            last = b""
            for line in file:
                last = line
        try:
            msgspec.json.decode(last)
        except (ValueError, RecursionError) as error:
            self.part.unlink(missing_ok=True)
            raise AskAgain(CUT_OFF) from error
