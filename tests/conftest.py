"""What every test stands on: no socket but loopback, homes of their own, one loaded sample home.

A model server that OLLAMA_TEST_URL names may be reached too: the live test asks it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
SAMPLES = ROOT / "sample_data" / "bundles"
LIVE_URL = os.environ.get("OLLAMA_TEST_URL", "")
LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0"}  # noqa: S104 - a name to compare with

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True, scope="session")
def no_socket_leaves_this_machine() -> Iterator[None]:
    """Any connection to another host fails the test that tried it."""
    real_connect = socket.socket.connect
    allowed = LOOPBACK | _live_addresses()

    def guarded(self: socket.socket, address: tuple[str, int]) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in allowed:
            raise AssertionError("a test tried to reach another host")
        real_connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = real_connect  # type: ignore[method-assign]


def _live_addresses() -> set[str]:
    """Those of the model server that OLLAMA_TEST_URL names; none where it is not set."""
    host = urlsplit(LIVE_URL).hostname
    if host is None:
        return set()
    return {host, *(str(found[4][0]) for found in socket.getaddrinfo(host, None))}


@pytest.fixture(scope="session")
def shared() -> Path:
    """The outside data; tests that need it skip where it is not there."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not on this machine")
    return SHARED


def run_chartroom(
    home: Path, *words: str, given: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The command line as another program starts it, in a home, from another folder."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("CHARTROOM_")}
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "--home", str(home), *words],
        capture_output=True,
        text=True,
        input=given,
        cwd=home.parent,
        env={**inherited, "CHARTROOM_OLLAMA_URL": "http://127.0.0.1:9", **environment},
        timeout=300,
        check=False,
    )


@pytest.fixture
def chartroom(tmp_path: Path) -> Run:
    """The command line in an empty home: `chartroom("patients", "--json")`."""

    def run(*words: str, **options: str) -> subprocess.CompletedProcess[str]:
        return run_chartroom(tmp_path / "home", *words, **options)

    return run


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with every sample patient loaded; tests that write to it copy it first."""
    home = tmp_path_factory.mktemp("samples") / "home"
    loaded = run_chartroom(home, "load", str(SAMPLES), "--json")
    assert loaded.returncode == 0, loaded.stderr
    return home


@pytest.fixture
def own_sample_home(sample_home: Path, tmp_path: Path) -> Path:
    """A copy of the loaded home, to write into (a home may be copied or moved)."""
    return Path(shutil.copytree(sample_home, tmp_path / "home"))


@pytest.fixture
def in_samples(own_sample_home: Path) -> Run:
    """The command line in a copy of the sample home."""

    def run(*words: str, **options: str) -> subprocess.CompletedProcess[str]:
        return run_chartroom(own_sample_home, *words, **options)

    return run


def words_of(values: Sequence[object]) -> str:
    """Values as one lower-case string, to look for words in."""
    return " ".join(str(value) for value in values).lower()
