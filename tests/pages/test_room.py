"""Columns that say nothing give their room to the others; lists keep theirs before they draw."""

from __future__ import annotations

import pytest

from components.briefing_view import is_of_right
from components.opened import Opened
from components.prose import Shape, room_lines
from components.theme import without_empty


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        pytest.param([{"a": "1", "b": ""}, {"a": "", "b": ""}], ["a"], id="empty in every row"),
        pytest.param([{"a": "1", "b": ""}, {"a": "1", "b": "x"}], ["a", "b"], id="said once"),
        pytest.param([{"a": "", "b": ""}], ["a"], id="what may not be left out stays"),
    ],
)
def test_a_column_that_says_nothing_is_left_out(
    rows: list[dict[str, str]], left: list[str]
) -> None:
    assert all(list(row) == left for row in without_empty(rows, ("b",)))


@pytest.mark.parametrize(
    ("lengths", "shape", "lines"),
    [
        pytest.param((10, 10, 10), "list", 3, id="a line each"),
        pytest.param((10, 300), "list", 4, id="a long one wraps"),
        pytest.param((10, 10, 10), "list two", 2, id="two columns share them"),
    ],
)
def test_a_list_keeps_room_for_the_lines_that_wrap(
    lengths: tuple[int, ...], shape: Shape, lines: int
) -> None:
    assert room_lines([{"text": "x" * n, "chips": []} for n in lengths], shape) == lines


@pytest.mark.parametrize(
    ("scope", "is_right"),
    [("log:Medications", True), ("log:Notes", False), ("log:summary", False), ("card", False)],
)
def test_a_source_lies_over_the_column_that_it_was_not_opened_from(
    scope: str, is_right: bool
) -> None:
    assert is_of_right(Opened(scope, ())) is is_right
