"""The frame around every page; Streamlit runs this script for each visitor and each change."""

from atlas.screen import frame

frame.run_frame()
