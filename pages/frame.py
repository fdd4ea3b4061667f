"""The frame around every page; Streamlit runs this script for each visitor and each change."""

from atlas import screen

screen.run_frame()
