"""Of which kind each document of a chart is: the code of its type, as the record states it.

Titles are a site's own; the LOINC code of the document type is the same everywhere. A document
without one is not here, and nothing is guessed from its words.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.records.chart import Chart

KINDS = """
select resource, split_part(code_key, '|', 2)
from document
where patient = $patient and code_key is not null and (written_utc <= $as_of or written_utc is null)
"""


def note_kinds(chart: Chart) -> Mapping[str, str]:
    """The code of the document type, by the document's resource."""
    return dict(chart.rows(KINDS, as_of=chart.as_of.instant))
