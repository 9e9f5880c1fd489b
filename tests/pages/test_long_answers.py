"""A long answer shows its beginning; its sources stand folded; what was searched is one line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from components import answer_view, prose
from tests.pages.conftest import shown
from tests.pages.made import statement

OpenPage = Callable[..., AppTest]


def drawn(count: int, open_line: int | None = None) -> list[dict[str, object]]:
    """So many lines of one chip each, one of them open."""
    told = [statement(f"line {n}", cites=(n,)) for n in range(1, count + 1)]
    return prose.lines(told, open_line)


@pytest.mark.parametrize(
    ("count", "open_line", "shows"),
    [
        (prose.FOLDED_FROM, None, prose.FOLDED_FROM),
        (prose.FOLDED_FROM + 1, None, prose.FOLDED_TO),
        (54, None, prose.FOLDED_TO),
        (54, 3, prose.FOLDED_TO),
        (54, 40, 54),
    ],
)
def test_a_long_list_is_folded_unless_its_open_source_would_be_hidden(
    count: int, open_line: int | None, shows: int
) -> None:
    assert prose.lines_shown(drawn(count, open_line)) == shows


def test_many_sources_stand_folded_and_open_all_the_same(open_page: OpenPage) -> None:
    app = open_page("rounds/ask.py", "saltmarsh")
    app.chat_input[0].set_value("problem list").run()
    [folded] = [e for e in app.expander if e.label.startswith("Sources (")]
    twins = [b for b in folded.button if (b.key or "").startswith("twin:ask")]
    assert len(twins) > prose.BUTTONS_BESIDE
    twins[-1].click().run()
    assert "quote found word for word" in shown(app)


def test_few_sources_stand_beside_the_answer(open_page: OpenPage) -> None:
    app = open_page("rounds/ask.py", "saltmarsh")
    app.chat_input[0].set_value("latest potassium").run()
    assert [b for b in app.button if (b.key or "").startswith("twin:ask")]
    assert not [e for e in app.expander if e.label.startswith("Sources")]


def test_what_was_searched_is_told_in_few_words() -> None:
    searched = ("notes: 'falls / fell / fall / falling'", "notes: 'ward'", "names of results")
    words = answer_view.searched_words(searched)
    assert words == ["notes: 'falls / fell / fall' and 1 more, 'ward'", "names of results"]
