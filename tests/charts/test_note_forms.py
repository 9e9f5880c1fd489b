"""Every form in which a document comes, as the text that is read out of it."""

from __future__ import annotations

import base64
import hashlib

import pytest

from pipelines.charts import note_text
from pipelines.charts.note_text import NoteText
from pipelines.charts.passage_split import split
from pipelines.charts.refusals import EntryRefused
from tests.charts.document_files import attachment, cda, document, pdf, rtf

PLAN = (
    "<section><code code='18776-5' codeSystem='2.16.840.1.113883.6.1' displayName='Plan'/>"
    "<title>Plan</title><text><paragraph>Go <content>home</content>.</paragraph>"
    "<list listType='ordered'><item>Rest</item><item>Fluids</item></list>"
    "<table><tr><th>K</th><td>5.9</td></tr></table></text></section>"
)


def read(kind: str | None, content: str | bytes, **more: object) -> NoteText:
    found = note_text.of_attachments(document("a", attachment(kind, content, **more)))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        pytest.param("<p>One</p><p>Two</p>", "One\n\nTwo", id="paragraphs"),
        pytest.param("a<br>b<br/>c", "a\nb\nc", id="line breaks"),
        pytest.param("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c",
                     id="lists"),
        pytest.param("<ol><li>a<li>b</ol>", "1. a\n2. b", id="numbered, tags left open"),
        pytest.param("<table><tr><th>K</th><td><p>5.9</p></td></tr><tr><td>Na<td>140</table>",
                     "K | 5.9\nNa | 140", id="table"),
        pytest.param("<table><tr><td>K</td><td></td><td>high</td></tr></table>", "K |  | high",
                     id="an empty cell keeps its place"),
        pytest.param("<table><tr><td><h2>Plan</h2><p>Rest.</p><p>Eat.</p></td></tr></table>",
                     "Plan\n\nRest.\n\nEat.", id="a table for layout"),
        pytest.param("<pre>K    5.9\n\nNa   140</pre>", "K    5.9\n\nNa   140", id="preformatted"),
        pytest.param("<p>one\n   two\tthree</p>", "one two three", id="blanks folded"),
        pytest.param("5 &lt; 6 &amp; 7&nbsp;&gt; 6 &eacute;", "5 < 6 & 7 > 6 é", id="entities"),
        pytest.param("<style>p{}</style><script>x()</script><title>t</title><p onclick=x>a</p>",
                     "a", id="no script, style, title, attribute"),
        pytest.param("<p>a</p><p style='display: none'>no</p><p hidden>no<b>no</b></p>b",
                     "a\n\nb", id="nothing hidden"),
        pytest.param("<div xmlns='http://www.w3.org/1999/xhtml'><p>a</p><!-- no --></div>", "a",
                     id="XHTML"),
        pytest.param("K < 5 and Na > 130", "K < 5 and Na > 130", id="no tags at all"),
    ],
)  # fmt: skip
def test_a_page_is_read_as_a_reader_sees_it(markup: str, text: str) -> None:
    assert read("text/html", markup).text == text


def test_headings_of_a_page_head_its_passages() -> None:
    found = read("text/html", "<h1>Plan</h1><p>Rest.</p><h2>Later</h2><p>Eat.</p>")
    parts = split(found.text or "", found.marks)
    assert [(cut.heading, (found.text or "")[cut.start : cut.end]) for cut in parts.passages] == [
        ("Plan", "Rest."), ("Later", "Eat."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(r"Plan:\par Rest.\line Eat.", "Plan:\nRest.\nEat.", id="lines"),
        pytest.param(r"caf\'e9 \u8212? ok", "café \u2014 ok", id="code page and Unicode"),
        pytest.param(r"\u-10179?\u-8704? fine", "😀 fine", id="two halves of one character"),
        pytest.param(r"a {\b bold} b{\pict 0102}{\header no}", "a bold b",
                     id="no picture, no header"),
        pytest.param("a{\\pict " + "0f" * 2000 + "}b", "ab", id="a large picture"),
        pytest.param(r"\trowd K\cell 5.9\cell\row", "K|5.9|", id="a table's row"),
    ],
)  # fmt: skip
def test_rtf_is_read(body: str, text: str) -> None:
    assert read("text/rtf", rtf(body)).text == text


def test_a_pdf_is_read_page_by_page() -> None:
    found = read("application/pdf", pdf("Discharge summary\nPlan: rest.", "Seen again."))
    assert found.text == "Discharge summary\nPlan: rest.\n\nSeen again."
    assert (found.path, found.content_type) == ("content[0].attachment.data", "application/pdf")
    assert found.unread is None


def test_pages_of_a_pdf_without_text_are_named() -> None:
    found = read("application/pdf", pdf("One.", "", "Three."))
    assert found.text == "One.\n\nThree."
    assert found.unread == "No text on page 2 of its PDF."


def test_a_cda_gives_its_sections_under_their_titles() -> None:
    inner = PLAN.replace("Plan<", "Diet<")
    outer = PLAN.replace("</section>", f"<component>{inner}</component></section>")
    found = read("application/hl7-cda+xml", cda(outer))
    assert (found.text or "").startswith(
        "Discharge Summary\nPlan\nGo home.\n\n1. Rest\n2. Fluids\n\nK | 5.9\nDiet\nGo home."
    )
    assert [(mark.title, mark.level) for mark in found.marks] == [("Plan", 1), ("Diet", 2)]
    assert found.marks[0].code == {
        "coding": [{"system": "http://loinc.org", "code": "18776-5", "display": "Plan"}]
    }


def test_a_cda_that_carries_a_document_gives_that_documents_words() -> None:
    carried = base64.b64encode(rtf("Rest.")).decode()
    content = (
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody>'
        f'<text mediaType="text/rtf" representation="B64">{carried}</text>'
        "</nonXMLBody></component></ClinicalDocument>"
    )
    assert read("text/xml", content).text == "Rest."


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        pytest.param("text/plain; charset=windows-1252", "caf\xe9".encode("cp1252"), "café",
                     id="named"),
        pytest.param("text/plain", "café".encode(), "café", id="UTF-8 unless named"),
        pytest.param("text/plain", "café".encode("utf-8-sig"), "café", id="byte order mark"),
        pytest.param("text/plain", "café".encode("utf-16"), "café", id="UTF-16 by its mark"),
        pytest.param("text/html", b"<meta charset='iso-8859-1'><p>caf\xe9</p>", "café",
                     id="named in the page"),
        pytest.param("text/plain", "a\r\nb\rc", "a\nb\nc", id="line ends"),
        pytest.param("text/markdown", "# Plan\n- Rest", "# Plan\n- Rest", id="Markdown stays"),
        pytest.param(None, "Rest.", "Rest.", id="no type"),
        pytest.param("text/plain", pdf("Rest."), "Rest.", id="a PDF that is called text"),
        pytest.param("text/plain", rtf("Rest."), "Rest.", id="RTF that is called text"),
        pytest.param("text/plain", "<html><p>Rest.</p></html>", "Rest.", id="HTML called text"),
        pytest.param("application/octet-stream", rtf("Rest."), "Rest.", id="RTF by its content"),
    ],
)  # fmt: skip
def test_characters_and_forms_are_told_apart(
    kind: str | None, content: str | bytes, text: str
) -> None:
    assert read(kind, content).text == text


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        pytest.param("text/plain; charset=us-ascii", "é", id="another than named"),
        pytest.param("text/plain", b"caf\xe9", id="another than UTF-8"),
        pytest.param("text/plain; charset=klingon", "a", id="no character set"),
        pytest.param("text/plain; charset=punycode", "a", id="a codec that is none"),
        pytest.param("text/plain; charset=rot13", "a", id="a codec that is not of text"),
        pytest.param("text/plain", "Rest.".encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param("text/html; charset=ascii", "<p>é</p>", id="a page"),
    ],
)
def test_text_in_another_character_set_is_refused(kind: str, content: str | bytes) -> None:
    with pytest.raises(EntryRefused, match="another character set"):
        read(kind, content)


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        pytest.param("image/png", b"\x89PNG\r\n\x1a\n", "image (image/png)", id="image"),
        pytest.param("text/plain", b"\xff\xd8\xff\xe0", "image (image/jpeg)", id="called text"),
        pytest.param("video/mp4", b"....", "not read (video/mp4)", id="video"),
        pytest.param("application/msword", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
                     "not read (application/msword)", id="a word processor's file"),
        pytest.param("application/pdf", pdf("x", encrypted=True), "encrypted", id="encrypted PDF"),
        pytest.param("application/pdf", pdf(""), "PDF without text", id="scanned PDF"),
        pytest.param("application/pdf", pdf("x")[:80], "PDF that is broken", id="broken PDF"),
        pytest.param("application/pdf", b"", "PDF that is broken", id="empty PDF"),
        pytest.param("text/rtf", rtf(r"{\pict 0102}"), "RTF without text", id="RTF of a picture"),
        pytest.param("text/xml", "<a>", "XML that is broken", id="broken XML"),
        pytest.param("text/xml", "<a>b</a>", "not a C-CDA", id="other XML"),
        pytest.param("text/xml", cda("<section/>", title=""), "holds no text", id="empty C-CDA"),
        pytest.param("text/plain", " \n", "holds no text", id="empty text"),
        pytest.param("text/html", "<img src=x>", "holds no text", id="a page of a picture"),
        pytest.param("text/plain\nx: <b>", b"", "holds no text", id="an odd type is not shown"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_has_no_text_but_a_reason(
    kind: str, content: str | bytes, reason: str
) -> None:
    found = read(kind, content)
    assert found.text is None
    assert reason in (found.unread or "")
    assert "<b>" not in f"{found.unread}{found.content_type}"


def test_of_several_forms_the_plainest_that_can_be_read_counts() -> None:
    forms = [
        attachment("application/pdf", pdf("From PDF.")), attachment("image/png", b"\x89PNG\r\n"),
        attachment("text/rtf", rtf("From RTF.")), attachment("text/html", "<img>"),
    ]  # fmt: skip
    found = note_text.of_attachments(document("a", *forms))
    assert found is not None
    assert (found.text, found.path, found.unread) == (
        "From RTF.", "content[2].attachment.data", None,
    )  # fmt: skip


def sha1(content: bytes) -> str:
    return base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


@pytest.mark.parametrize(
    "digest",
    [
        pytest.param(sha1(b"Rest."), id="of the data"),
        pytest.param(sha1(base64.b64encode(b"Rest.")), id="of its base64"),
        pytest.param("AAAA", id="no SHA-1"),
        pytest.param("%%", id="no base64"),
    ],
)
def test_a_hash_of_the_data_is_no_contradiction_and_a_size_is_ignored(digest: str) -> None:
    assert read("text/plain", "Rest.", hash=digest, size=999).text == "Rest."


def test_a_hash_of_other_data_refuses_the_entry() -> None:
    with pytest.raises(EntryRefused, match=r"content\[0\].attachment.hash"):
        read("text/plain", "Rest.", hash=sha1(b"Other."))
