"""Every key of the session, with a name of its own: values that pages keep, and widgets.

A widget's value lies in the session under the widget's key. The widgets of the filters have the keys of
the filters ("country", "q") and are not listed. The style sheet and the browser tests find an element by its
key too (`.st-key-atlas-card`).
"""

import time
from typing import Any

import streamlit as st

# ---- the address and the selection -----------------------------------------------------------------

REMEMBERED = "atlas-remembered"  # what the last run left in the address: an `address.Remembered`
TOUCHED = "atlas-touched"  # True in the run after a widget changed the selection: the address is older
PAGE_PARAMETERS = "atlas-page-parameters"  # path of a page -> what its address holds besides the selection
SHEET = "atlas-sheet"  # the key of the table on show
PLANT = "atlas-plant"  # the id of the selected plant, "" for none
PINS = "atlas-pins"  # the ids of the pinned plants
NOTES = "atlas-notes"  # sentences about values of the address that were left out
OWNER = "atlas-owner"  # the name under which the session owns a table (see `catalog.visitors`)

# ---- beside every page -----------------------------------------------------------------------------

TABLE_SWITCH = "atlas-table-switch"
LEAST, MOST = "least", "most"
"""Behind the key of a filter of numbers: its two boxes."""
YEAR = "atlas-year"  # the year in the box
NEXT_YEAR = "atlas-next-year"  # the year that playing goes to in the next run
PLAYING = "atlas-playing"  # False, True, or "waiting" for the next decade
PLAY_BUTTON = "atlas-play"
MENUS = "atlas-menus"
CLEAR_BUTTON = "atlas-clear"
FILTERED = "atlas-filtered"
UNFILTER_BUTTON = "atlas-unfilter"
SHOW_ALL_BUTTON = "atlas-back"
OUR_PLANTS_BUTTON = "atlas-ours"

# ---- map, card and rows ----------------------------------------------------------------------------

MAP = "atlas-map"
LEAD = "atlas-answer"
LEAD_BUTTON = "atlas-answer-button"  # and the id of the plant
SHOW_IN_BUTTON = "atlas-show-in"  # and the key of the table
SHOW_ELSEWHERE_BUTTON = "atlas-elsewhere"
WHICH_ALFA = "atlas-which"
BORN = "atlas-born"
BORN_BUTTON = "atlas-born-button"  # and what it is about
STORY = "atlas-story"
STORY_BUTTON = "atlas-story-button"  # and where it goes
CARD = "atlas-card"
NEIGHBOUR_BUTTON = "atlas-near"  # and the neighbour's id
PLANT_PICKER = "atlas-picker"
PLANT_LIST = "atlas-list"
PIN_BUTTON = "atlas-pin"
PINS_PICKER = "atlas-pinned"
ROWS = "atlas-table"
ROWS_PAGE = "atlas-page-of-table"
ROWS_ORDER = "atlas-sort"
ROWS_DESCENDING = "atlas-descending"

# ---- Timeline --------------------------------------------------------------------------------------

FIND_MY_CAR = "atlas-find"
CAR_TEXT = "atlas-car"
CAR_READ = "atlas-car-read"  # the text of the last run
CAR_PICKED = "atlas-car-picked"
CAR_BUTTON = "atlas-car-offered"  # and the model
TIMELINE_CHART = "atlas-chart"
OTHER_BRANDS = "atlas-brands"
OWN_SCALE = "atlas-own-scale"
ALL_SITES_BUTTON = "atlas-all-sites"

# ---- Distances -------------------------------------------------------------------------------------

START = "atlas-start"
START_TEXT = "atlas-from"
START_PLANT = "atlas-from-plant"
START_BUTTON = "atlas-choice"  # and the number of the choice
UNIT_SWITCH = "atlas-unit"
MEASURE_BUTTON = "atlas-measure"

# ---- Sources ---------------------------------------------------------------------------------------

SOURCES_TABS = "atlas-tabs"
VERDICT = "atlas-verdict"

# ---- Your plants -----------------------------------------------------------------------------------

FILE_IS_TOLD = "atlas-told-of-file"  # True when the address was told that a file is open
UPLOAD_ROUND = "atlas-upload-round"  # counts uploads: an uploader with a new key is empty
UPLOAD_PROBLEM = "atlas-upload-problem"  # a sentence about the last file
FILE = "atlas-file"  # and the round
PASTED_TEXT = "atlas-paste"  # and the round
READ_PASTED_BUTTON = "atlas-read-paste"
SAMPLE_BUTTON = "atlas-sample"
FORGET_BUTTON = "atlas-forget"
READING_OPTIONS = "atlas-options"
COLUMNS = "atlas-columns"
SAVE_COLUMNS_BUTTON = "atlas-mapping-save"
COLUMNS_FILE = "atlas-mapping"  # and the round
REMARK = "atlas-remark"  # and the kind of problem
FIX_BUTTON = "atlas-fix"  # and the kind of problem
UNDO_FIX_BUTTON = "atlas-unfix"
CORRECTED_FILE = "atlas-corrected"  # and the round
TOWNS_BUTTON = "atlas-towns"
ASK_BUTTON = "atlas-ask"
CANCEL_BUTTON = "atlas-cancel"
USE_BUTTON = "atlas-use"

# ---- several pages ---------------------------------------------------------------------------------

PLACE = "atlas-place"  # and what stands there
CSV_BUTTON = "atlas-csv"  # and what the file is about
PUT = "atlas-put"  # key of a widget -> the value that `put` replaced, and when

_JUST_PUT_S = 1.0


def put(key: str, value: Any) -> None:
    """Gives a widget its value before it is drawn; an equal value is not sent to the browser again."""
    before = st.session_state.get(key)
    if before != value:
        st.session_state[key] = value
        st.session_state.setdefault(PUT, {})[key] = (before, time.monotonic())


def is_old(key: str) -> bool:
    """Returns whether a widget that was just given a value comes back with the one before.

    The browser said so before it had the new value, with what a visitor did elsewhere on the page.
    """
    before, put_s = st.session_state.get(PUT, {}).get(key, (None, -_JUST_PUT_S))
    is_before = (st.session_state.get(key) or None) == (before or None)
    return is_before and time.monotonic() - put_s < _JUST_PUT_S
