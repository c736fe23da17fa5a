"""Pieces of page with JavaScript of their own, where Streamlit has none: Streamlit's components of version 2.

Each module here wraps one component: its JavaScript and style are files in `assets/components`, read once when the
module is imported, and registered then; a Streamlit runtime that comes later (another test's, for instance) gets the
registration when the component is first drawn. A component shows what Python hands it and reports what a person did;
it decides nothing. Charts and panels may not be needed here: `dashboard.panels` and pages use components, components
use `dashboard.state` for what a session remembers, and `dashboard.palette` for colours.
"""
