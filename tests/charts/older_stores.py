"""Stores as earlier versions left them, made from a store of today by taking steps back."""

from __future__ import annotations

from pathlib import Path

from pipelines.charts.store import ChartStore

BEFORE_LEAN = """
alter table passage add column passage_id varchar;
update passage set passage_id = resource || '#' || number;
alter table passage drop column number;
alter table token add column passage_id varchar;
update token set passage_id = resource || '#' || number;
alter table token drop column number;
alter table token drop column resource;
alter table passage_vector add column passage_id varchar;
update passage_vector set passage_id = resource || '#' || number;
alter table passage_vector drop column number;
alter table resource add column id varchar;
update resource set id = split_part(resource, '/', 2);
alter table resource rename column digest to sha256;
update resource set sha256 = unhex(sha256(raw));
delete from migration where name = 'm070_lean';
"""


def named_at_length(path: Path, also: str = "") -> None:
    """The store as it was before m070, and what `also` takes back beside that."""
    store = ChartStore.open(path, read_only=False)
    with store.writer() as cursor:
        cursor.execute(BEFORE_LEAN + also)
    store.close()
