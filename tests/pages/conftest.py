"""The app as a script, in a copy of the sample home, without a browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import ButtonGroup

from pipelines.desk import this_process
from tests.conftest import ROOT

SHELL = ROOT / "components" / "shell.py"
PAGES = ROOT / "pages"
NOWHERE = "http://127.0.0.1:9"  # nothing listens there: the embedded engine answers


@pytest.fixture
def home(own_sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A loaded home of the test's own, in force for this process."""
    monkeypatch.setenv("CHARTROOM_HOME", str(own_sample_home))
    monkeypatch.setenv("CHARTROOM_OLLAMA_URL", NOWHERE)
    yield own_sample_home
    this_process.close()


@pytest.fixture
def app(home: Path) -> AppTest:
    """The app at its first page, no patient chosen."""
    return AppTest.from_file(str(SHELL), default_timeout=60).run()


@pytest.fixture
def open_page(app: AppTest) -> Callable[..., AppTest]:
    """A page, with this patient chosen first (by id) unless it is None."""

    def opened(page: str, patient: str | None = None) -> AppTest:
        if patient is not None:
            app.selectbox(key="pick:True").select(patient).run()
        return app.switch_page(f"../pages/{page}").run()

    return opened


def ward(app: AppTest) -> list[dict[str, str]]:
    """The worklist's rows as drawn: column → its words, and the patient under `id`."""
    (table,) = [e.proto for e in app.get("bidi_component") if e.proto.id.endswith("-ward")]
    data = json.loads(table.json)
    return [
        {"id": row["id"]}
        | {
            column: " · ".join(part["text"] for part in parts)
            for column, parts in zip(data["columns"], row["cells"], strict=True)
        }
        for row in data["rows"]
    ]


def ranges_of(app: AppTest) -> ButtonGroup[str]:
    """The choice of how far back a page looks, on Trends, Timeline and Notes alike."""
    return next(c for c in app.segmented_control if "before the chart's as-of" in c.label.lower())


def shown(app: AppTest) -> str:
    """All HTML, messages and labels of a page as one text."""
    bodies = [element.proto.body for element in app.get("html")]
    parts = [body for body in bodies if not body.startswith("<style>")]
    parts += [element.value for kind in ("error", "info", "warning", "success", "markdown")
              for element in app.get(kind)]  # fmt: skip
    parts += [button.label for button in app.button]
    return "\n".join(str(part) for part in parts)
