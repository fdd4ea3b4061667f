"""The draft that a visitor works on: where it lies, how it is replaced, and what was refused.

The session keeps nothing of a table but the name of its owner, and the sentence of the last refusal.
Callbacks and fragments get the owner's name, never a draft, and speak the visitor's language first: they run
outside of the page's frame.
"""

from collections.abc import Callable
from functools import partial

import streamlit as st

from atlas.catalog import loader
from atlas.catalog.draft import Draft
from atlas.errors import AtlasError
from atlas.language import gettext_noop
from atlas.memory import Workplace
from atlas.screen import address, internals, own_table, state

FILE = "file"
"""The parameter of the address while a file is open; a page without one can then say that it is gone."""
GONE = gettext_noop(
    "The file that was open here is gone: the page was reloaded, or the server started again. Choose it "
    "again."
)


def is_lost(draft: Draft | None) -> bool:
    """Returns once whether the address speaks of a file that is not there, and mends the address."""
    was_open = FILE in st.query_params
    if draft is not None and not st.session_state.get(state.FILE_IS_TOLD):
        st.query_params[FILE] = "open"
        st.session_state[state.FILE_IS_TOLD] = True  # once: who goes back must get further than here
    elif draft is None and was_open:
        del st.query_params[FILE]
    return draft is None and was_open


def forget() -> None:
    """Callback: nothing is left of file and table."""
    internals.drop_uploaded_files()
    own_table.forget()
    st.query_params.pop(FILE, None)
    st.session_state[state.FILE_IS_TOLD] = False


WORKPLACE = Workplace()


def of(owner: str) -> Draft | None:
    """Returns what the visitor works on, None before there is a file."""
    draft = loader.visitors().draft(owner)
    return draft if isinstance(draft, Draft) else None


def keep(owner: str, make: Callable[[], Draft], size: int = 0) -> None:
    """Puts the draft that `make` gives in place of the visitor's; a refusal is said beside the file.

    `size`: the bytes of a file that is new; few large ones are worked on at the same time.
    """
    st.session_state[state.UPLOAD_PROBLEM] = ""
    before = of(owner)
    try:
        with WORKPLACE.turn(max(size, before.size if before else 0)):
            draft = make()
        loader.visitors().hold(owner, draft, draft.size)
    except AtlasError as error:
        st.session_state[state.UPLOAD_PROBLEM] = str(error)


def change(owner: str, change: Callable[[Draft], Draft]) -> None:
    """Callback: replaces the visitor's draft, if there still is one, by a changed draft."""
    address.speak()
    draft = of(owner)
    if draft is not None:
        keep(owner, partial(change, draft))


def keep_and_rerun(owner: str, make: Callable[[], Draft], words: str) -> None:
    """Makes a draft while a spinner turns, and draws the page anew."""
    with st.spinner(words):
        keep(owner, make)
    rerun()


def rerun() -> None:
    """Draws the page anew, with empty boxes for files: from here on, the draft has the only copy."""
    internals.drop_uploaded_files()
    st.session_state[state.UPLOAD_ROUND] = st.session_state.get(state.UPLOAD_ROUND, 0) + 1
    st.rerun()


def round_key(key: str) -> str:
    """Returns the key of a box for a file or a text, which is another, empty box after each file."""
    return f"{key}-{st.session_state.get(state.UPLOAD_ROUND, 0)}"


def in_language(owner: str) -> Draft | None:
    """Returns the visitor's draft with its report in the language of the page."""
    draft = of(owner)
    if draft is None or (told := draft.in_language()) is draft:
        return draft
    keep(owner, lambda: told)
    return told
