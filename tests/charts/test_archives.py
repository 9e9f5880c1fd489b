"""Zip archives: what is read of them, and every rule that refuses one."""

from __future__ import annotations

import io
import json
import random
import stat
import struct
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from pipelines.charts.archives import MOST_MEMBERS, members, open_member, reported
from pipelines.charts.refusals import FileRefused
from tests.charts.fhir_files import patient

PATIENT = json.dumps(patient()).encode()


def archive(**contents: bytes) -> bytes:
    return packed(list(contents.items()))


def packed(contents: list[tuple[str | zipfile.ZipInfo, bytes]], level: int = 6) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as file:
        for name, data in contents:
            file.writestr(name, data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def info(name: str, **more: int) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name)
    for key, value in more.items():
        setattr(found, key, value)
    return found


def names(data: bytes, most: int = 10) -> list[str]:
    return [member.name for member in members(io.BytesIO(data), most)]


def test_members_that_may_be_fhir_are_read_in_order_and_others_passed_over() -> None:
    contents = ["b/z.json", "a.ndjson", "c.JSONL", "d.ndjson.gz", "e.gz", "read.me", "p.pdf",
                "__MACOSX/._a.json", ".hidden.json", "folder/", "x.csv.json",
                "n.ndjson.txt"]  # fmt: skip
    data = packed([(name, PATIENT) for name in contents])
    assert names(data) == ["b/z.json", "a.ndjson", "c.JSONL", "d.ndjson.gz", "e.gz", "x.csv.json"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("as_path", [True, False])
def test_a_member_comes_back_as_it_was(tmp_path: Path, method: int, as_path: bool) -> None:
    content = random.Random(1).randbytes(700_000) + b"a" * 900_000
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("Ä ü.json", content, method)
        file.writestr("b.json", PATIENT, method)
    path = tmp_path / "x.zip"
    path.write_bytes(made.getvalue())
    opened = path if as_path else io.BytesIO(made.getvalue())
    one, two = members(opened, 10)
    with open_member(opened, one) as first:
        assert first.read(10) == content[:10]
        assert first.read() == content[10:]
    with open_member(opened, two) as second:
        assert list(second) == [PATIENT]
    assert reported("x.zip", two) == "x.zip!b.json"
    assert (two.size, one.size) == (len(PATIENT), 1_600_000)


def test_an_archive_behind_other_bytes_and_one_with_zip64_are_read() -> None:
    assert names(b"#!/bin/sh\n" + archive(**{"a.json": PATIENT})) == ["a.json"]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file, file.open("a.json", "w", force_zip64=True) as one:
        one.write(PATIENT)
    (member,) = members(made, 10)
    assert open_member(made, member).read() == PATIENT


LINK = (stat.S_IFLNK | 0o777) << 16
DEVICE = (stat.S_IFCHR | 0o600) << 16


def overlapping() -> bytes:
    """Two listed members that share one member's bytes, as in David Fifield's zip bomb."""
    data = archive(**{"a.json": PATIENT, "b.json": PATIENT})
    begins = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", begins + 4)
    return data[: second + 42] + struct.pack("<L", 0) + data[second + 46 :]


def encrypted() -> bytes:
    data = bytearray(archive(**{"a.json": PATIENT}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def of_method(method: int) -> bytes:
    data = bytearray(archive(**{"a.json": PATIENT}))
    data[data.index(b"PK\x01\x02") + 10] = method
    return bytes(data)


def twice() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return packed([("a.json", PATIENT), ("a.json", PATIENT)])


REFUSED = [
    pytest.param(lambda: packed([("../a.json", PATIENT)]), "leads elsewhere", id="up"),
    pytest.param(lambda: packed([("x/../../a.json", PATIENT)]), "leads elsewhere", id="up inside"),
    pytest.param(lambda: packed([("/etc/a.json", PATIENT)]), "leads elsewhere", id="absolute"),
    pytest.param(lambda: packed([("C:a.json", PATIENT)]), "leads elsewhere", id="drive"),
    pytest.param(lambda: packed([("x\\a.json", PATIENT)]), "leads elsewhere", id="backslash"),
    pytest.param(lambda: packed([("../read.me", b"")]), "leads elsewhere", id="one not read"),
    pytest.param(lambda: packed([("a\nb.json", PATIENT)]), "no file can have", id="line break"),
    pytest.param(lambda: archive(**{"aXb.json": PATIENT}).replace(b"aXb", b"a\0b"),
                 "no file can have", id="NUL"),
    pytest.param(lambda: packed([("a" * 2000 + ".json", PATIENT)]), "no file can have", id="long"),
    pytest.param(lambda: packed([(info("a.json", external_attr=LINK), b"/etc/passwd")]),
                 "link", id="link"),
    pytest.param(lambda: packed([(info("a.json", external_attr=DEVICE), b"")]), "not a file",
                 id="device"),
    pytest.param(encrypted, "encrypted", id="encrypted"),
    pytest.param(lambda: packed([("b.zip", archive(**{"a.json": PATIENT}))]),
                 "archive in the archive", id="nested"),
    pytest.param(lambda: packed([("b.ZIP", b"")]), "archive in the archive", id="nested, capitals"),
    pytest.param(overlapping, "overlap", id="overlapping"),
    pytest.param(lambda: packed([("a.json", b" " * 100_000_000)], 9), "far more than its size",
                 id="ratio"),
    pytest.param(lambda: packed([(f"{n}.json", b" " * 4_000_000) for n in range(20)], 9),
                 "far more than its size", id="ratio of all"),
    pytest.param(lambda: packed([(f"{n}.json", random.Random(n).randbytes(400)) for n in
                                 range(MOST_MEMBERS + 1)]), "more than 10,000 files", id="many"),
    pytest.param(lambda: packed([("read.me", b"")]), "holds no JSON", id="nothing to read"),
    pytest.param(lambda: packed([]), "holds no JSON", id="empty archive"),
    pytest.param(twice, "two files of one name", id="one name twice"),
    pytest.param(lambda: of_method(12), "not read here", id="bzip2"),
    pytest.param(lambda: of_method(99), "not read here", id="an unknown method"),
    pytest.param(lambda: archive(**{"a.json": PATIENT})[:-30], "damaged", id="cut off"),
    pytest.param(lambda: archive(**{"a.json": PATIENT})[40:], "damaged", id="beginning lost"),
    pytest.param(lambda: b"PK\x03\x04", "damaged", id="a signature alone"),
    pytest.param(lambda: b"", "damaged", id="empty"),
    pytest.param(lambda: PATIENT, "damaged", id="no archive"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "said"), REFUSED)
def test_an_archive_that_breaks_a_rule_is_refused_at_once(make: object, said: str) -> None:
    data = make()  # type: ignore[operator]
    started = time.monotonic()
    with pytest.raises(FileRefused) as caught:
        members(io.BytesIO(data), 200)
    assert said in caught.value.reason
    assert time.monotonic() - started < 5


def test_the_sizes_of_all_members_count_together() -> None:
    rng = random.Random(3)
    data = packed([(f"{n}.json", rng.randbytes(600_000)) for n in range(4)])
    assert len(members(io.BytesIO(data), 3)) == 4
    with pytest.raises(FileRefused, match="more than 2 MB"):
        members(io.BytesIO(data), 2)


def listed_as(data: bytes, size: int) -> bytes:
    """The archive with another unpacked size in its listing."""
    at = data.index(b"PK\x01\x02") + 24
    return data[:at] + struct.pack("<L", size) + data[at + 4 :]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(lambda: listed_as(archive(**{"a.json": b" " * 9_000_000}), 100),
                     "more than it says", id="more than it lists"),
        pytest.param(lambda: listed_as(archive(**{"a.json": PATIENT}), 5_000), "damaged",
                     id="less than it lists"),
        pytest.param(lambda: archive(**{"a.json": PATIENT}).replace(b"PK\x03\x04", b"PK\x03\x05"),
                     "damaged", id="no member there"),
        pytest.param(lambda: archive(**{"a.json": PATIENT}).replace(b"a.json", b"b.json", 1),
                     "damaged", id="another name inside"),
    ],
)  # fmt: skip
def test_a_member_that_is_not_what_it_is_listed_as_is_refused(make: object, said: str) -> None:
    opened = io.BytesIO(make())  # type: ignore[operator]
    (member,) = members(opened, 10)
    with pytest.raises(FileRefused) as caught:
        open_member(opened, member).read()
    assert said in caught.value.reason


def test_a_changed_byte_is_noticed() -> None:
    data = bytearray(packed([("a.json", random.Random(5).randbytes(50_000))]))
    data[5_000] ^= 1
    opened = io.BytesIO(bytes(data))
    (member,) = members(opened, 10)
    with pytest.raises(FileRefused, match="damaged"):
        open_member(opened, member).read()


def test_any_bytes_at_all_end_in_a_refusal_or_in_members() -> None:
    """Every byte of a small archive changed, one at a time."""
    data = archive(**{"a.json": PATIENT, "b.ndjson": PATIENT})
    for at in range(len(data)):
        opened = io.BytesIO(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        with suppress(FileRefused):
            for member in members(opened, 1):
                open_member(opened, member).read()


def test_a_missing_archive_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="no such file"):
        members(tmp_path / "x.zip", 1)
