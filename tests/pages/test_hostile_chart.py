"""A chart whose every text is hostile, on the pages that tell it and in what leaves them.

Markup, Markdown links, marks of direction, formulas of spreadsheets, empty words and a note of
100 kB in one line: every page still opens, and no text of the chart becomes a tag, a link or a
hidden turn of the words.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.desk import access, brief, cohort, hand_out, load, this_process
from pipelines.desk.house import House, open_house
from pipelines.records.chart import Reader
from pipelines.settings import Settings
from tests.contract.charts import Resource, bundle, write
from tests.pages.conftest import SHELL, shown

EVIL = "evil.example"
TURNED = "\u202e"
MARKUP = (
    f"<img src=http://{EVIL}/a.png onerror=alert(1)></td></div><script>document.title='x'</script>"
    f"![x](http://{EVIL}/b.png) [click](http://{EVIL}/c) {TURNED}dlrow **bold** `code` $x$"
)
FORMULA = f'=HYPERLINK("http://{EVIL}";"open")'
WORDS = {"markup": MARKUP, "formula": FORMULA, "blank": " \u200b "}
PAGES = ("briefing", "summary", "trends", "timeline", "notes")
TAG = re.compile(rf"<(img|script|a)\b[^>]*{re.escape(EVIL)}|<script>document|<img src=http", re.I)


def chart(words: str) -> Resource:
    """One patient, whose every text is `words`, and whose note is one line of 100 kB."""
    who = {"reference": "Patient/hostile"}
    code = {"text": words, "coding": [{"system": "http://loinc.org", "code": "2823-3",
                                       "display": words}]}  # fmt: skip
    told = "The wound is clean. " + words * (100_000 // max(len(words), 1))
    data = base64.b64encode(told.encode()).decode()
    day = "2026-11-22T06:00:00Z"
    return bundle(
        {"resourceType": "Patient", "id": "hostile", "birthDate": "1950-01-01",
         "name": [{"family": words, "given": [words]}]},
        {"resourceType": "Encounter", "id": "e", "status": "in-progress", "subject": who,
         "class": {"code": "IMP"}, "type": [{"text": words}], "reasonCode": [{"text": words}],
         "period": {"start": "2026-11-20T06:00:00Z"}},
        *({"resourceType": "Observation", "id": f"o{n}", "status": "final", "subject": who,
           "category": [{"coding": [{"code": "laboratory"}]}], "code": code,
           "effectiveDateTime": f"2026-11-2{n}T05:00:00Z", "note": [{"text": words}],
           "valueQuantity": {"value": 5.0 + n, "unit": "mmol/L"}} for n in range(3)),
        {"resourceType": "Observation", "id": "s", "status": "final", "subject": who,
         "code": {"text": words}, "effectiveDateTime": day, "valueString": words},
        {"resourceType": "Condition", "id": "c", "subject": who, "code": {"text": words},
         "recordedDate": day, "clinicalStatus": {"coding": [{"code": "active"}]}},
        {"resourceType": "MedicationRequest", "id": "m", "status": "active", "intent": "order",
         "subject": who, "authoredOn": day, "medicationCodeableConcept": {"text": words},
         "dosageInstruction": [{"text": words}]},
        {"resourceType": "AllergyIntolerance", "id": "a", "patient": who, "code": {"text": words}},
        {"resourceType": "Procedure", "id": "p", "status": "completed", "subject": who,
         "code": {"text": words}, "performedDateTime": day},
        {"resourceType": "DocumentReference", "id": "d", "status": "current", "subject": who,
         "date": day, "type": {"text": words}, "author": [{"display": words}],
         "content": [{"attachment": {"contentType": "text/plain", "title": words, "data": data}}]},
    )  # fmt: skip


@pytest.fixture(scope="module", params=WORDS)
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose one chart holds these words everywhere."""
    folder = tmp_path_factory.mktemp("hostile")
    house = open_house(Settings.read(folder / "home", {}), writing=True)
    load.load(house, Reader("r"), [write(folder / "h.json", chart(WORDS[request.param]))])
    house.close()
    return folder / "home"


@pytest.fixture
def house(home: Path) -> Iterator[House]:
    opened = open_house(Settings.read(home, {"CHARTROOM_OLLAMA_URL": "http://127.0.0.1:9"}))
    yield opened
    opened.close()


@pytest.fixture
def app(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv("CHARTROOM_HOME", str(home))
    monkeypatch.setenv("CHARTROOM_OLLAMA_URL", "http://127.0.0.1:9")
    yield AppTest.from_file(str(SHELL), default_timeout=60).run()
    this_process.close()


def test_every_page_of_a_hostile_chart_opens_and_shows_its_words_as_words(app: AppTest) -> None:
    assert not app.exception
    app.selectbox(key="pick:True").select("hostile").run()
    for page in (*PAGES, "cohort", "worklist"):
        app.switch_page(f"../pages/rounds/{page}.py").run()
        assert not app.exception, page
        told = shown(app)
        assert TAG.search(told) is None, page
        assert TURNED not in told, page
        assert f"](http://{EVIL}" not in "".join(e.value for e in app.markdown), page


def as_print(house: House, reader: Reader) -> str:
    made = brief.brief(house, reader, "hostile", 72)
    return hand_out.printed(house, reader, made, "i-pass").text


def as_summary(house: House, reader: Reader) -> str:
    request = brief.BriefRequest(hours=None, engine="embedded")
    made = brief.brief_as(house, reader, "hostile", request)
    return hand_out.printed(house, reader, made, hand_out.SUMMARY).text


@pytest.mark.parametrize("made", [as_print, as_summary], ids=["print view", "chart summary"])
def test_what_is_printed_holds_no_tag_of_the_chart_and_asks_no_host(
    house: House, made: Callable[[House, Reader], str]
) -> None:
    page = made(house, access.system_reader())
    assert TAG.search(page) is None
    assert TURNED not in page
    assert re.search(r"<[a-z][^<>]*\b(src|href)\s*=", page) is None


def test_a_printed_summary_is_logged_before_it_is_given(house: House) -> None:
    page = as_summary(house, access.system_reader())
    (entry,) = house.ledger.entries(action="print", limit=1)
    assert entry.patient == "hostile"
    assert entry.payload["form"] == hand_out.SUMMARY
    assert entry.payload["sha256"] == hashlib.sha256(page.encode()).hexdigest()


def test_names_of_files_and_sentences_of_faults_hold_no_word_of_the_chart(house: House) -> None:
    reader = access.system_reader()
    given = hand_out.copied(house, reader, brief.brief(house, reader, "hostile", 24), "sbar")
    assert re.fullmatch(r"briefing-[0-9a-f]{8}-sbar\.txt", given.file_name)
    answer = cohort.cohort(house, reader, "which of these have potassium > 5.5 now")
    assert [row.patient for row in answer.rows] == ["hostile"]
