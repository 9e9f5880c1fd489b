"""Two results set against each other: one answer for every order of the words, the other swapped.

The truth is worked out here from the values of the chart, never from the program's reading.
"""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from pipelines.answers import question
from pipelines.answers.evidence import gather
from pipelines.answers.verify import verify
from pipelines.answers.write_embedded import write
from pipelines.records.answers import Draft
from pipelines.records.chart import Chart
from tests.answers.question_chart import loaded

# The potassium of `question_chart` in time order: 4.0, then in the stay 5.9, 5.0 and 4.4.
VALUES = {
    "first": 4.0, "second": 5.9, "newest": 4.4, "next-to-last": 5.0, "peak": 5.9, "lowest": 4.0,
}  # fmt: skip
SAME = (
    {"last", "newest"},
    {"penultimate", "next-to-last"},
    {"first", "lowest"},
    {"second", "peak"},
)
SIDES = {"higher": 1, "lower": -1}
WHETHER = (
    "Is the {a} potassium {way} than the {b}?",
    "Is the {a} potassium {way} than the {b} one?",
    "Compared with the {b}, is the {a} potassium {way}?",
    "Compared to the {b} value, was the {a} potassium {way}?",
    "Is the {a} potassium, compared to the {b}, {way}?",
    "Is the {a} potassium {way} compared with the {b}?",
    "Relative to the {b}, is the {a} potassium {way}?",
    "In comparison with the {b} potassium, was the {a} {way}?",
    "Is the {a} potassium {way} relative to the {b}?",
    "Against the {b}, is the {a} potassium {way}?",
    "{a} potassium vs {b}: {way}?",
)
HOW_FAR = (
    "How much {way} was the {a} potassium than the {b}?",
    "How much {way} than the {b} was the {a} potassium?",
    "By how much is the {a} potassium {way} than the {b}?",
    "Compared with the {b}, how much {way} is the {a} potassium?",
    "How much {way} is the {a} potassium compared to the {b}?",
    "How far {side} the {b} potassium is the {a}?",
    "How far is the {a} potassium {side} the {b}?",
)
PAIRS = [(a, b) for a, b in permutations(VALUES, 2) if not any({a, b} <= s for s in SAME)]


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    folder: Path = tmp_path_factory.mktemp("compared")
    return loaded(folder)


def _answer(words: str, chart: Chart) -> tuple[Draft, str]:
    asked = question.understand(words, chart=chart)
    found = gather.gather(chart, asked)
    draft = write.write(asked, found)
    shown = [s for s in verify.verify(draft, found) if s.support != "unverified"]
    assert shown, (words, asked.decline or draft.abstention)
    return draft, " ".join(s.text for s in shown)


@pytest.mark.parametrize("form", WHETHER)
def test_yes_or_no_follows_the_meaning_and_not_the_order_of_words(chart: Chart, form: str) -> None:
    for a, b in PAIRS:
        for way, sign in SIDES.items():
            words = form.format(a=a, b=b, way=way)
            draft, text = _answer(words, chart)
            holds = sign * (VALUES[a] - VALUES[b]) > 0
            assert draft.values == ((int(holds),),), (words, text)
            assert text.startswith("Yes" if holds else "No"), (words, text)


@pytest.mark.parametrize("form", HOW_FAR)
def test_how_much_is_a_number_with_its_sign_and_its_side(chart: Chart, form: str) -> None:
    for a, b in PAIRS:
        for way, sign in SIDES.items():
            side = "above" if sign > 0 else "below"
            words = form.format(a=a, b=b, way=way, side=side)
            draft, text = _answer(words, chart)
            gap = VALUES[a] - VALUES[b]
            assert draft.values == ((pytest.approx(sign * gap),),), (words, text)
            assert ("higher than" if gap > 0 else "lower than") in text, (words, text)


@pytest.mark.parametrize(
    ("words", "row"),
    [
        pytest.param("By how much did the last potassium exceed the first?", 0.4, id="exceed"),
        pytest.param("last minus first potassium", 0.4, id="minus"),
        pytest.param("first minus last potassium", -0.4, id="minus-turned"),
        pytest.param("Is the first potassium exceeded by the last?", 1, id="exceeded-by"),
        pytest.param("Is the last potassium exceeded by the first?", 0, id="exceeded-by-turned"),
        pytest.param("Comparing the first and last potassium, is the last higher?", 1, id="again"),
        pytest.param("Comparing the first and last potassium, is the first higher?", 0, id="first"),
        pytest.param("Against the first, is the potassium up?", 1, id="up-from-one"),
        pytest.param("Has the potassium come down since the value before last?", 1, id="since"),
        pytest.param("Is potassium lower than the last one?", 1, id="than-the-last-one"),
        pytest.param("Is potassium lower than before?", 1, id="than-before"),
        pytest.param("Is the latest potassium lower than on admission?", 1, id="admission"),
        pytest.param("Relative to the admission value, is potassium higher?", 0, id="admitted"),
        pytest.param("How much did potassium fall from admission to the lowest?", 1.5, id="nadir"),
        pytest.param("How much has potassium fallen from its peak?", 1.5, id="from-its-peak"),
        pytest.param("Was the peak potassium of the last stay higher than that of the first stay?",
                     1, id="of-two-stays"),
        pytest.param("Which is higher, the first or the last potassium?", 4.4, id="which"),
        pytest.param("Which is lower, the first or the last potassium?", 4.0, id="which-lower"),
    ],
)  # fmt: skip
def test_what_is_set_against_what_is_read_from_the_words(
    chart: Chart, words: str, row: float
) -> None:
    draft, text = _answer(words, chart)
    assert draft.values == ((pytest.approx(row),),), text


@pytest.mark.parametrize(
    "words",
    [
        "Is potassium higher?",
        "Was potassium higher in the last stay than in the first stay?",
        "Is the last potassium not higher than the first?",
        "Compared with the first, is the last potassium higher than the second?",
    ],
)
def test_a_comparison_without_its_two_results_is_declined(chart: Chart, words: str) -> None:
    asked = question.understand(words, chart=chart)
    draft = write.write(asked, gather.gather(chart, asked))
    assert not draft.answerable, (words, draft.sentences)


@pytest.mark.parametrize("course", ["better", "worse", "improving", "rising", "going up"])
@pytest.mark.parametrize(
    "yardstick",
    ["than when he came in", "than on admission", "compared with yesterday", "than the first"],
)
def test_a_course_is_not_told_by_another_yardstick_than_was_asked(
    chart: Chart, course: str, yardstick: str
) -> None:
    asked = question.understand(f"Is the potassium {course} {yardstick}?", chart=chart)
    assert asked.ask != "direction" or asked.decline is not None


@pytest.mark.parametrize("yardstick", ["", " than before", " than last time", " than it was"])
def test_a_course_is_that_since_the_result_before(chart: Chart, yardstick: str) -> None:
    asked = question.understand(f"Is the potassium better{yardstick}?", chart=chart)
    assert (asked.ask, asked.decline) == ("direction", None)
