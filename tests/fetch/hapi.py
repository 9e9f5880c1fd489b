"""A real HAPI FHIR server on loopback, built by `make test-tools`, and charts put into it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import ROOT

TOOLS = ROOT / ".tools" / "hapi"
JAR = TOOLS / "hapi-server-1.jar"
WARD_STAY = ROOT / "tests" / "cases" / "ward_stay" / "bundle.json"


def why_not() -> str | None:
    """Why the server cannot be started here, or None."""
    if shutil.which("java") is None:
        return "there is no java on this machine"
    return None if JAR.is_file() else "HAPI FHIR is not built; run `make test-tools`"


@contextmanager
def running() -> Iterator[str]:
    """The base address of a fresh, empty server; it ends with its standard input."""
    command = ["java", "-Xmx900m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    command += ["-Dorg.slf4j.simpleLogger.defaultLogLevel=error"]
    command += ["-cp", f"{JAR}{os.pathsep}{TOOLS / 'lib'}/*", "chartroom.HapiServer"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        try:
            said = next((line for line in server.stdout if line.startswith("ready ")), "")
            assert said, "HAPI FHIR did not start"
            yield f"http://127.0.0.1:{said.split()[1]}/fhir"
        finally:
            server.stdin.close()
            server.wait(30)


def bundle(path: Path = WARD_STAY) -> dict[str, Any]:
    """A chart with what a server has beside it: who wrote a note, for whom, and a note's file."""
    chart = json.loads(path.read_text(encoding="utf-8"))
    document = next(
        entry["resource"]
        for entry in chart["entry"]
        if entry["resource"]["resourceType"] == "DocumentReference"
    )
    document["author"] = [{"reference": "urn:uuid:role-1"}]
    extras = [
        {"resourceType": "Organization", "id": "org-1", "name": "Example Ward"},
        {
            "resourceType": "Practitioner",
            "id": "dr-1",
            "name": [{"family": "Quince", "given": ["Ivo"]}],
        },
        {
            "resourceType": "PractitionerRole",
            "id": "role-1",
            "practitioner": {"reference": "urn:uuid:dr-1"},
            "organization": {"reference": "urn:uuid:org-1"},
        },
    ]
    chart["entry"] += [{"fullUrl": f"urn:uuid:{r['id']}", "resource": r} for r in extras]
    return chart


def as_transaction(chart: dict[str, Any]) -> dict[str, Any]:
    """The same chart as a server takes it: every resource put under its own id."""
    entries = []
    for entry in chart["entry"]:
        one = entry["resource"]
        url = f"{one['resourceType']}/{one['id']}"
        full = entry.get("fullUrl") or url
        request = {"method": "PUT", "url": url}
        entries.append({"fullUrl": full, "resource": one, "request": request})
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def put(base: str, chart: dict[str, Any]) -> None:
    """Store a chart on the server."""
    reply = httpx.post(
        base,
        json=as_transaction(chart),
        headers={"Content-Type": "application/fhir+json"},
        timeout=120,
        trust_env=False,
    )
    assert reply.status_code == 200, reply.text[:500]
