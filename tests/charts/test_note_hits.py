"""A search in notes marks the typed words and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.charts.note_hits import MOST_HITS, hits, pattern

TEXT = "Pain. No chest\n  pain; painless. K 5.9, dose 5 mg (5). 1.5 L. Chest pain/C+"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("pain", ["Pain", "pain", "pain"], id="capitals do not matter, words do"),
        pytest.param("chest pain", ["chest\n  pain", "Chest pain"], id="across a line"),
        pytest.param("pain chest", [], id="in this order"),
        pytest.param("5", ["5", "5"], id="a number is not part of another"),
        pytest.param("5.9", ["5.9"], id="a decimal number"),
        pytest.param("ain", [], id="no part of a word"),
        pytest.param("c+", ["C+"], id="signs are signs"),
        pytest.param(".*", [], id="no pattern can be typed"),
        pytest.param("  ", [], id="blanks are no search"),
    ],
)
def test_hits_are_the_words_as_typed(words: str, found: list[str]) -> None:
    assert [TEXT[start:end] for start, end in hits(TEXT, pattern(words))] == found


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60), st.text(max_size=300))
def test_any_words_may_be_typed_and_hits_are_in_order(words: str, text: str) -> None:
    found = hits(text, pattern(words))
    edges = [edge for span in found for edge in span]
    assert edges == sorted(edges)


def test_marks_of_a_huge_note_are_bounded() -> None:
    assert len(hits("a " * 5000, pattern("a"))) == MOST_HITS
