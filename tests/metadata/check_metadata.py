#!/usr/bin/env python3
"""A built site before the programs that other people read such sites with.

    python tests/metadata/check_metadata.py --site public [--base-url https://kaishu.example] [--quick] [--only NAME]

Serves the site on localhost and gives it to validators, harvesters, readers of packages and reference managers.
One line a check: what was looked at, how many failures, how long. A validator that is missing is a failure, and so is
a check that found nothing to look at. Needs the packages of requirements.txt beside it, curl, and Rscript; no network.
"""

import argparse
import importlib
import re
import sys
import time
import warnings
from pathlib import Path

from built_site import Report, Site
from localhost import TYPES, LocalSite

# Name of the check, module, function. Modules are loaded when their turn comes: a missing package fails what needs it.
CHECKS = (
    ("catalog-rdf", "rdf_checks", "check_catalog_rdf"),
    ("dcat-ap", "rdf_checks", "check_dcat_ap"),
    ("dataset-dcat", "rdf_checks", "check_dataset_dcat"),
    ("ckan-harvester", "rdf_checks", "check_ckan_harvester"),
    ("data-json", "package_checks", "check_data_json"),
    ("catalog-tables", "package_checks", "check_catalog_tables"),
    ("data-package", "package_checks", "check_data_package"),
    ("csvw", "package_checks", "check_csvw"),
    ("croissant", "package_checks", "check_croissant"),
    ("datacite", "package_checks", "check_datacite"),
    ("archives", "package_checks", "check_archives"),
    ("schema-org", "page_checks", "check_schema_org"),
    ("citations", "citation_checks", "check_citations"),
    ("openapi", "api_checks", "check_openapi"),
    ("paging", "api_checks", "check_paging"),
    ("ckan", "api_checks", "check_ckan"),
    ("oai", "feed_checks", "check_oai"),
    ("atom", "feed_checks", "check_atom"),
    ("sitemap", "page_checks", "check_sitemap"),
    ("robots", "page_checks", "check_robots"),
    ("opensearch", "page_checks", "check_opensearch"),
    ("signposts", "page_checks", "check_signposts"),
    ("snippets", "snippet_checks", "check_snippets"),
    ("addresses", "rdf_checks", "check_addresses"),
    ("server-types", "check_metadata", "check_server_types"),
)


def check_server_types(site: Site, report: Report) -> None:
    """The server snippet sends the types that the checks were served with, else they proved nothing about the site."""
    file = "../server/nginx.conf"
    stated = re.search(r"\btypes\s*\{([^}]*)\}", site.text(file))
    kinds: dict[str, str] = {}
    for line in stated[1].split(";") if stated else []:
        kind, *endings = line.split() or [""]
        kinds |= {f".{ending}": kind for ending in endings}
    report.saw("types", len(kinds))
    for ending, kind in TYPES.items():
        # The default type of the snippet is for everything else.
        stated_kind = kinds.get(ending, "application/octet-stream")
        report.demand(stated_kind == kind, file, f"{ending} is sent as {stated_kind}, expected {kind}")


def run_check(site: Site, module: str, function: str) -> Report:
    """Runs one check; what it raises is a failure of it."""
    report = Report()
    with report.guard(function):
        getattr(importlib.import_module(module), function)(site, report)
    nothing = [what for what, n in report.counts.items() if n == 0]
    if nothing or not report.counts:
        report.fail(function, f"found nothing to look at: {', '.join(nothing) or 'no count'}")
    return report


def describe(name: str, report: Report, seconds: float) -> str:
    """One line on a check, and its failures."""
    counts = ", ".join(f"{n} {what}" for what, n in report.counts.items())
    notes = f" ({'; '.join(report.notes)})" if report.notes else ""
    n_failures = len(report.failures)
    lines = [f"{'FAILED' if n_failures else 'ok':6} {name}: {counts}{notes}, {n_failures} failures, {seconds:.1f} s"]
    return "\n".join(lines + [f"       {file}: {message[:600]}" for file, message in report.failures])


def main() -> int:
    """Runs the checks; answers the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--site", type=Path, required=True, help="the published folder")
    parser.add_argument("--base-url", default="https://kaishu.example")
    parser.add_argument("--quick", action="store_true", help="smaller samples")
    parser.add_argument("--only", choices=[name for name, *_ in CHECKS], action="append")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    began, n_failures, base_url = time.monotonic(), 0, args.base_url.rstrip("/")
    with LocalSite(args.site, base_url) as server:
        site = Site(args.site.resolve(), base_url, server.address, args.quick)
        chosen = [check for check in CHECKS if not args.only or check[0] in args.only]
        for name, module, function in chosen:
            started = time.monotonic()
            report = run_check(site, module, function)
            print(describe(name, report, time.monotonic() - started), flush=True)
            n_failures += len(report.failures)
    print(f"metadata: {len(chosen)} checks, {n_failures} failures, {time.monotonic() - began:.0f} s")
    return int(n_failures > 0)


if __name__ == "__main__":
    sys.exit(main())
