"""The last line of an answer, what is withheld, what differs: words and signs, nothing rendered."""

from __future__ import annotations

import pytest

from components import differences_view, unverified_view, verdict
from pipelines import cli_print
from pipelines.desk.verdict import MEANS, OFFER
from pipelines.records.answers import Answer, Difference
from tests.pages.made import answer, citation, statement
from tests.pages.test_drawing import NASTY

MODEL = {"engine": "ollama", "model": "qwen3:8b", "model_digest": "sha256:" + "ab" * 32}
DIFFERS = Difference("Potassium", "Potassium was 4.3", "Potassium was 5.8", (citation(1),))
GOOD, COMPUTED, BAD = (
    statement("a"), statement("b", "computed"), statement("c", "unverified"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param(answer(*[GOOD] * 4), "✓ 4 of 4 statements verified", id="all"),
        pytest.param(answer(GOOD), "✓ 1 of 1 statement verified", id="one"),
        pytest.param(answer(GOOD, COMPUTED, BAD), "✓ 2 of 3 statements verified, 1 by arithmetic",
                     id="some"),
        pytest.param(answer(GOOD, BAD), "? 1 not verified", id="withheld"),
        pytest.param(answer(GOOD, **MODEL), "ollama · qwen3:8b @abababababab · as of 2026-11-22",
                     id="model and digest"),
        pytest.param(answer(GOOD), "embedded engine · as of 2026-11-22 06:25 · log 01234567",
                     id="embedded"),
        pytest.param(answer(GOOD), MEANS, id="what it means"),
        pytest.param(answer(status="abstained"), "○ NOT ANSWERED from this chart", id="abstained"),
        pytest.param(answer(status="abstained", stopped=True), "○ STOPPED before a sentence was",
                     id="stopped"),
        pytest.param(answer(status="failed"), "✕ FAILED", id="failed"),
        pytest.param(answer(GOOD, incomplete="2 refused"), "⚠ incomplete: 2 refused", id="part"),
    ],
)  # fmt: skip
def test_the_badge_says_it_in_words_and_signs(given: Answer, words: str) -> None:
    assert words in verdict.badge(given)


@pytest.mark.parametrize("given", [answer(status="abstained"), answer(status="failed")])
def test_what_is_no_answer_is_never_called_verified(given: Answer) -> None:
    assert "erified" not in verdict.badge(given)


def test_verified_is_explained_as_agreement_not_truth() -> None:
    assert MEANS == "Verified means: agrees with the cited text. It does not mean: true."


def test_what_is_withheld_is_counted_on_the_fold_and_says_why() -> None:
    refused = unverified_view.withheld([GOOD, BAD, COMPUTED])
    assert refused == [BAD]
    assert unverified_view.heading(2) == "Not verified (2), not part of the answer"
    assert "c <i>(why)</i>" in unverified_view.line(BAD)


def test_markup_in_any_word_of_an_answer_stays_letters() -> None:
    nasty = Difference(NASTY, NASTY, NASTY, ())
    drawn = [
        verdict.badge(answer(GOOD, engine="ollama", model=NASTY, model_digest=NASTY)),
        unverified_view.line(statement(NASTY, "unverified")),
        differences_view.box(nasty),
    ]
    assert all("<img" not in one for one in drawn)
    assert all("&lt;img" in one for one in drawn)


def test_a_difference_shows_both_values_and_whose_they_are() -> None:
    drawn = differences_view.box(DIFFERS)
    assert "The model says</span>Potassium was 4.3" in drawn
    assert "The chart's own result says</span>Potassium was 5.8" in drawn


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param(answer(GOOD, BAD), "✓ 1 of 2 statements verified", id="count"),
        pytest.param(answer(GOOD), MEANS, id="what it means"),
        pytest.param(answer(GOOD, **MODEL), "ollama · qwen3:8b @abababababab", id="digest"),
        pytest.param(answer(GOOD, differences=(DIFFERS,)), "chart's own result says: Potassium was"
                     " 5.8", id="difference"),
        pytest.param(answer(status="abstained", offers_embedded=True),
                     f"{OFFER} Ask again with --engine embedded.", id="offer"),
    ],
)  # fmt: skip
def test_the_terminal_says_the_same(
    given: Answer, words: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    cli_print.answer(given)
    printed = capfdbinary.readouterr().out.decode()
    assert words in printed
    assert "c (why)" not in printed
