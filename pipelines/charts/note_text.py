"""The words of a clinical document: attachments decoded, HTML reduced to its text.

The text is decoded once, at load; every offset of a citation counts in it. Only text forms are
read (plain, HTML, Markdown): a PDF or an image stays in the raw resource. Base64 or characters
that do not decode refuse the entry, because an emptied note would look like a note that says
nothing. Scripts, styles, tags and attributes of HTML never reach the text.
"""

from __future__ import annotations

import base64
import binascii
import re
from html.parser import HTMLParser
from typing import NamedTuple

from pipelines.charts.references import Element, Json
from pipelines.charts.refusals import EntryRefused

HTML_TYPES = ("text/html", "application/xhtml+xml", "application/xhtml")
PLAIN_TYPES = ("text/plain", "text/markdown", "text/x-markdown", "text/csv", "text")
BLOCKS = frozenset({
    "p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6",
    "section", "article", "header", "footer", "pre", "blockquote", "dl", "dt", "dd", "hr",
    "thead", "tbody", "caption",
})  # fmt: skip
SILENT = frozenset({"script", "style", "head", "title", "template"})
CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.I)


class NoteText(NamedTuple):
    """The decoded text and the path of the attachment (or section) it came from."""

    text: str
    path: str


def of_attachments(attachments: list[tuple[str, Json]]) -> NoteText | None:
    """The text of a document's attachments: all plain ones, else the first HTML one.

    A document often carries the same text in several formats; only one of them is read.
    """
    plain, html = [], []
    for path, attachment in attachments:
        data = attachment.get("data")
        if data is None:
            continue
        content = _decoded(data, path)
        kind = str(attachment.get("contentType") or "text/plain").split(";")[0].strip().lower()
        if kind in PLAIN_TYPES:
            plain.append(NoteText(_characters(content, attachment, path), f"{path}.data"))
        elif kind in HTML_TYPES:
            html.append(NoteText(_characters(content, attachment, path), f"{path}.data"))
    if plain:
        distinct = dict.fromkeys(one.text for one in plain)
        return NoteText("\n\n".join(distinct), plain[0].path)
    return NoteText(html_text(html[0].text), html[0].path) if html else None


def check_attachments(resource: Json) -> None:
    """Refuse an entry that carries base64 which does not decode, whatever its format."""
    for path, attachment in attachments_of(resource):
        if attachment.get("data") is not None:
            _decoded(attachment["data"], path)


def attachments_of(resource: Json) -> list[tuple[str, Json]]:
    """Each attachment of a DocumentReference, DiagnosticReport, Media or Binary."""
    found: list[tuple[str, Json]] = []
    for number, content in enumerate(resource.get("content") or ()):
        if isinstance(content, dict) and content.get("attachment"):
            found.append((f"content[{number}].attachment", content["attachment"]))
    for number, form in enumerate(resource.get("presentedForm") or ()):
        found.append((f"presentedForm[{number}]", form))
    if isinstance(resource.get("content"), dict):
        found.append(("content", resource["content"]))
    if resource.get("resourceType") == "Binary":
        found.append(("Binary", resource))
    return found


def of_sections(sections: Element, path: str = "section") -> str:
    """A Composition's sections as text, each under its title, nested ones after their parent."""
    parts = []
    for number, section in enumerate(sections or ()):
        title = section.get("title")
        body = html_text(str((section.get("text") or {}).get("div") or ""))
        inner = of_sections(section.get("section"), f"{path}[{number}].section")
        parts += [f"# {title}" if title else "", body, inner]
    return "\n".join(part for part in parts if part)


def _decoded(data: Element, path: str) -> bytes:
    if not isinstance(data, str):
        raise EntryRefused(f"{path}.data is not base64 text.")
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise EntryRefused(f"{path}.data is base64 that does not decode.") from error


def _characters(content: bytes, attachment: Json, path: str) -> str:
    named = CHARSET.search(str(attachment.get("contentType") or ""))
    try:
        found = content.decode(named[1] if named else "utf-8")
    except (LookupError, UnicodeDecodeError) as error:
        raise EntryRefused(f"{path}.data is text in another character set.") from error
    return found.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


class _Words(HTMLParser):
    """Collects what a reader of the page would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  # HTMLParser's form
        if tag in SILENT:
            self.silent += 1
        if tag == "li":
            self.parts.append("\n- ")
        elif tag in BLOCKS:
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT and self.silent:
            self.silent -= 1
        if tag in BLOCKS and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def html_text(markup: str) -> str:
    """The visible words of HTML, one line a block, blank lines folded."""
    reader = _Words()
    reader.feed(markup)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
