"""Nothing leaves with an identifier in it: what the re-scan finds, and that it refuses."""

from __future__ import annotations

import pytest

from pipelines.errors import RedactionRefused
from pipelines.privacy import redactor
from pipelines.privacy.rescan import rescan
from pipelines.records.exports import ChartIdentifier, ChartIdentifiers, Redaction

KNOWN = ChartIdentifiers(
    (
        ChartIdentifier("NAME", "Perdita Keeling57", "Patient.name"),
        ChartIdentifier("ID", "SYN-0019984", "Patient.identifier[0].value"),
    ),
    frozenset(),
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Perdita was well", id="plain"),
        pytest.param("KEELING, P.", id="family name first"),
        pytest.param("Kee\u200bling", id="zero-width sign"),
        pytest.param("Kee\nling", id="line break"),
        pytest.param("Kee**ling**", id="emphasis inside the word"),
        pytest.param("Kee_ling_ *Per*dita", id="emphasis at a word's start"),
        pytest.param("Kee<!-- x -->ling", id="comment inside the word"),
        pytest.param("&#75;eeling", id="HTML entity"),
        pytest.param("\uff2b\uff45\uff45\uff4c\uff49\uff4e\uff47", id="full-width letters"),
        pytest.param("[x](http://a.example/Keeling)", id="link's target"),
        pytest.param("![Keeling](a.png)", id="image's text"),
        pytest.param("```\nKeeling\n```", id="code block"),
        pytest.param("| a |\n|---|\n| Keeling |", id="table"),
        pytest.param("00 199\n84", id="number over a line"),
        pytest.param("[NAME] Keelng", id="misspelt beside a replacement"),
    ],
)
def test_the_rescan_finds_the_charts_identifiers_in_every_dress(text: str) -> None:
    assert rescan(text, KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("on 2026-11-22", id="ISO date"),
        pytest.param("on 4/12/2023", id="date in figures"),
        pytest.param("on March 5th, 2021", id="date in letters"),
        pytest.param("123-45-6789", id="social security number"),
        pytest.param("(617) 555-0134", id="telephone number"),
        pytest.param("a@mail.example", id="e-mail"),
        pytest.param("http://a.example", id="web address"),
        pytest.param("3f6fd0bb-6cd3-4b3f-9401-cd38ace25f2b", id="universal identifier"),
        pytest.param("MRN 998877", id="record number"),
        pytest.param("a 94-year-old", id="age over 89"),
    ],
)
def test_the_rescan_finds_strict_forms_without_a_chart(text: str) -> None:
    assert rescan(f"Noted {text} there", None)


def test_a_clean_text_has_nothing_left() -> None:
    text = (
        "[NAME], [AGE 90+], on [DATE 2026]: Potassium 5.9 mmol/L (3.5-5.1), 120/80, LOINC 2823-3."
    )
    assert rescan(text, KNOWN) == ()


def test_a_leftover_refuses_with_a_plain_sentence_without_phi(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forgetful(text: str, identifiers: ChartIdentifiers | None) -> Redaction:
        return Redaction(text, (), redactor.live_layers(identifiers))

    monkeypatch.setattr(redactor, "redact", forgetful)
    with pytest.raises(RedactionRefused) as refused:
        redactor.redact_checked("Perdita was well", KNOWN)
    assert "Perdita" not in str(refused.value)
    assert refused.value.user_message.endswith(".")
    assert refused.value.__cause__ is None


def test_what_only_a_viewer_shows_refuses_too() -> None:
    text = "Kee[](x)ling"
    assert rescan(text, KNOWN)


def test_a_recognizer_that_fails_lets_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.privacy.recognizers import rules

    def broken(text: str) -> list[object]:
        raise RuntimeError("a layer is missing")

    monkeypatch.setattr(rules, "find", broken)
    with pytest.raises(RuntimeError):
        redactor.redact_checked("Perdita was well", KNOWN)
