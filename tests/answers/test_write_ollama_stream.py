"""A reply read while it comes: whole sentences only, in order, however it is cut into pieces."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.answers.write_ollama_stream import Sentences, draft_of
from pipelines.errors import ModelUnavailable
from pipelines.records.answers import DraftSentence

NUMBERS = frozenset({1, 2, 3})
TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from('{}[]",:\\/ \n'), max_size=40)
SENTENCES = st.lists(
    st.fixed_dictionaries(
        {"text": TEXTS, "cites": st.lists(st.sampled_from(["E1", "E2", "[E3]", "E9", "x"]))}
    ),
    max_size=4,
)
STYLES = st.sampled_from([None, 2, "\t"])


def pieces(text: str, cuts: list[int]) -> Iterator[str]:
    """The text cut at these places."""
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    for start, end in pairwise(places):
        yield text[start:end]


def heard(text: str, cuts: list[int]) -> tuple[DraftSentence, ...]:
    """All that is given out while the text comes."""
    reading = Sentences(NUMBERS)
    return tuple(one for piece in pieces(text, cuts) for one in reading.feed(piece))


def reply(sentences: list[dict[str, object]], *, answerable: bool = True) -> str:
    return json.dumps({"answerable": answerable, "sentences": sentences})


@given(SENTENCES, STYLES, st.booleans(), st.lists(st.integers(0, 10_000), max_size=12))
def test_a_good_reply_gives_every_sentence_however_it_is_cut(
    sentences: list[dict[str, object]], indent: int | str | None, ascii_only: bool, cuts: list[int]
) -> None:
    said = {"answerable": True, "sentences": sentences}
    text = json.dumps(said, indent=indent, ensure_ascii=ascii_only)
    assert heard(text, cuts) == draft_of(text, NUMBERS).sentences


@given(SENTENCES, st.integers(0, 10_000), st.lists(st.integers(0, 10_000), max_size=6))
def test_a_reply_that_breaks_off_gives_whole_sentences_alone(
    sentences: list[dict[str, object]], end: int, cuts: list[int]
) -> None:
    text = reply(sentences)
    part = text[: end % (len(text) + 1)]
    whole = draft_of(text, NUMBERS).sentences
    given_out = heard(part, cuts)
    assert given_out == whole[: len(given_out)]
    closed = sum(part.startswith(text[:text_end]) for text_end in ends(text, sentences))
    assert len(given_out) == closed


def ends(text: str, sentences: list[dict[str, object]]) -> Iterator[int]:
    """Where each sentence's object is closed."""
    at = text.index("[") + 1
    for sentence in sentences:
        written = json.dumps(sentence)
        at = text.index(written, at) + len(written)
        yield at


@given(
    SENTENCES,
    st.lists(st.tuples(st.integers(0, 10_000), st.text(max_size=3)), min_size=1, max_size=3),
    st.lists(st.integers(0, 10_000), max_size=6),
)
def test_nothing_is_given_out_that_the_whole_reply_does_not_say(
    sentences: list[dict[str, object]], changes: list[tuple[int, str]], cuts: list[int]
) -> None:
    text = reply(sentences)
    for place, other in changes:
        at = place % (len(text) + 1)
        text = text[:at] + other + text[at + 1 :]
    try:
        draft = draft_of(text, NUMBERS)
    except ModelUnavailable:
        return
    given_out = heard(text, cuts)
    assert given_out == draft.sentences[: len(given_out)]
    assert draft.answerable or not given_out


ONE = '{"text": "Potassium 5.9.", "cites": ["E1"]}'


@pytest.mark.parametrize(
    "text",
    [
        f'{{"answerable": false, "sentences": [{ONE}]}}',
        f'{{"sentences": [{ONE}], "answerable": true}}',
        f'{{"answerable": "true", "sentences": [{ONE}]}}',
        f'{{"sure": 1, "answerable": true, "sentences": [{ONE}]}}',
        f'```json\n{{"answerable": true, "sentences": [{ONE}]}}',
        f'[{{"answerable": true, "sentences": [{ONE}]}}]',
        '{"answerable": true, "sentences": ["Potassium 5.9."]}',
        '{"answerable": true, "sentences": [[' + ONE + "]]}",
        '{"answerable": true, "sentences": [{"text": "x", "cites": ["E1"], "sure": 1}]}',
        '{"answerable": true, "sentences": [{"text": "x", "text": "y", "cites": ["E1"]}]}',
        " " * 5000 + reply([{"text": "x", "cites": ["E1"]}]),
    ],
)
def test_another_form_gives_out_nothing_before_its_end(text: str) -> None:
    assert heard(text, list(range(0, len(text), 7))) == ()


def test_what_follows_a_sentence_of_another_form_is_not_given_out() -> None:
    text = f'{{"answerable": true, "sentences": [{ONE}, {{"text": 5, "cites": []}}, {ONE}]}}'
    assert [one.text for one in heard(text, [60, 90])] == ["Potassium 5.9."]


@pytest.mark.parametrize("between", ["", ";", ",,", "] [", "x"])
def test_what_is_not_json_between_two_sentences_ends_the_reading(between: str) -> None:
    text = f'{{"answerable": true, "sentences": [{ONE}{between}{ONE}]}}'
    assert len(heard(text, [50, 70])) == 1


@pytest.mark.parametrize(
    "text",
    [
        f'{{"answerable": true, "sentences": [{ONE}], "answerable": false}}',
        f'{{"answerable": true, "sentences": [{ONE}], "sentences": []}}',
        '{"answerable": true, "sentences": [{"text": "x", "text": "y", "cites": []}]}',
    ],
)
def test_a_reply_with_a_key_twice_has_not_the_form_asked_for(text: str) -> None:
    with pytest.raises(ModelUnavailable, match="form asked for") as caught:
        draft_of(text, NUMBERS)
    assert caught.value.__context__ is None


def test_the_number_of_the_sentence_under_way_is_known_before_it_is_complete() -> None:
    reading = Sentences(NUMBERS)
    begun = []
    opened = ('{"answerable": true, "sent', 'ences": [', '{"te')
    for piece in (*opened, 'xt": "a{", "cites": []}', ",{"):
        reading.feed(piece)
        begun.append(reading.begun)
    assert begun == [0, 0, 1, 1, 2]
