"""Two replicas behind the nginx of docs/serving.md: all works, and goes on when one is killed."""

import http.client
import http.server
import re
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from atlas import site
from atlas.screen.address import SOMEBODYS_TABLE
from tests.browser.dashboard import Running, started
from tests.browser.visit import MAP, Visit
from tests.serving import nginx
from tests.serving.conftest import Open, Served

CODINGS = ("", "gzip", "br, gzip")
FORMATS = ("csv", "xlsx", "geojson", "kml", "json", "html")
FILES = {"name": "mine.csv", "mimeType": "text/csv"}
MANY = b"name,lat,lon\n" + b"".join(b"Secret works %d,%.2f,9.1\n" % (n, 45 + n / 100) for n in range(700))
SECONDS_TO_GO_ON = 10


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an address."""
    try:
        answer = nginx.trusting().open(urllib.request.Request(url, headers=headers))
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, {name.lower(): text for name, text in answer.headers.items()}, answer.read()


def page_of(served: Served, path: str = "/") -> str:
    return get(served.url + path)[2].decode()


def own_files(html: str) -> list[str]:
    """The addresses of scripts, styles and data that a page names."""
    return sorted(set(re.findall(r'"\.?(/(?:static|assets|component|api)/[^"?]+)"', html)))


def sessions(replica: Running) -> int:
    """How many browsers are connected to a replica."""
    text = get(f"{replica.url}/_stcore/metrics")[2].decode()
    return int(re.findall(r"^active_sessions\S* (\d+)", text, re.MULTILINE)[0])


def wait_until(is_so: Callable[[], bool]) -> None:
    last = time.monotonic() + SECONDS_TO_GO_ON
    while not is_so():
        assert time.monotonic() < last, "it took too long"
        time.sleep(0.05)


def bring_table(visitor: Visit) -> None:
    """Uploads a table and puts it on the map."""
    box = visitor.page.get_by_test_id("stFileUploaderDropzoneInput")
    box.set_input_files({**FILES, "buffer": MANY})  # type: ignore[arg-type]
    visitor.page.get_by_role("button", name="Show my table on the map").click()
    visitor.shows(700)


# ---- the same on all replicas ----------------------------------------------------------------------


def test_all_replicas_answer_alike(served: Served) -> None:
    """Page heads, files, map data and exports are the same to the byte, with the same headers."""
    pages = [f"/{row.url_path}" for row in site.PAGES]
    exports = [f"/api/plants.{ending}?country=Italy" for ending in FORMATS]
    others = ["/?country=Italy", "/?embed=true", "/api/sources.csv", "/api/preview.png?status=now"]
    others += ["/component/streamlit_folium.st_folium/index.html", "/api/openapi.json", "/api/health"]
    paths = [*pages, *exports, *others, *own_files(page_of(served))]
    assert len(paths) > 40
    for path in paths:
        for coding in CODINGS if "/static/" not in path else CODINGS[-1:]:
            one, other = (
                get(replica.url + path, Host="atlas.example.org", **{"Accept-Encoding": coding})
                for replica in served.replicas
            )
            assert one[0] == other[0] == 200
            assert {**one[1], "date": ""} == {**other[1], "date": ""}, path
            assert one[2] == other[2], path


# ---- through the proxy -----------------------------------------------------------------------------


def test_http_2(served: Served) -> None:
    """Browsers get it."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    plain = urlsplit(served.url)
    with ssl.create_connection((plain.hostname, plain.port)) as line:  # type: ignore[attr-defined]
        assert context.wrap_socket(line, server_hostname="localhost").selected_alpn_protocol() == "h2"


@pytest.mark.parametrize("page", site.PAGES, ids=lambda page: page.title)
def test_every_page(served: Served, page: site.PageRow) -> None:
    """Its first answer comes packed, and its links lead to the proxy's own address, by https."""
    status, headers, _ = get(f"{served.url}/{page.url_path}", **{"Accept-Encoding": "gzip"})
    assert (status, headers["content-encoding"]) == (200, "gzip")
    html = page_of(served, f"/{page.url_path}?country=Italy")
    assert f'<meta property="og:url" content="{served.url}/' in html
    assert re.search(rf'<meta property="og:image" content="{re.escape(served.url)}/api/preview', html)


def test_shared_things(served: Served) -> None:
    """Positions that are asked for lie in the common database."""
    assert b'"database":"PostgreSQL"' in get(f"{served.url}/api/health")[2].replace(b" ", b"")


def test_a_visit(served: Served, visit: Open) -> None:
    """Map and filters work, and the map's frame in a page of somebody else."""
    visitor = visit(served.url, "/?country=Italy")
    visitor.shows(4)
    visitor.page.get_by_role("button", name="Builds Alfa Romeos now").click()
    visitor.has_address("/?country=Italy&status=now")
    visitor.shows(2)
    visitor.page.goto(f"{served.url}/?embed=true&country=Italy")
    visitor.shows(4)
    assert visitor.complaints == []


@contextmanager
def loose(served: Served) -> Iterator[str]:
    """A proxy that keeps no visitor on one replica."""
    recipe = nginx.put_in(nginx.block("### nginx"), {"    hash $atlas_seat consistent;\n": ""})
    with nginx.running([replica.port for replica in served.replicas], recipe) as url:
        yield url


def test_an_own_table_stays_with_its_visitor(served: Served, visit: Open) -> None:
    """Upload, map and files work, even where requests go to any replica; others see nothing of it."""
    with loose(served) as url:
        visitor = visit(url, "/your-plants")
        bring_table(visitor)
        (points,) = {asked for asked in visitor.requests if asked.endswith(".bin")}
        assert get(points)[1]["cache-control"] == "no-store, private"
        stranger = visit(url, "/?table=yours")
        expect(stranger.page.get_by_test_id("stAlert")).to_contain_text(SOMEBODYS_TABLE)
        expect(stranger.page.get_by_text("Your table", exact=False)).to_have_count(0)
        visitor.page.context.close()
        wait_until(lambda: get(points)[0] == 404)
        assert visitor.complaints == []


# ---- when a replica ends ---------------------------------------------------------------------------


def test_a_killed_replica(served: Served, visit: Open) -> None:
    """Pages go on at the other one by themselves, first click included; a lost table is said once."""
    owner = visit(served.url, "/your-plants")
    bring_table(owner)
    mine, other = sorted(served.replicas, key=sessions, reverse=True)
    assert (sessions(mine), sessions(other)) == (1, 0)
    mine.kill()
    note = owner.page.get_by_test_id("stAlert")
    expect(note).to_contain_text(SOMEBODYS_TABLE, timeout=SECONDS_TO_GO_ON * 1000)
    owner.has_address("/")
    owner.shows(5)
    owner.page.get_by_role("button", name="Builds Alfa Romeos now").click()
    owner.has_address("/?status=now")
    owner.shows(2)
    expect(note).to_have_count(0)
    assert [words for words in owner.complaints if "WebSocket" not in words] == []
    assert owner.page.locator(MAP).count() == 1


def test_files_of_a_killed_replica(served: Served) -> None:
    """Whatever was asked of it, the other one answers."""
    for _ in range(4):
        for path in ("/", "/api/plants.csv", "/component/streamlit_folium.st_folium/index.html"):
            assert get(served.url + path)[0] == 200


def test_a_new_replica_has_all_files_before_its_first_visitor() -> None:
    """The page of the map's frame among them, which Streamlit knows from the first run on only."""
    with started(FORWARDED_ALLOW_IPS="*", STREAMLIT_SERVER_BASE_URL_PATH="atlas") as replica:
        wait_until(lambda: is_ready(replica.url + "/atlas"))
        page = get(f"{replica.url}/atlas/component/streamlit_folium.st_folium/index.html")
        assert (page[0], b"<!doctype html>" in page[2].lower()) == (200, True)
        below = {"location / {": "location /atlas/ {", "location ~ ^/(": "location ~ ^/atlas/("}
        with nginx.running([replica.port], nginx.put_in(nginx.block("### nginx"), below)) as url:
            html = get(f"{url}/atlas/")[2].decode()
            assert f'content="{url}/atlas/' in html
            for path in re.findall(r'"(/atlas/(?:static|assets)/[^"?]+)"', html):
                assert get(url + path)[0] == 200


def is_ready(url: str) -> bool:
    try:
        return get(f"{url}/api/health")[0] == 200
    except OSError:
        return False


# ---- a door ----------------------------------------------------------------------------------------

COVERED = (
    "/",
    "/plants",
    "/api/plants.csv",
    "/component/streamlit_folium.st_folium/index.html",
    "/_stcore/health",
)


def handshake(url: str, **headers: str) -> int:
    """The status that the live connection gets."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    asked = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    asked |= {"Sec-WebSocket-Key": "YWxmYSByb21lbyBwbGFudA==", "Sec-WebSocket-Protocol": "streamlit"}
    line = http.client.HTTPSConnection(urlsplit(url).netloc, context=context)
    with closing(line):
        line.request("GET", "/_stcore/stream", headers={**asked, **headers})
        return line.getresponse().status


def test_a_password(served: Served, visit: Open) -> None:
    """It covers pages, API, component and live connection; with it, all works and comes packed."""
    made = subprocess.run(["openssl", "passwd", "-6", "milano"], check=True, capture_output=True, text=True)
    files = {"passwords": f"anna:{made.stdout}"}
    ports = [replica.port for replica in served.replicas]
    with nginx.running(ports, nginx.block("### nginx"), nginx.block("### A password in front"), files) as url:
        assert [get(url + path)[0] for path in COVERED] == [401] * len(COVERED)
        assert handshake(url) == 401
        known = {"Authorization": "Basic YW5uYTptaWxhbm8="}
        assert [get(url + path, **known)[0] for path in COVERED] == [200] * len(COVERED)
        assert handshake(url, **known) == 101
        script = next(path for path in own_files(get(url, **known)[2].decode()) if path.endswith(".js"))
        assert get(url + script, **known, **{"Accept-Encoding": "br"})[1]["content-encoding"] == "br"
        visitor = visit(url, "/", http_credentials={"username": "anna", "password": "milano"})
        visitor.shows(5)


class Guard(http.server.BaseHTTPRequestHandler):
    """Lets in whoever has the cookie "known=yes", as oauth2-proxy does after signing in."""

    def do_GET(self) -> None:
        is_known = "known=yes" in self.headers.get("Cookie", "")
        self.send_response((202 if is_known else 401) if self.path == "/oauth2/auth" else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


def test_single_sign_on(served: Served) -> None:
    """Who is not known is sent to sign in, wherever; who is gets in."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Guard) as guard:
        threading.Thread(target=guard.serve_forever, daemon=True).start()
        door = nginx.put_in(
            nginx.block("### Single sign-on in front"), {"127.0.0.1:4180": f"127.0.0.1:{guard.server_port}"}
        )
        ports = [replica.port for replica in served.replicas]
        with nginx.running(ports, nginx.block("### nginx"), door) as url:
            assert [get(url + path)[2] for path in COVERED] == [b""] * len(COVERED)  # the page to sign in
            assert handshake(url) == 302
            assert all(get(url + path, Cookie="known=yes")[2] for path in COVERED)
            assert handshake(url, Cookie="known=yes") == 101
        guard.shutdown()
