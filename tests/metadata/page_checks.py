"""What pages tell machines: schema.org for search engines, Signposting links, the sitemap, robots.txt, OpenSearch."""

import gzip
import json
import re
from functools import cache
from typing import Any
from urllib.parse import urljoin
from urllib.request import Request, urlopen
from urllib.robotparser import RobotFileParser

from lxml import etree, html
from rdflib import RDF, RDFS, Graph, Namespace, Node, URIRef

from built_site import STANDARDS, Report, Site

SCHEMA = Namespace("https://schema.org/")
# Google's page on dataset markup: the first two are required, the others recommended and known for every dataset.
ALWAYS = "name description creator identifier includedInDataCatalog isAccessibleForFree license url".split()
SOMETIMES = "distribution keywords spatialCoverage temporalCoverage variableMeasured version".split()
DESCRIPTION_CHARS = range(50, 5001)
SIGNPOSTS = {"cite-as", "type", "license", "item", "describedby", "alternate"}
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
XHTML_LINK = "{http://www.w3.org/1999/xhtml}link"


@cache
def read_page(site: Site, page: str) -> html.HtmlElement:
    """Parses a page of the site."""
    return html.document_fromstring(site.read(page), parser=html.HTMLParser(encoding="utf-8"))


@cache
def vocabulary() -> Graph:
    """schema.org, release 30."""
    text = gzip.decompress((STANDARDS / "schemaorg-30.0/schemaorg-current-https.jsonld.gz").read_bytes())
    return Graph().parse(data=text, format="json-ld")


def is_schema(name: Node) -> bool:
    """Says whether a name is one that schema.org should have."""
    return isinstance(name, URIRef) and name.startswith(SCHEMA)


@cache
def is_known_type(name: Node) -> bool:
    """Says whether schema.org has a type."""
    return (name, RDF.type, RDFS.Class) in vocabulary()


@cache
def is_property_of(name: Node, kinds: frozenset[Node]) -> bool:
    """Says whether schema.org has a property, for one of some types or of what they specialise."""
    domains = set(vocabulary().objects(name, SCHEMA.domainIncludes))
    return any(domains & set(vocabulary().transitive_objects(kind, RDFS.subClassOf)) for kind in kinds)


def inline_context(value: Any) -> Any:
    """Puts schema.org's terms in the place of its remote context, which cannot be fetched here."""
    if not isinstance(value, dict):
        raise ValueError("the JSON-LD of a page is one object")
    contexts = value.get("@context", [])
    contexts = contexts if isinstance(contexts, list) else [contexts]
    if not any(isinstance(item, str) and re.fullmatch(r"https?://schema\.org/?", item) for item in contexts):
        raise ValueError(f"no context of schema.org: {contexts}")
    own = [item for item in contexts if not isinstance(item, str)]
    return value | {"@context": [{"@vocab": str(SCHEMA)}, *own]}


def check_terms(report: Report, page: str, graph: Graph) -> None:
    """Every type exists in schema.org, and every property, for the type that has it."""
    for kind in set(graph.objects(None, RDF.type)):
        if is_schema(kind) and not is_known_type(kind):
            report.fail(page, f"schema.org has no type {kind}")
    for thing, name in set(graph.subject_predicates()):
        kinds = frozenset(kind for kind in graph.objects(thing, RDF.type) if is_schema(kind))
        if is_schema(name) and kinds and not is_property_of(name, kinds):
            report.fail(page, f"schema.org has no {name} for {sorted(map(str, kinds))}")


def check_dataset_markup(report: Report, page: str, data: dict[str, Any], has_files: bool) -> None:
    """A dataset's markup has what search engines for datasets ask for."""
    wanted = ALWAYS + ["distribution"] * has_files
    missing = [name for name in wanted if data.get(name) in (None, "", [], {})]
    report.demand(not missing, page, f"the markup lacks {missing}")
    n_chars = len(data.get("description", ""))
    report.demand(n_chars in DESCRIPTION_CHARS, page, f"a description of {n_chars} characters")
    for name in SOMETIMES:
        if data.get(name):
            report.saw(name)
    items = data.get("distribution", [])
    for item in items if isinstance(items, list) else [items]:
        report.demand(item.get("contentUrl") and item.get("encodingFormat"), page, f"a distribution lacks {item}")


def check_schema_org(site: Site, report: Report) -> None:
    """The JSON-LD in pages is schema.org; dataset pages have a Dataset that search engines take."""
    described = set()
    for page in site.find("**/*.html"):
        for script in read_page(site, page).iterfind(".//script[@type='application/ld+json']"):
            report.saw("scripts")
            with report.guard(page):
                data = json.loads(script.text)
                graph = Graph().parse(data=json.dumps(inline_context(data)), format="json-ld", publicID=site.base_url)
                check_terms(report, page, graph)
                if page in site.dataset_pages and data.get("@type") == "Dataset":
                    described.add(page)
                    dataset = page.rsplit("/", 2)[1]
                    has_files = bool(site.find(f"datasets/{dataset}/files/*"))
                    check_dataset_markup(report, page, data, has_files)
    report.saw("dataset pages", len(site.dataset_pages))
    for page in set(site.dataset_pages) - described:
        report.fail(page, "no JSON-LD of a Dataset")


@cache
def head(url: str) -> tuple[int, str]:
    """Asks for the status and media type of an address."""
    with urlopen(Request(url, method="HEAD"), timeout=30) as answer:
        return answer.status, answer.headers.get_content_type()


def check_signposts(site: Site, report: Report) -> None:
    """The links in the head of dataset pages lead somewhere, to what they announce."""
    report.saw("pages", len(site.dataset_pages))
    for page in site.dataset_pages:
        links = read_page(site, page).findall(".//link[@rel]")
        found = set()
        for link in links:
            rels = set(link.get("rel").split()) & SIGNPOSTS
            if not rels:
                continue
            found |= rels
            url = urljoin(f"{site.base_url}/{page.removesuffix('index.html')}", link.get("href"))
            if site.owns(url):
                with report.guard(f"{page}: {url}"):
                    check_target(report, page, link.get("type"), head(site.on_localhost(url)), url)
        missing = SIGNPOSTS - {"alternate"} - found
        missing -= set() if site.find(f"datasets/{page.rsplit('/', 2)[1]}/files/*") else {"item"}
        report.demand(not missing, page, f"no link for {sorted(missing)}")


def check_target(report: Report, page: str, announced: str | None, sent: tuple[int, str], url: str) -> None:
    """What a link announces is what the server sends."""
    report.saw("links")
    status, kind = sent
    report.demand(status == 200, page, f"{url} answers {status}")
    report.demand(announced in (None, kind), page, f"{url} is announced as {announced}, the server sends {kind}")


def sitemap_pages(site: Site, report: Report, file: str) -> dict[str, dict[str, str]]:
    """Reads a sitemap, or the sitemaps of an index: each address with its alternates by language."""
    root = etree.fromstring(site.read(file))
    res: dict[str, dict[str, str]] = {}
    for item in root:
        loc = item.findtext(f"{SITEMAP}loc", "").strip()
        report.demand(site.owns(loc), file, f"{loc!r} is not below {site.base_url}")
        if not report.demand(site.file_of(loc).is_file(), file, f"{loc} does not exist"):
            continue
        if root.tag == f"{SITEMAP}sitemapindex":
            res |= sitemap_pages(site, report, str(site.file_of(loc).relative_to(site.root)))
        else:
            report.demand(loc not in res, file, f"{loc} twice")
            links = [link for link in item.iterfind(XHTML_LINK) if link.get("rel") == "alternate"]
            res[loc] = {link.get("hreflang", ""): link.get("href", "") for link in links}
    return res


def check_sitemap(site: Site, report: Report) -> None:
    """The sitemap lists every page that exists and no other; alternates in other languages name each other."""
    pages = sitemap_pages(site, report, "sitemap.xml")
    report.saw("addresses", len(pages))
    listed = {str(site.file_of(url).relative_to(site.root)) for url in pages}
    held = re.compile(r"(.*/)?datasets/([^/]+)/index\.html")
    for page in site.find("**/*.html"):
        # The notice of what is kept off the site is reached from the notices, not through search engines.
        is_notice = (match := held.fullmatch(page)) and match[2] not in site.dataset_ids
        if not page.endswith(("404.html", "offline.html")) and not is_notice and page not in listed:
            report.fail("sitemap.xml", f"{page} is not in it")
    for url, alternates in pages.items():
        for language, other in alternates.items():
            report.saw("alternates")
            # x-default names a page that has a language of its own.
            if language != "x-default" and url not in pages.get(other, {}).values():
                report.fail("sitemap.xml", f"{url} names {other} for {language}, which does not name it")
        report.demand(not alternates or url in alternates.values(), "sitemap.xml", f"{url} does not name itself")


def check_robots(site: Site, report: Report) -> None:
    """robots.txt lets the catalog be read and names the sitemap."""
    robots = RobotFileParser()
    robots.parse(site.text("robots.txt").splitlines())
    sitemaps = robots.site_maps() or []
    report.saw("sitemaps named", len(sitemaps))
    report.demand(f"{site.base_url}/sitemap.xml" in sitemaps, "robots.txt", f"sitemaps {sitemaps}")
    report.demand(robots.can_fetch("*", f"{site.base_url}/datasets/"), "robots.txt", "the catalog is closed to robots")
    known = re.compile(r"(?i)(user-agent|allow|disallow|sitemap|crawl-delay):|#|$")
    for line in site.text("robots.txt").splitlines():
        report.demand(known.match(line.strip()), "robots.txt", f"unknown line {line!r}")


def check_opensearch(site: Site, report: Report) -> None:
    """The description of the search engine is one that browsers take, and its page is there."""
    files = site.find("**/opensearch.xml")
    for file in files:
        with report.guard(file):
            root = etree.fromstring(site.read(file))
            report.demand(root.tag == f"{OPENSEARCH}OpenSearchDescription", file, f"its root is {root.tag}")
            name = root.findtext(f"{OPENSEARCH}ShortName", "")
            report.demand(0 < len(name) <= 16, file, f"ShortName {name!r} has {len(name)} characters")
            report.demand(root.findtext(f"{OPENSEARCH}Description"), file, "no Description")
            addresses = [url for url in root.iterfind(f"{OPENSEARCH}Url") if url.get("type") == "text/html"]
            report.demand(addresses, file, "no Url of a page")
            for url in addresses:
                template = url.get("template", "")
                report.demand("{searchTerms}" in template, file, f"no searchTerms in {template}")
                page = site.file_of(template.partition("?")[0])
                report.demand(site.owns(template) and page.is_file(), file, f"no page behind {template}")
        report.saw("files")
