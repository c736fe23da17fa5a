"""Start here: `streamlit run app.py`."""

from dashboard.navigation import run_selected_page

run_selected_page()
