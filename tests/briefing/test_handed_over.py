"""Print view and copied text: harmless whatever the chart says, whole, with name and draft."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from pipelines.briefing import forms, plain_text, print_view, render
from pipelines.records.answers import Briefing, BriefingSection, Narrative
from pipelines.records.handover import HandoverHeader
from tests.briefing.test_forms import briefing, statement

HEADER = HandoverHeader(
    "MARROW, Ada", "MRN-p1", "1950-02-03", "76 y, F", "Penicillin (Hives)",
    "2026-11-21 05:30 to 2026-11-22 05:30", "2026-11-22 05:30", "2026-11-26 15:00 UTC",
    "resident", "abcdef12",
)  # fmt: skip
HOSTILE = {
    "html": "<img src=x onerror=alert(1)><script>alert(1)</script>",
    "end of style": "</style></table><iframe src='http://evil.example'>",
    "entity": "&lt;b&gt; &#60;b&#62;",
    "formula": "=HYPERLINK(\"http://evil.example\",\"x\")",
    "bidi": "dose \u202egm 001\u202c of \u2066x\u2069",
    "zero width": "po\u200btas\ufeffsium",
    "line ends": "one\r\n=cmd|' /C calc'!A0\u2028-2+3",
    "markdown": "[x](http://evil.example) ![y](http://evil.example/z.png)",
    "css": "url(http://evil.example/a.png) @import 'x'",
}  # fmt: skip
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u2028\u2029\x00-\x08]")


class Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def hostile(text: str) -> Briefing:
    """A briefing with the text wherever a chart's or a model's words may stand."""
    line = statement(1, text)
    cited = replace(line.citations[0], title=text, quote=text, date=text, resource=text)
    line = replace(line, citations=(cited,))
    return replace(
        briefing((BriefingSection("Notes", (line,), None), BriefingSection(text, (), text)),
                 (line,), Narrative(statements=(line,), model=text)),
        incomplete=text, notice=text,
    )  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("key", forms.keys())
def test_hostile_words_come_out_harmless_in_print(key: str, text: str) -> None:
    made = hostile(text)
    header = replace(HEADER, name=text, allergies=text, mrn=text, reader=text)
    found = Tags()
    page = print_view.page(made, forms.fill(made, key), header)
    found.feed(page)
    assert found.tags <= {
        "html", "head", "meta", "title", "style", "body", "table", "thead", "tbody", "tr", "th",
        "td", "div", "span", "b", "strong", "br", "h1", "h2", "h3",
    }  # fmt: skip
    assert found.attributes <= {"lang", "charset", "http-equiv", "content", "name", "class"}
    assert not UNSEEN.search(page)
    assert page.count("</style>") == 1


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("key", forms.keys())
def test_hostile_words_come_out_harmless_in_text_and_markdown(key: str, text: str) -> None:
    made = hostile(text)
    form = forms.fill(made, key)
    copied = plain_text.text(made, form, replace(HEADER, name=text))
    assert not UNSEEN.search(copied)
    assert not re.search(r"^[=+@\t-]", copied, re.MULTILINE), "a line begins a formula"
    for markdown in (render.as_markdown(made), render.form_as_markdown(made, form)):
        assert not UNSEEN.search(markdown)
        assert not re.search(r"(?<!\\)[<>]|(?<!\\)\](?!\\)\(", markdown)


@pytest.mark.parametrize("key", forms.keys())
def test_text_and_print_say_every_line_its_citation_and_that_it_is_a_draft(key: str) -> None:
    lines = tuple(statement(n, f"Potassium 5.{n} mmol/L (high), 2026-11-22 05:3{n}")
                  for n in range(1, 4))  # fmt: skip
    made = briefing((BriefingSection("New and abnormal results", lines, None),))
    form = forms.fill(made, key)
    text = plain_text.text(made, form, HEADER)
    page = print_view.page(made, form, HEADER)
    for line in lines:
        number = line.citations[0].n
        assert f"▲ H {line.text} [{number}]" in text
        assert f"[{number}] K" in text
        assert f"Potassium 5.{number} mmol/L (high)" in page
    for said in (text, page):
        for word in ("DRAFT, not signed", "MARROW, Ada", "MRN-p1", "1950-02-03",
                     "Penicillin (Hives)", "2026-11-22 05:30", "abcdef12"):  # fmt: skip
            assert word in said
    assert text.rstrip().endswith("Draft, not signed.")


def test_what_was_not_verified_is_in_neither() -> None:
    bad = statement(9, "Potassium 9.9 mmol/L", "unverified")
    made = briefing((), (statement(1),), Narrative(statements=(), withheld=(bad,)))
    form = forms.fill(made, "pre-round")
    assert "9.9" not in plain_text.text(made, form, HEADER)
    assert "9.9" not in print_view.page(made, form, HEADER)


def test_the_page_needs_no_script_and_no_other_file() -> None:
    made = briefing((), (statement(1),))
    page = print_view.page(made, forms.fill(made, "sbar"), HEADER)
    for never in ("<script", "src=", "href=", "url(", "@import", "http:", "https:", "javascript"):
        assert never not in page
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", page)) <= {"#000", "#fff"}, "black and white"


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("K 5.9 mmol/L (high, range from 3.5)", "▲ H"),
        ("K 6.9 mmol/L (critical high)", "▲▲ HH"),
        ("Na 120 mmol/L (critical low, range from 135)", "▼▼ LL"),
        ("Hb 8 g/dL (low)", "▼ L"),
        ("Hb 13 g/dL (in range)", "·"),
        ("the patient feels low", "·"),
    ],
)
def test_high_and_low_are_signs_and_letters(text: str, sign: str) -> None:
    made = briefing((), (statement(1, text),))
    form = forms.fill(made, "sbar")
    assert f"{sign} {text} [1]" in plain_text.text(made, form, HEADER)
    assert f'<span class="sign">{sign}</span>' in print_view.page(made, form, HEADER)
