"""Quality: what answers scored against keys in this home, by kind of question, over time."""

from __future__ import annotations

import streamlit as st

from components.place import here
from components.safe_text import heading, paragraph
from components.scores_view import draw_kinds, draw_runs
from pipelines.desk import evaluate

place = here()
heading("Quality")
runs = evaluate.history(place.house)
if runs:
    chosen = draw_runs(runs)
    heading("By kind of question")
    draw_kinds(chosen)
    paragraph(
        f"{chosen.key}, scored {chosen.time[:16].replace('T', ' ')} UTC; log entry"
        f" {chosen.log_id[:8]}. Right: as many rows as the key and each cell in its row. Every"
        " question of a run stands in the log with its answer.",
        "cr-quiet",
    )
else:
    st.info("No key was scored in this home yet.")
    paragraph(
        "A key is a file of questions with their answers. On the command line, while the app is"
        " closed, chartroom evaluate KEY.jsonl asks them all and scores the answers.",
        "cr-quiet",
    )
