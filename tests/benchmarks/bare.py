"""The least that Streamlit can show: what the page costs before anybody has written an app."""

import streamlit as st

st.title("Bare")
