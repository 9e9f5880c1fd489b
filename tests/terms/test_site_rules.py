"""A site's own clinical rules: its limits, variation, forms and families decide, and are named so.

What a site's hand slipped on (limits that cross, a form that would lose lines, a word where a
number stands) is refused in one sentence that names its file, never half obeyed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.briefing import bedside, forms, importance
from pipelines.briefing.chart_summary import families
from pipelines.errors import ChartroomError
from pipelines.records.facts import Fact
from pipelines.terms import conversions, limits, site, units
from pipelines.terms.scores import rcv

LABS = (
    "loinc,name,unit,molar_mass_g_mol,si_unit,factor_to_si,cvi_pct,cva_pct_default,critical_low,"
    "critical_high,ref_low,ref_high,direction_bad\n"
)
POTASSIUM = LABS + "2823-3,Potassium,,,,,{variation},,{low},{high},,,\n"


@pytest.fixture(autouse=True)
def _package_alone() -> Iterator[None]:
    """No site is left in force for other tests."""
    yield
    site.use(None)


def laid(folder: Path, name: str, text: str) -> None:
    """A site with one file, taken as this process's."""
    (folder / name).write_text(text, encoding="utf-8")
    site.use(folder)


def fact(kind: str, concept: str, loinc: str, value: float, unit: str) -> Fact:
    return Fact(
        resource="Observation/o", kind=kind, display=concept, path="valueQuantity.value",
        quote=str(value), code_key=f"http://loinc.org|{loinc}", concept=concept, value=value,
        value_text=str(value), unit=unit,
    )  # fmt: skip


def potassium(value: float) -> Fact:
    return limits.judged(fact("lab", "potassium", "2823-3", value, "mmol/L"), 50)


def heart_rate(value: float) -> Fact:
    return limits.judged(fact("vital", "heart_rate", "8867-4", value, "/min"), 50)


def test_a_laboratorys_critical_limit_takes_the_place_of_the_packages(tmp_path: Path) -> None:
    assert (potassium(6.0).flag, potassium(2.7).flag) == ("H", "LL")
    laid(tmp_path, "labs.csv", POTASSIUM.format(variation="", low="", high="6.0"))
    assert (potassium(6.0).flag, potassium(2.7).flag) == ("HH", "LL")
    assert potassium(6.0).flag_source == "site policy"
    site.use(None)
    assert potassium(6.0).flag == "H"


def test_a_limit_can_be_taken_away(tmp_path: Path) -> None:
    laid(tmp_path, "labs.csv", POTASSIUM.format(variation="", low="none", high=""))
    assert (potassium(2.7).flag, potassium(6.3).flag) == ("L", "HH")


def test_an_analyte_that_the_package_lacks_is_added_and_the_others_stay(tmp_path: Path) -> None:
    row = "9999-9,Wardium,mmol/L,,mmol/L,1,5.0,1.0,,,1,2,both\n"
    laid(tmp_path, "labs.csv", LABS + row)
    judged = limits.judged(fact("lab", "wardium", "9999-9", 3.0, "mmol/L"), 50)
    assert (judged.flag, potassium(6.3).flag) == ("H", "HH")
    assert units.convert(1.0, "mg/dL", "umol/L", "creatinine") == pytest.approx(88.4)
    assert "umol/L" in conversions.targets("mg/dL", "creatinine")


def test_a_changed_band_is_no_longer_told_by_the_name_of_its_publication(tmp_path: Path) -> None:
    assert (heart_rate(100).flag, heart_rate(100).flag_source) == ("H", "NEWS2")
    laid(tmp_path, "vital_limits.toml", "[vital.heart_rate]\nhigh = 110\n")
    assert heart_rate(100).flag is None
    assert (heart_rate(120).flag, heart_rate(120).flag_source) == ("H", "site policy")
    low = limits.judged(fact("vital", "respiratory_rate", "9279-1", 7, "/min"), 50)
    assert (low.flag, low.flag_source) == ("LL", "NEWS2"), "what the site left alone"


def test_a_laboratorys_own_variation_decides_what_is_a_larger_change(tmp_path: Path) -> None:
    before = rcv.symmetric_percent(4.1, 1.5)
    laid(tmp_path, "rcv.toml", "z = 3\n")
    assert rcv.symmetric_percent(4.1, 1.5) == pytest.approx(before * 3 / 1.96)


def test_a_form_of_the_site_stands_beside_the_packages(tmp_path: Path) -> None:
    own = '[night]\ntitle = "Night"\nsource = "ward"\nparts = [{title = "All", rest = true}]\n'
    laid(tmp_path, "forms.toml", own)
    assert {"night", "i-pass", "sbar"} <= set(forms.rules())
    assert [part.title for part in forms.rules()["night"].parts] == ["All"]


def test_a_family_takes_a_sites_words_and_the_others_stay(tmp_path: Path) -> None:
    laid(tmp_path, "problem_families.toml", '[family.heart_failure]\nwords = ["pumpweak"]\n')
    found = families.family_of(None, "Pumpweakness")
    assert found is not None
    assert found.key == "heart_failure"
    assert families.family_of("http://hl7.org/fhir/sid/icd-10-cm|I50.9", "x") == found
    site.use(None)
    assert families.family_of(None, "Pumpweakness") is None


def test_the_order_of_results_and_what_is_a_fluid_are_the_sites(tmp_path: Path) -> None:
    chloride = fact("lab", "chloride", "2075-0", 100, "mmol/L")
    wound = fact("observation", "", "0-0", 5, "mL")
    assert (importance.weight(chloride), bedside.is_fluid(wound)) == (0.4, False)
    (tmp_path / "bedside.toml").write_text('[fluids]\ncodes = ["http://loinc.org|0-0"]\n')
    laid(tmp_path, "result_weights.toml", "[weight]\nchloride = 5\n")
    assert (importance.weight(chloride), bedside.is_fluid(wound)) == (5.0, True)


def _weighed() -> None:
    importance.weight(fact("lab", "chloride", "2075-0", 100, "mmol/L"))


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        pytest.param("labs.csv", POTASSIUM.format(variation="", low="9", high=""),
                     lambda: potassium(4), id="limits-cross"),
        pytest.param("labs.csv", POTASSIUM.format(variation="", low="low", high=""),
                     lambda: potassium(4), id="a-word-for-a-number"),
        pytest.param("labs.csv", POTASSIUM.format(variation="much", low="", high=""),
                     lambda: rcv.larger_changes([potassium(4)]), id="no-variation"),
        pytest.param("labs.csv", "loinc,name\n2823-3,Potassium\n",
                     lambda: potassium(4), id="columns"),
        pytest.param("vital_limits.toml", "[vital.heart_rate]\nlow = 200\n",
                     lambda: heart_rate(70), id="band-upside-down"),
        pytest.param("vital_limits.toml", "[vital.new]\nlow = 1\n",
                     lambda: heart_rate(70), id="no-unit"),
        pytest.param("rcv.toml", "z = -1.96\n",
                     lambda: rcv.symmetric_percent(5, 1), id="negative"),
        pytest.param("rcv.toml", 'z = "two"\n',
                     lambda: rcv.symmetric_percent(5, 1), id="letters"),
        pytest.param("forms.toml", '[n]\ntitle = "N"\nsource = "w"\nparts = [{title = "A"}]\n',
                     forms.rules, id="lines-would-be-lost"),
        pytest.param("forms.toml", '[n]\ntitle = "N"\n', forms.rules, id="no-parts"),
        pytest.param("problem_families.toml", '[family.new]\nproblems = ["zz"]\n',
                     families.families, id="unknown-problem"),
        pytest.param("result_weights.toml", '[weight]\nchloride = "much"\n',
                     _weighed, id="weight-in-words"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_refused_and_its_file_named(
    tmp_path: Path, name: str, text: str, read: Callable[[], object]
) -> None:
    laid(tmp_path, name, text)
    with pytest.raises(ChartroomError) as told:
        read()
    assert f"The site file {name} cannot be read: " in told.value.user_message
