"""The built site on localhost, with the media types that kaishu's server snippets set.

Inside texts the site's base URL becomes the server's own address, so that clients that follow absolute links stay here.
What a dataset offers as data is sent untouched: its digests are published.
"""

import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from threading import Thread
from urllib.parse import parse_qs, quote, unquote, urlsplit

TYPES = {
    ".bib": "application/x-bibtex",
    ".bin": "application/octet-stream",
    ".cff": "application/yaml",
    ".css": "text/css",
    ".csv": "text/csv",
    ".db": "application/vnd.sqlite3",
    ".html": "text/html",
    ".ics": "text/calendar",
    ".js": "application/javascript",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".jsonld": "application/ld+json",
    ".parquet": "application/vnd.apache.parquet",
    ".rdf": "application/rdf+xml",
    ".ris": "application/x-research-info-systems",
    ".svg": "image/svg+xml",
    ".ttl": "text/turtle",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".zip": "application/zip",
}
REWRITTEN = {".cff", ".html", ".json", ".jsonld", ".rdf", ".ris", ".bib", ".ttl", ".txt", ".xml"}
# The optional rewrites of the server snippets: CKAN's client leaves the version out, a static host ignores the query.
UNVERSIONED = re.compile(r"^/api/action/")
ONE_BY_ID = re.compile(r"/api/3/action/(package|organization|group)_show")
DATA = re.compile(r"/datasets/[^/]+/(files/|data/(?!.*\.csv-metadata\.json$))")


def media_type(path: str) -> str:
    """Says what the server sends for a path, without parameters."""
    name = PurePosixPath(path)
    if name.name == "feed.xml":
        return "application/atom+xml"
    if name.name == "SHA256SUMS":
        return "text/plain"
    if path.startswith("/api/3/action/") and not name.suffix:
        return "application/json"
    return TYPES.get(name.suffix, "application/octet-stream")


class LocalSite(ThreadingHTTPServer):
    """Serves a folder until the `with` block ends."""

    daemon_threads = True

    def __init__(self, root: Path, base_url: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        base_path = urlsplit(base_url).path
        self.root, self.base_url, self.base_path = root.resolve(), base_url, base_path
        self.address = f"http://127.0.0.1:{self.server_port}{base_path}"

    def __enter__(self) -> "LocalSite":
        Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *about: object) -> None:
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD, whole or by range."""

    protocol_version = "HTTP/1.1"
    server: LocalSite

    def do_GET(self) -> None:
        """Answers with a file."""
        self.answer()

    do_HEAD = do_GET

    def log_message(self, *about: object) -> None:
        """Keeps quiet: the checks say what went wrong."""

    def answer(self) -> None:
        """Finds the file, or the folder's page, and sends it."""
        url = urlsplit(self.path)
        path = UNVERSIONED.sub("/api/3/action/", unquote(url.path).removeprefix(self.server.base_path), count=1)
        asked = parse_qs(url.query).get("id")
        if asked and ONE_BY_ID.fullmatch(path):
            path += "/" + asked[0]
        file = (self.server.root / path.lstrip("/")).resolve()
        if file.is_dir() and not path.endswith("/"):
            self.send(HTTPStatus.MOVED_PERMANENTLY, b"", {"Location": quote(self.server.base_path + path) + "/"})
            return
        if path.endswith("/"):
            file, path = file / "index.html", path + "index.html"
        if not file.is_relative_to(self.server.root) or not file.is_file():
            self.send(HTTPStatus.NOT_FOUND, b"not found", {"Content-Type": "text/plain"})
            return
        self.send_part(self.content(file, path), media_type(path))

    def content(self, file: Path, path: str) -> bytes:
        """Reads a file; addresses in texts become ours."""
        body, is_text = file.read_bytes(), file.suffix in REWRITTEN or media_type(path) == "application/json"
        if not is_text or DATA.match(path):
            return body
        return body.replace(self.server.base_url.encode(), self.server.address.encode())

    def send_part(self, body: bytes, kind: str) -> None:
        """Sends what the Range header asks for, else everything."""
        kind += "; charset=utf-8" if kind.startswith("text/") else ""
        headers = {"Content-Type": kind, "Accept-Ranges": "bytes"}
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if not asked or not any(asked.groups()):
            self.send(HTTPStatus.OK, body, headers)
            return
        first, last = asked.groups()
        begin = int(first) if first else max(0, len(body) - int(last))
        end = min(len(body), int(last) + 1) if first and last else len(body)
        if begin >= end:
            self.send(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", {"Content-Range": f"bytes */{len(body)}"})
            return
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{len(body)}"
        self.send(HTTPStatus.PARTIAL_CONTENT, body[begin:end], headers)

    def send(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        """Sends an answer; without its body for HEAD."""
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
