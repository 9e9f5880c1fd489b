"""A site's own tables: laid over the package's, named where they cannot be read, and forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.errors import ChartroomError
from pipelines.terms import concepts, drug_classes, site, spelling, vocabulary

DRUGS = "drug,also,brands,rxnorm\n"


def all_read() -> None:
    """Every table that a site may change."""
    for read in (concepts.load, vocabulary.load, drug_classes.load, spelling.lookalikes):
        read()


@pytest.fixture(autouse=True)
def _package_alone() -> Iterator[None]:
    """No site is left in force for other tests."""
    yield
    site.use(None)


def laid(folder: Path, name: str, text: str) -> None:
    """A site with one file, taken as this process's."""
    (folder / name).write_text(text, encoding="utf-8")
    site.use(folder)


def test_a_name_is_added_and_the_others_stay(tmp_path: Path) -> None:
    laid(tmp_path, "concepts.toml", '[lab.potassium]\nnames = ["kalemia"]\n')
    named = concepts.load().named
    assert named["kalemia"] == ("potassium",) == named["potassium"]
    assert concepts.load().by_key["potassium"].title == "Potassium"


def test_an_entry_with_replace_stands_alone(tmp_path: Path) -> None:
    text = '[statin]\nreplace = true\ntitle = "statin"\nnames = ["statins"]\nstems = ["zocor"]\n'
    laid(tmp_path, "drug_classes.toml", text)
    assert drug_classes.classes_of("zocor") == {"statin", "lipid_drug"}
    assert "statin" not in drug_classes.classes_of("atorvastatin")


def test_a_row_is_added_to_its_names_and_a_new_one_stands_beside(tmp_path: Path) -> None:
    laid(tmp_path, "drugs.csv", DRUGS + "metformin,,Wardformin,\nwardamine,,Wardex,\n")
    assert [e.title for e in vocabulary.entries_said("wardformin")] == ["metformin"]
    assert [e.title for e in vocabulary.entries_said("glucophage")] == ["metformin"]
    assert [e.title for e in vocabulary.entries_said("wardex")] == ["wardamine"]
    assert ("rxnorm", "6809") in vocabulary.load().by_key["drug:metformin"].codes


def test_a_pair_of_look_alikes_is_added(tmp_path: Path) -> None:
    laid(tmp_path, "lookalike_drugs.csv", "one,other\nwardamine,wardomine\n")
    assert spelling.nearest("wardimine") == spelling.Spelling(None, ("wardamine", "wardomine"))


def test_what_a_site_said_is_forgotten_with_its_file(tmp_path: Path) -> None:
    laid(tmp_path, "concepts.toml", '[lab.potassium]\nnames = ["kalemia"]\n')
    assert "kalemia" in concepts.load().named
    (tmp_path / "concepts.toml").unlink()
    assert site.use(tmp_path)
    assert "kalemia" not in concepts.load().named


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("concepts.toml", "[lab", id="no-toml"),
        pytest.param("concepts.toml", "\xff", id="other-text"),
        pytest.param("concepts.toml", '[lab.new]\ntitle = "New"\n', id="no-names"),
        pytest.param("concepts.toml", '[lab.potassium]\nnames = "k"\n', id="no-list"),
        pytest.param("concepts.toml", '[lab.new]\ntitle = "N"\nnames = "new"\n', id="letters"),
        pytest.param("concepts.toml", "lab = 3\n", id="no-table"),
        pytest.param("concepts.toml", '[panel.p]\ntitle = "P"\nnames = ["p"]\nmembers = ["zz"]\n',
                     id="no-such-member"),
        pytest.param("drug_classes.toml", '[new]\ntitle = "New"\n', id="class-without-names"),
        pytest.param("drugs.csv", "name,brand\nx,y\n", id="other-columns"),
        pytest.param("drugs.csv", DRUGS + "x,y\n", id="too-few-cells"),
        pytest.param("drugs.csv", DRUGS + ",a,b,c\n", id="no-name"),
        pytest.param("lookalike_drugs.csv", "a\nb\n", id="one-column"),
    ],
)  # fmt: skip
def test_a_broken_file_is_named_in_one_plain_sentence(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_bytes(text.encode("latin-1"))
    site.use(tmp_path)
    with pytest.raises(ChartroomError) as told:
        all_read()
    assert f"The site file {name} cannot be read: " in told.value.user_message
    assert told.value.user_message.count(".") <= 3
    assert "Traceback" not in told.value.user_message


def test_files_that_change_nothing_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "concepts.toml").write_text("")
    (tmp_path / "concept.toml").write_text("")
    (tmp_path / "notes.txt").write_text("")
    assert site.files(tmp_path) == (("concept.toml", False), ("concepts.toml", True))


def test_every_table_that_is_open_to_sites_is_in_the_package() -> None:
    root = Path(site.__file__).parents[1]
    assert [n for n in site.OPEN_TO_SITES if not list(root.rglob(n))] == []


def test_readme_names_every_table_that_is_open_to_sites() -> None:
    readme = (Path(site.__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    told = readme.split("### What a site may change")[1].split("\n## ")[0]
    assert [name for name in site.OPEN_TO_SITES if f"{name}`" not in told] == []
