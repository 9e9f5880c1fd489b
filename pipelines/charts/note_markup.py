"""HTML, XHTML and the XML of C-CDA as text, parsed by lxml.

Scripts, styles, hidden elements, tags and attributes never reach the text. HTML is taken as a
stream of tags, so that no tree can grow out of it; one nested deeper than any person's is not
read. XML loads nothing, resolves no entity and keeps libxml2's own limits. A C-CDA gives the
narrative of its sections under their titles, or the document that it carries in base64.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pipelines.charts.note_page import Page
from pipelines.charts.note_words import Mark, Sheet, Words, unread

if TYPE_CHECKING:
    from lxml.etree import _Element

SILENT = frozenset({
    "script", "style", "head", "title", "template", "iframe", "svg", "noframes",
})  # fmt: skip
DEEPEST = 1000
CHUNK = 64 * 1024
TOO_DEEP = "It is HTML that is nested too deeply."
NOT_A_DOCUMENT = "It is XML that is not a C-CDA document."
BROKEN_XML = "It is XML that is broken."
NO_TEXT = "It holds no text."

# C-CDA's narrative block by its HTML counterparts: hl7.org/cda, NarrativeBlock.xsd.
NARRATIVE = {"paragraph": "p", "list": "ul", "item": "li", "linkHtml": "a", "content": "span"}
LOINC_OID = "2.16.840.1.113883.6.1"


class _TooDeep(Exception):
    """Raised out of the parser's events."""


class _Visible:
    """Collects what a reader of the page would see."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.depth = 0
        self.silent_from = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _TooDeep
        if self.silent_from:
            return
        if tag in SILENT or _is_hidden(attributes):
            self.silent_from = self.depth
        else:
            self.page.start(tag)

    def end(self, tag: str) -> None:
        if not self.silent_from:
            self.page.end(tag)
        elif self.silent_from == self.depth:
            self.silent_from = 0
        self.depth -= 1

    def data(self, data: str) -> None:
        if not self.silent_from:
            self.page.say(data)

    def close(self) -> None:
        """Part of the form that lxml expects."""


def _is_hidden(attributes: dict[str, str]) -> bool:
    style = attributes.get("style", "")
    return "hidden" in attributes or "display:none" in style.replace(" ", "").lower()


def html_words(markup: str) -> Words:
    """The visible words of HTML and its headings."""
    from lxml import etree

    page = Page()
    parser = etree.HTMLParser(target=_Visible(page), encoding="utf-8", huge_tree=True)
    content = markup.replace("\x00", "\ufffd").encode("utf-8", "replace")
    if not content.strip():
        return Words("")
    try:
        for start in range(0, len(content), CHUNK):
            parser.feed(content[start : start + CHUNK])
        parser.close()
    except _TooDeep:
        return unread(TOO_DEEP)
    except etree.LxmlError:  # nothing in it that could be a page
        return unread("It is HTML that is broken.")
    return page.words()


def cda_words(content: bytes) -> tuple[Words, tuple[str, bytes] | None]:
    """The narrative of a C-CDA; or, where it only carries a document, its type and content."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True, strip_cdata=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError):
        return unread(BROKEN_XML), None
    if _name(root) == "html":
        return html_words(etree.tostring(root, encoding="unicode")), None
    if _name(root) != "ClinicalDocument":
        return unread(NOT_A_DOCUMENT), None
    carried = _carried(root)
    if carried is not None:
        return unread(NO_TEXT), carried
    sheet = Sheet()
    title = _child(root, "title")
    if title is not None:
        sheet.add(_line(title))
    for section in _sections(root):
        _add_section(sheet, section, 1)
    return sheet.words(), None


def _add_section(sheet: Sheet, section: _Element, level: int) -> None:
    titled = _child(section, "title")
    title = _line(titled) if titled is not None else ""
    start = sheet.add(title)
    place = len(sheet.marks)
    body = _child(section, "text")
    if body is not None:
        sheet.add_words(_narrative(body))
    for inner in _sections(section):
        _add_section(sheet, inner, level + 1)
    if sheet.length > start:
        mark = Mark(start, start + len(title), level, title or None, _code(section))
        sheet.marks.insert(place, mark)


def _narrative(body: _Element) -> Words:
    from lxml import etree

    page = Page()
    visible = _Visible(page)
    for event, element in etree.iterwalk(body, events=("start", "end")):
        name = _name(element)
        tag = NARRATIVE.get(name, name)
        if name == "list" and element.get("listType") == "ordered":
            tag = "ol"
        if event == "start":
            visible.start(tag, {})
            visible.data(element.text or "")
        else:
            visible.end(tag)
            visible.data(element.tail or "" if element is not body else "")
    return page.words()


def _sections(parent: _Element) -> Iterator[_Element]:
    """The sections right below a document's body or a section."""
    steps: tuple[str, ...] = ("component", "section")
    if _name(parent) == "ClinicalDocument":
        steps = ("component", "structuredBody", "component", "section")
    found = [parent]
    for step in steps:
        found = [child for one in found for child in one if _name(child) == step]
    return iter(found)


def _carried(root: _Element) -> tuple[str, bytes] | None:
    """The document in base64 that an unstructured C-CDA carries."""
    found = [root]
    for step in ("component", "nonXMLBody", "text"):
        found = [child for one in found for child in one if _name(child) == step]
    for text in found:
        said = "".join(text.itertext())
        kind = text.get("mediaType") or "text/plain"
        if text.get("representation") != "B64":
            return (kind, said.encode()) if said.strip() else None
        try:
            return kind, base64.b64decode("".join(said.split()), validate=True)
        except (binascii.Error, ValueError):
            return kind, b""
    return None


def _code(section: _Element) -> dict[str, Any] | None:
    code = _child(section, "code")
    if code is None or not code.get("code"):
        return None
    oid = code.get("codeSystem")
    system = "http://loinc.org" if oid == LOINC_OID else oid and f"urn:oid:{oid}"
    named = (("system", system), ("code", code.get("code")), ("display", code.get("displayName")))
    return {"coding": [{name: value for name, value in named if value}]}


def _child(element: _Element, name: str) -> _Element | None:
    return next((child for child in element if _name(child) == name), None)


def _name(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _line(element: _Element) -> str:
    return " ".join("".join(str(part) for part in element.itertext()).split())
