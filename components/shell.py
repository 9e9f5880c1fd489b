"""The script that every address runs: page settings, gate, banner, navigation, then the page.

It stands in a folder without `pages/` beside it, so that Streamlit's old discovery finds no page
to serve alone. While no patient is chosen, a page that needs one shows the chooser and nothing
of any chart. The tab's patient changes only when somebody chooses one: the visit id in the
address is read when the tab has no patient yet (a reload), and is worth nothing without the
session's cookie. The shell is not access control; the desk checks every opening of a chart.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

import streamlit as st

from components import theme, tour
from components.banner import draw_banner, draw_no_patient
from components.guard import guard
from components.place import ADDRESS_KEY, PLACE, VISIT, Place, enter, leave
from components.response_headers import COOKIE
from components.worklist_table import choose_patient
from pipelines.desk import access, look, this_process, visits
from pipelines.errors import NotFound
from pipelines.records.ledger import Visit

PAGES = Path(__file__).parents[1] / "pages"
GROUPS = {
    "Rounds": (
        ("rounds/worklist.py", "Worklist"),
        ("rounds/briefing.py", "Briefing"),
        ("rounds/summary.py", "Summary"),
        ("rounds/trends.py", "Trends"),
        ("rounds/timeline.py", "Timeline"),
        ("rounds/notes.py", "Notes"),
        ("rounds/ask.py", "Ask"),
        ("rounds/cohort.py", "Cohort"),
    ),
    "Oversight": (
        ("oversight/log.py", "Log"),
        ("oversight/exports.py", "Exports"),
        ("oversight/quality.py", "Quality"),
        ("oversight/models.py", "Models"),
        ("oversight/imports.py", "Imports"),
    ),
}
WAITING = "Reading the records …"
ASK = "Ask"  # says itself what a model is doing
NEED_A_PATIENT = {"Briefing", "Summary", "Trends", "Timeline", "Notes", "Ask", "Exports"}


def main() -> None:
    """Draw the shell and, inside it, the page."""
    st.set_page_config(
        page_title="Chartroom",
        page_icon="📋",  # without one the browser asks an outside host for an icon
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    theme.apply()
    pages = {
        group: [
            st.Page(PAGES / path, title=title, default=title == "Worklist")
            for path, title in listed
        ]
        for group, listed in GROUPS.items()
    }
    # The links stand in one row of our own: Streamlit's list is no list to a screen reader.
    chosen = st.navigation(pages, position="hidden")
    with guard():
        place = arrive()
        st.session_state[PLACE] = place
        draw_top(place, pages)
        tour.draw(place, chosen.title)
        if place.visit is None and chosen.title in NEED_A_PATIENT:
            draw_gate(place)
        else:
            with nullcontext() if chosen.title == ASK else waiting(), guard():
                chosen.run()


@contextmanager
def waiting() -> Iterator[None]:
    """Words in the top corner while a page takes longer than half a second; they move nothing."""
    with ExitStack() as until_drawn:
        with st.container(key="cr-waiting"):
            until_drawn.enter_context(st.spinner(WAITING))
        yield


def arrive() -> Place:
    """Who is here, and the visit of this tab, if there is one."""
    house, reader = this_process.house(), access.system_reader()
    session = session_of_browser()
    visit = st.session_state.get(VISIT)
    if visit is None:
        visit = visits.resume(house, session, st.query_params.get(ADDRESS_KEY, ""))
    if not isinstance(visit, Visit) or visit.reader != reader.account:
        return Place(house, reader, session)
    try:
        banner = look.banner(house, reader, visit.patient)
    except NotFound:
        leave()  # the patient was removed since
        return Place(house, reader, session)
    st.session_state[VISIT] = visit
    if st.query_params.get(ADDRESS_KEY) != visit.visit_id:
        st.query_params[ADDRESS_KEY] = visit.visit_id
    return Place(house, reader, session, visit, banner)


def session_of_browser() -> str:
    """The cookie's value; without one (a bare WebSocket) a session that ends with the tab."""
    cookie = st.context.cookies.get(COOKIE)
    if isinstance(cookie, str) and cookie:
        return cookie
    return str(st.session_state.setdefault("session", secrets.token_urlsafe(32)))


def draw_top(place: Place, pages: Mapping[str, list[st.Page]]) -> None:
    """Links to every page in one row, and the banner, which stays in sight while scrolling."""
    with st.container(key="cr-top"):
        with st.container(horizontal=True, key="cr-links"):
            for group, listed in pages.items():
                with st.container(horizontal=True, key=f"cr-group-{group}", width="content"):
                    for page in listed:
                        st.page_link(page)
        if place.banner is None:
            draw_no_patient()
        else:
            draw_banner(place.banner)


def draw_gate(place: Place) -> None:
    """The chooser that stands in for a page while no patient is chosen."""
    chosen = choose_patient(look.patients(place.house, place.reader))
    if chosen is not None:
        enter(visits.open_visit(place.house, place.session, place.reader, chosen))
        st.rerun()


main()
