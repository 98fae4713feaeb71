"""The lines of code that dataset pages offer, run as a reader would run them."""

import subprocess
import sys
import tempfile
from pathlib import Path

from built_site import Report, Site
from page_checks import read_page

SECONDS = 120
LANGUAGES = ("curl", "pandas", "r", "duckdb")  # in this order: what curl fetched is there for the others


def run(command: list[str], folder: Path) -> str:
    """Runs a command; answers what it printed. Raises where it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS)
    if done.returncode:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr[-500:]}")
    return done.stdout


def run_duckdb(site: Site, code: str) -> None:
    """Runs SQL; addresses become files, as reading over HTTP needs an extension that DuckDB fetches from the web."""
    import duckdb

    for part in code.split("'"):
        if part.startswith(site.address):
            code = code.replace(part, str(site.file_of(site.base_url + part.removeprefix(site.address))))
    if not duckdb.connect().execute(code).fetchall():
        raise RuntimeError("no row comes of it")


def run_snippet(site: Site, language: str, code: str, folder: Path) -> None:
    """Runs one snippet in a folder."""
    if language == "curl":
        printed = run(["bash", "-euo", "pipefail", "-c", code], folder)
        if not printed and not any(folder.iterdir()):
            raise RuntimeError("nothing was fetched")
    elif language == "pandas":
        run([sys.executable, "-c", code], folder)
    elif language == "r":
        run(["Rscript", "--vanilla", "-e", code], folder)
    else:
        run_duckdb(site, code)


def snippets(site: Site, page: str) -> dict[str, str]:
    """The snippets of a page by language, with addresses on localhost."""
    blocks = read_page(site, page).iterfind(".//pre[@data-snippet]")
    return {block.get("data-snippet"): block.text_content().replace(site.base_url, site.address) for block in blocks}


def check_snippets(site: Site, report: Report) -> None:
    """The snippets of three datasets with tables run, in every language that is offered."""
    with_tables = sorted({Path(table).parts[1] for table in site.find("datasets/*/data/*.csv")})
    sample = site.sample(with_tables, 3)
    report.notes.append(f"of {', '.join(sample)}")
    for dataset in sample:
        page = f"datasets/{dataset}/index.html"
        found = snippets(site, page)
        missing = set(LANGUAGES) - found.keys()
        report.demand(not missing, page, f"no snippet for {sorted(missing)}")
        with tempfile.TemporaryDirectory() as folder:
            for language in LANGUAGES:
                if language in found:
                    with report.guard(f"{page}: {language}"):
                        run_snippet(site, language, found[language], Path(folder))
                    report.saw(language)
