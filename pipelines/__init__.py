"""All the work of Chartroom, free of any screen.

The rooms hand on plain frozen values in one direction: charts → answers → desk, with the
ledger and the privacy layers called by the desk. Nothing in here imports Streamlit.
"""
