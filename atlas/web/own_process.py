"""ASGI middleware for what only a visitor's own process has, where several serve one address.

A file that is uploaded, and one that a page made to be downloaded, belong to a session, and a session lives
in one process. A proxy that sends such a request elsewhere, or that sends it after a restart, gets a 404 with
a sentence, so that it can ask another process, as nginx does with `proxy_next_upstream http_404`. Streamlit
itself says 400 to an upload, which no proxy takes to another server.
"""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atlas.language import gettext, gettext_noop
from atlas.web import responses

NO_SESSION = gettext_noop(
    "This file arrived at a process of the server that does not know your visit: it was restarted, or "
    "another one has your page. Reload the page and choose the file again."
)
NO_FILE = gettext_noop(
    "This file is not here (any more): the server was restarted, or another process of it has your page. "
    "Reload the page and ask for the file again."
)
_UPLOAD, _MEDIA = "/_stcore/upload_file/", "/media/"


class OwnProcess:
    """ASGI middleware in front of Streamlit; `prefix` is the path that the server runs below.

    `has_session` tells whether a session is connected to this process.
    """

    def __init__(self, app: ASGIApp, *, prefix: str, has_session: Callable[[str], bool]) -> None:
        self.app, self._prefix, self._has_session = app, prefix, has_session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope["path"]).removeprefix(self._prefix) if scope["type"] == "http" else ""
        session_id = path.removeprefix(_UPLOAD).partition("/")[0]
        if path.startswith(_UPLOAD) and not self._has_session(session_id):
            await responses.problem(404, gettext(NO_SESSION))(scope, receive, send)
        elif path.startswith(_MEDIA):
            await self._file(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _file(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with a file of a session, or with the sentence where Streamlit says 404."""
        is_missing = False

        async def send_file(message: Message) -> None:
            nonlocal is_missing
            is_missing = is_missing or message.get("status") == 404
            if not is_missing:
                await send(message)

        await self.app(scope, receive, send_file)
        if is_missing:
            await responses.problem(404, gettext(NO_FILE))(scope, receive, send)
