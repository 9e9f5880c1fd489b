"""An attachment's content: base64 decoded, its hash compared, its characters by their set.

What does not decode, and a hash that is another content's, refuses the entry by the element's
name: a note that was emptied or mixed up would be worse than none. The size that an attachment
states is not compared, because systems count it in several ways.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import hashlib
import re

from pipelines.charts.references import Element, Json
from pipelines.charts.refusals import EntryRefused

CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.I)
META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]+)", re.I)
# Python's codecs that are no character sets, or that a file can make run wild.
NO_CHARSETS = frozenset({
    "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7",
})  # fmt: skip
SHA1_BYTES = 20


def checked(attachment: Json, path: str) -> bytes:
    """An attachment's data decoded; refused where its hash says that it is other data."""
    content = decoded(attachment["data"], path)
    if contradicts(attachment.get("hash"), attachment["data"], content):
        raise EntryRefused(f"{path}.hash is not the SHA-1 of its data.")
    return content


def decoded(data: Element, path: str) -> bytes:
    """Base64 as bytes."""
    if not isinstance(data, str):
        raise EntryRefused(f"{path}.data is not base64 text.")
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise EntryRefused(f"{path}.data is base64 that does not decode.") from error


def contradicts(named: Element, data: str, content: bytes) -> bool:
    """Whether a SHA-1 is of neither the data nor, as some systems make it, its base64."""
    if not isinstance(named, str):
        return False
    try:
        digest = base64.b64decode(named, validate=True)
    except (binascii.Error, ValueError):
        return False
    if len(digest) != SHA1_BYTES:
        return False  # no SHA-1: there is nothing to compare with
    mine = (hashlib.sha1(one, usedforsecurity=False).digest() for one in (content, data.encode()))
    return digest not in mine


def characters(content: bytes, named: object, path: str, *, is_page: bool = False) -> str:
    """Text by the character set that its content type names; refused where it is in another."""
    said = CHARSET.search(str(named or ""))
    charset = said[1] if said else _charset_within(content, is_page)
    try:
        codec = codecs.lookup(charset).name
        if codec in NO_CHARSETS:
            raise LookupError(codec)
        found = content.decode(codec)
    except (LookupError, ValueError) as error:
        raise EntryRefused(f"{path} is text in another character set.") from error
    if "\x00" in found:  # UTF-16 that was taken for UTF-8
        raise EntryRefused(f"{path} is text in another character set.")
    return found.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _charset_within(content: bytes, is_page: bool) -> str:
    """The character set that content names itself: by its first bytes, or as HTML does."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    meta = META_CHARSET.search(content[:2048]) if is_page else None
    return meta[1].decode("ascii", "replace") if meta else "utf-8"
