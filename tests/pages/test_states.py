"""An empty chart, a store in use and a patient who is gone: three texts, and never a traceback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.charts.store import IN_USE
from pipelines.desk import access, load, remove, this_process
from tests.conftest import ROOT
from tests.contract.charts import bundle, patient, write
from tests.pages.conftest import SHELL, shown

OpenPage = Callable[..., AppTest]
EMPTY = {
    "rounds/briefing.py": "not in this chart",
    "rounds/summary.py": "not in this chart",
    "rounds/trends.py": "Not in this chart: it holds no lab",
    "rounds/timeline.py": "Not in this chart: it holds no encounter",
    "rounds/notes.py": "Not in this chart: it holds no note",
    "rounds/ask.py": "Press a number in brackets",
    "rounds/cohort.py": "One question over many patients",
    "oversight/exports.py": "Exports",
    "oversight/log.py": "chosen",
}
OWNER = """
import sys
from pipelines.desk.house import open_house
from pipelines.settings import Settings
house = open_house(Settings.read(), writing=True)
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def bare(app: AppTest, tmp_path: Path) -> AppTest:
    """The app with one more patient, of whom there is no record but the name."""
    made = write(tmp_path / "empty.json", bundle(patient("bare")))
    load.load(this_process.house(), access.system_reader(), [made])
    return app.run()


@pytest.fixture
def owned_elsewhere(own_sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home whose store another process has open."""
    monkeypatch.setenv("CHARTROOM_HOME", str(own_sample_home))
    owner = subprocess.Popen([sys.executable, "-c", OWNER], cwd=ROOT, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert owner.stdout is not None
    assert owner.stdout.readline() == "open\n"
    yield own_sample_home
    owner.communicate("", timeout=30)
    this_process.close()


def test_an_empty_chart_says_so_on_every_page(bare: AppTest, open_page: OpenPage) -> None:
    open_page("rounds/worklist.py", "bare")
    for page, said in EMPTY.items():
        app = open_page(page)
        assert not app.exception, page
        assert not app.error, page
        assert "ALLERGIES NOT RECORDED" in shown(app), page
        assert said in everything(app), page
        assert [c.key for c in app.get("plotly_chart") if c.key != "preload"] == [], page


def test_a_store_in_use_is_one_sentence_on_every_page_and_comes_back(
    owned_elsewhere: Path,
) -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=60).run()
    for page in ("worklist", "briefing", "trends", "cohort"):
        app.switch_page(f"../pages/rounds/{page}.py").run()
        assert not app.exception
        assert [plain(error.value) for error in app.error] == [IN_USE]


def test_a_patient_who_was_removed_meanwhile_leads_back_to_the_chooser(
    open_page: OpenPage, app: AppTest
) -> None:
    open_page("rounds/trends.py", "marrowby")
    remove.remove(this_process.house(), access.system_reader(), "marrowby")
    app.run()
    assert not app.exception
    assert not app.error
    assert "No patient chosen." in shown(app)
    assert "MARROWBY" not in shown(app)


def everything(app: AppTest) -> str:
    """What a page shows, with the words of its fields and rows."""
    labels = [box.label for box in (*app.text_input, *app.selectbox)]
    rows = [str(table.value) for table in app.dataframe]
    return "\n".join([shown(app), *labels, *rows])


def plain(markdown: str) -> str:
    """The words of a message without the signs that keep them from being Markdown."""
    return markdown.replace("\\", "")
