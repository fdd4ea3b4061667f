"""Security headers around everything that the server sends, the pages of Streamlit included; keys."""

import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atlas import settings
from atlas.drawing import folium_map


class SecurityHeaders:
    """ASGI middleware that lets a page load only our own files and the optional layers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = security_headers(
            (layer.url for layer in folium_map.online_layers()), ancestors=settings.safe_frame_ancestors()
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def security_headers(layer_urls: Iterable[str], *, ancestors: str = settings.OURSELVES) -> dict[str, str]:
    """Returns the headers of every response.

    `layer_urls`: addresses of tiles, whose hosts images may come from. `ancestors`: the sites that may show
    our pages in a frame (`ATLAS_FRAME_ANCESTORS`).
    """
    hosts = sorted({"https://" + (urlsplit(url).hostname or "") for url in layer_urls})
    policy = {
        "default-src": "'self'",
        # Streamlit, its charts and its map component build code and styles in the page.
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": " ".join(["'self' data: blob:", *hosts]),
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": ancestors,
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        # Tile servers refuse requests without an origin; ours needs no more than that.
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }


def has_key(request: Request, key: str) -> bool:
    """Returns whether a request has a key as its bearer token (RFC 6750); False for an empty key."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    is_same = hmac.compare_digest(token.strip().encode("utf-8"), key.encode("utf-8"))
    return bool(key) and scheme.lower() == "bearer" and is_same
