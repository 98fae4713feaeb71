"""The built site as the checks see it, and what a check reports.

Paths of files are relative to the site's folder; addresses are absolute and begin with the site's base URL.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlsplit

STANDARDS = Path(__file__).resolve().parent / "standards"
Item = TypeVar("Item")
PROVIDED = re.compile(r"datasets/[^/]+/files/")
KEPT_IN_ADDRESSES = "/%:?&=#,;+@!$'()*~[]"


@dataclass
class Report:
    """What one check looked at and what it found wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def saw(self, what: str, n: int = 1) -> None:
        """Counts what was looked at; a count that stays 0 makes the check fail."""
        self.counts[what] += n

    def fail(self, file: str, message: object) -> None:
        """Notes a failure of a file."""
        self.failures.append((file, " ".join(str(message).split())))

    def demand(self, holds: object, file: str, message: object) -> bool:
        """Notes a failure unless the condition holds."""
        if not holds:
            self.fail(file, message)
        return bool(holds)

    @contextmanager
    def guard(self, file: str) -> Iterator[None]:
        """Takes an exception as a failure of the file, so that the other files are looked at as well."""
        try:
            yield
        except Exception as error:  # validators raise whatever they like
            self.fail(file, f"{type(error).__name__}: {error}")


@dataclass(eq=False)
class Site:
    """A built site, served at `address` in the place of `base_url`."""

    root: Path
    base_url: str
    address: str
    quick: bool

    def read(self, path: str) -> bytes:
        """Reads a file."""
        return (self.root / path).read_bytes()

    def text(self, path: str) -> str:
        """Reads a text, as it must be: UTF-8."""
        return self.read(path).decode()

    def json(self, path: str) -> Any:
        """Reads a JSON file."""
        return json.loads(self.read(path))

    def find(self, pattern: str) -> list[str]:
        """Lists the files that match a pattern, sorted; `**` leaves out what providers sent: it is no page of ours."""
        paths = sorted(str(path.relative_to(self.root)) for path in self.root.glob(pattern) if path.is_file())
        return [path for path in paths if not pattern.startswith("**") or not PROVIDED.match(path)]

    @cached_property
    def dataset_ids(self) -> list[str]:
        """The datasets on offer: a page alone is the notice of a suspended one."""
        folders = [self.root / Path(page).parent for page in self.find("datasets/*/index.html")]
        return [folder.name for folder in folders if any(path.name != "index.html" for path in folder.iterdir())]

    @cached_property
    def dataset_pages(self) -> list[str]:
        """The pages of the datasets on offer, in every language."""
        pages = {f"datasets/{dataset}/index.html" for dataset in self.dataset_ids}
        return [page for page in self.find("**/index.html") if page in pages or page.partition("/")[2] in pages]

    def sample(self, items: Sequence[Item], n: int) -> list[Item]:
        """Picks `n` items evenly, the first and the last among them: the same ones in every run."""
        n = min(len(items), max(2, n // 3) if self.quick else n)
        return [items[round(k * (len(items) - 1) / max(1, n - 1))] for k in range(n)]

    def on_localhost(self, url: str) -> str:
        """Turns an address of the site into the one on which the checks serve it, escaped as HTTP wants it."""
        local = self.address + url.removeprefix(self.base_url) if self.owns(url) else url
        return quote(local, safe=KEPT_IN_ADDRESSES)

    def owns(self, url: str) -> bool:
        """Says whether an address is the site's own."""
        return url == self.base_url or url.startswith((self.base_url + "/", self.base_url + "#"))

    def file_of(self, url: str) -> Path:
        """Says which file an address of the site stands for; whether it exists is another matter."""
        path = unquote(urlsplit(url.removeprefix(self.base_url)).path).lstrip("/")
        return self.root / path / "index.html" if not path or path.endswith("/") else self.root / path

    def dataset_of(self, url: str) -> str:
        """Says for which dataset an address stands: it is that of its page."""
        return self.file_of(url).parent.name if self.owns(url) else url
