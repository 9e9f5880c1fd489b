"""Forms that a story may use though none has to: made from a story written here, then read as FHIR.

Code status as Flag and Consent, a screening as a form alone, an implant with its printed UDI, and
what the maker refuses. The story is a copy of the sepsis one with one more file of tables.
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sample_data.sample_bundles import SAMPLES, Json

TABLES = """
[[code_status]]
form = "flag"
when = "11-17 10:00"
end = "11-18 12:00"
says = "dni"
by = "vossberg"
[[code_status]]
form = "consent"
when = "11-19 10:00"
says = "dnr"
by = "okonwright"
signed = "Ottoline Quillfeather"
document = "Out-of-hospital DNR"
[[screening]]
instrument = "prapare"
form = "response"
when = "11-19 11:00"
by = "marchbank"
answers = { housing = "none", transport = ["medical", "other"] }
[[device]]
key = "hip"
text = "Hip prosthesis, right"
start = "11-17 12:00"
by = "vossberg"
udi = "00000000012345"
lot = "L1"
serial = "S9"
expires = "2030-01-31"
"""


def made(folder: Path, tables: str) -> subprocess.CompletedProcess[str]:
    """The generator run over a copy of one story with further tables."""
    for part in ("maker", "catalogue", "sepsis_aki"):
        shutil.copytree(SAMPLES / part, folder / part)
    shutil.copy(SAMPLES / "make_samples.py", folder)
    (folder / "sepsis_aki" / "zz_more.toml").write_text(tables, encoding="utf-8")
    command = [sys.executable, str(folder / "make_samples.py"), "--only", "sepsis_aki"]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    """The resources of the story with further tables, by `Type/id`."""
    folder = tmp_path_factory.mktemp("forms")
    assert made(folder, TABLES).returncode == 0
    content = gzip.decompress((folder / "bundles" / "sepsis_aki.json.gz").read_bytes())
    entries = [entry["resource"] for entry in json.loads(content)["entry"]]
    return {f"{one['resourceType']}/{one['id']}": one for one in entries}


def test_every_form_passes_r4b(forms: dict[str, Json]) -> None:
    from fhir.resources.R4B import get_fhir_model_class

    for resource in forms.values():
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)


def test_a_flag_that_ended_is_inactive_and_a_consent_denies(forms: dict[str, Json]) -> None:
    flag = forms["Flag/quillfeather-code-status-flag-20261117-1000"]
    assert (flag["status"], flag["code"]["text"]) == ("inactive", "Do not intubate")
    consent = forms["Consent/quillfeather-code-status-consent-20261119-1000"]
    assert consent["provision"]["type"] == "deny"
    assert consent["sourceAttachment"]["title"] == "Out-of-hospital DNR"


def test_a_form_alone_has_all_answers_and_no_observation(forms: dict[str, Json]) -> None:
    form = forms["QuestionnaireResponse/quillfeather-prapare-form-20261119-1100"]
    assert [len(item["answer"]) for item in form["item"]] == [1, 2]
    assert not any("prapare" in name and "20261119-1100" in name and "Observation/" in name
                   for name in forms)  # fmt: skip


def test_an_implant_prints_its_udi(forms: dict[str, Json]) -> None:
    (carrier,) = forms["Device/quillfeather-device-hip"]["udiCarrier"]
    assert carrier["carrierHRF"] == "(01)00000000012345(17)300131(10)L1(21)S9"
    assert forms["DeviceUseStatement/quillfeather-device-use-hip"]["status"] == "active"


@pytest.mark.parametrize(
    ("tables", "word"),
    [
        ('[[code_status]]\nform = "consent"\nwhen = "11-19 10:00"\nsays = "comfort"\n', "consent"),
        ('[[screening]]\ninstrument = "prapare"\nwhen = "11-19 10:00"\nby = "pell"\n'
         'answers = { moon = "yes" }\n', "moon"),
        ('[[claim]]\nkey = "x"\nform = "professional"\ncreated = "11-19 10:00"\n'
         'start = "11-19 10:00"\nby = "pell"\ncoverage = 1\nencounter = "nowhere"\n'
         'diagnoses = [["I10", "x"]]\nitems = [["words", "", "x", 1, 1.0, [1]]]\n', "nowhere"),
    ],
)  # fmt: skip
def test_what_a_story_cannot_say_is_refused_by_name(tmp_path: Path, tables: str, word: str) -> None:
    run = made(tmp_path, tables)
    assert run.returncode == 1
    assert word in run.stderr
