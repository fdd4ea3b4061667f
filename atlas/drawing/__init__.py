"""What a choice looks like: map, charts, cards, preview picture. Knows no Streamlit and no HTTP."""
