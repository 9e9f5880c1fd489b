"""The words of a clinical document: attachments decoded and read by their form.

The text is made once, at load; every offset of a citation counts in it. Of several forms of one
document the plainest is read. Base64 or characters that do not decode, and a hash that is not
its data's, refuse the entry, because a wrong note is worse than none. A form that cannot be
read (a scan, an encrypted PDF, a Binary that has not come) gives no text but a reason, so that
it never looks like a note that says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from pipelines.charts.attachment_content import characters, checked, contradicts, decoded
from pipelines.charts.note_forms import RANK, Form, form_of, not_read
from pipelines.charts.note_words import Mark, Words, unread
from pipelines.charts.references import Element, Json
from pipelines.charts.refusals import EntryRefused

LARGE = 256 * 1024  # markup beyond it is read apart
MOST_MARKUP = 16 * 1024 * 1024
MOST_CHARACTERS = 2_000_000

NO_ATTACHMENT = "It names no attachment."
WAITING = "Its text is in a Binary that has not been loaded."
OUTSIDE = "Its text is kept at an address outside of this chart."
OF_ANOTHER_PATIENT: Json = {}
"""Stands for a Binary that the document's patient may not be told."""
OF_ANOTHER = "Its text is in a Binary of another patient."
EMPTY = "It holds no text."
TOO_LARGE = f"It is larger than {MOST_MARKUP // 1024 // 1024} MB."
TOO_LONG = f"Its text is longer than {MOST_CHARACTERS:,} characters."


class NoteText(NamedTuple):
    """The text, or why there is none; the element it came from, and what was read there."""

    text: str | None
    path: str
    content_type: str | None = None
    marks: tuple[Mark, ...] = ()
    unread: str | None = None


class _Given(NamedTuple):
    """One attachment with its content."""

    path: str
    attachment: Json
    form: Form
    content: bytes


def of_attachments(resource: Json, binaries: Mapping[str, Json] | None = None) -> NoteText | None:
    """The text of a document's attachments: all plain ones, else the plainest form of it.

    `binaries` holds what attachments point to, by `attachment.url`. None where the resource has
    no attachment at all.
    """
    named = attachments_of(resource)
    if not named:
        return None
    given: list[_Given] = []
    reasons: list[NoteText] = []
    for path, attachment in named:
        found = _content(resource, path, attachment, binaries or {})
        if isinstance(found, _Given):
            given.append(found)
        else:
            reasons.append(NoteText(None, path, _declared(attachment), (), found))
    given.sort(key=lambda one: RANK[one.form.kind])
    plain = [_read(one) for one in given if one.form.kind == "plain"]
    distinct = dict.fromkeys(one.text for one in plain if one.text)
    if distinct:
        return next(one for one in plain if one.text)._replace(text="\n\n".join(distinct))
    for one in given[len(plain) :]:
        read = _read(one)
        if read.text is not None:
            return read
        reasons.append(read)
    return (reasons + plain)[0]


def check_attachments(resource: Json) -> None:
    """Refuse an entry that carries base64 which does not decode, whatever its format."""
    for path, attachment in attachments_of(resource):
        if attachment.get("data") is not None:
            checked(attachment, path)


def attachments_of(resource: Json) -> list[tuple[str, Json]]:
    """Each attachment of a DocumentReference, DiagnosticReport, Media or Binary."""
    found: list[tuple[str, Json]] = []
    if isinstance(resource.get("content"), dict):
        found.append(("content", resource["content"]))
    else:
        for number, content in enumerate(resource.get("content") or ()):
            if isinstance(content, dict) and content.get("attachment"):
                found.append((f"content[{number}].attachment", content["attachment"]))
    for number, form in enumerate(resource.get("presentedForm") or ()):
        found.append((f"presentedForm[{number}]", form))
    if resource.get("resourceType") == "Binary":
        found.append(("Binary", resource))
    return found


def urls_of(resource: Json) -> list[str]:
    """The addresses of attachments that carry no data of their own, in order."""
    return [
        url
        for _, attachment in attachments_of(resource)
        if attachment.get("data") is None and (url := _text(attachment.get("url")))
        and not url.startswith("#")
    ]  # fmt: skip


def _content(
    resource: Json, path: str, attachment: Json, binaries: Mapping[str, Json]
) -> _Given | str:
    """An attachment's content, or why it is not there."""
    if attachment.get("data") is not None:
        content = checked(attachment, path)
        return _Given(f"{path}.data", attachment, _form(attachment, content), content)
    url = _text(attachment.get("url"))
    if not url:
        return NO_ATTACHMENT
    binary = _contained(resource, url[1:]) if url.startswith("#") else binaries.get(url)
    if binary is None:
        return WAITING if is_binary(url) else OUTSIDE
    if binary is OF_ANOTHER_PATIENT:
        return OF_ANOTHER
    content = decoded(binary.get("data") or "", path)
    if contradicts(attachment.get("hash"), binary.get("data") or "", content):
        return "Its Binary is not the one that its hash means."
    named = {
        **attachment,
        "contentType": binary.get("contentType") or attachment.get("contentType"),
    }
    return _Given(f"{path}.url", named, _form(named, content), content)


def is_binary(url: str) -> bool:
    """Whether an address means a Binary that may be in the store."""
    return url.startswith(("urn:uuid:", "#")) or bool(
        re.search(r"(?:^|/)Binary/[A-Za-z0-9\-.]{1,64}(?:/_history/[^/]*)?$", url)
    )


def _contained(resource: Json, name: str) -> Json | None:
    for inner in resource.get("contained") or ():
        if inner.get("id") == name and inner.get("resourceType") == "Binary":
            found: Json = inner
            return found
    return None


def _read(given: _Given) -> NoteText:
    """One attachment's text."""
    words = _words(given)
    text = words.text
    if text is not None and not text.strip():
        words = unread(EMPTY)
    elif text is not None and len(text) > MOST_CHARACTERS:
        words = unread(TOO_LONG)
    kind = given.form.content_type
    return NoteText(words.text, given.path, kind, words.marks, words.unread)


def _words(given: _Given) -> Words:
    form, content = given.form, given.content
    if form.kind == "plain":
        return Words(_said(given))
    if form.kind == "html":
        return _page(_said(given)) if len(content) <= MOST_MARKUP else unread(TOO_LARGE)
    if form.kind == "xml":
        return _cda(given)
    if form.kind == "other":
        return unread(not_read(form.content_type))
    from pipelines.charts import note_apart

    return note_apart.read_apart(form.kind, content)


def _said(given: _Given) -> str:
    named = given.attachment.get("contentType")
    return characters(given.content, named, given.path, is_page=given.form.kind == "html")


def _page(markup: str) -> Words:
    """HTML read here, or apart where it is large."""
    from pipelines.charts import note_apart, note_markup

    if len(markup) > MOST_MARKUP:
        return unread(TOO_LARGE)
    if len(markup) > LARGE:
        return note_apart.read_apart("html", markup.encode())
    return note_markup.html_words(markup)


def _cda(given: _Given) -> Words:
    """A C-CDA's narrative, or the words of the document that it carries."""
    from pipelines.charts import note_markup

    if len(given.content) > MOST_MARKUP:
        return unread(TOO_LARGE)
    words, carried = note_markup.cda_words(given.content)
    if carried is None:
        return words
    named, content = carried
    form = form_of(named, content)
    if form.kind == "xml":
        return unread(EMPTY)
    return _words(_Given(given.path, {"contentType": named}, form, content))


def narrative(resource: Json) -> NoteText | None:
    """A resource's own XHTML narrative, unless it says that it is empty."""
    element = resource.get("text")
    if not isinstance(element, dict) or element.get("status") == "empty":
        return None
    words = div_words(element)
    if words.text is None or not words.text.strip():
        return None
    return NoteText(words.text, "text.div", "application/xhtml+xml", words.marks)


def div_words(element: Element) -> Words:
    """The words of a Narrative; none for none."""
    div = _text((element or {}).get("div"))
    return _page(div) if div else Words("")


def _text(value: Element) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise EntryRefused("An element that must be a string is not one.")


def _declared(attachment: Json) -> str | None:
    named = attachment.get("contentType")
    return form_of(named, b"").content_type if named else None


def _form(attachment: Json, content: bytes) -> Form:
    return form_of(attachment.get("contentType"), content)
