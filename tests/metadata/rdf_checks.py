"""The catalog and the datasets as RDF: syntaxes of one graph, DCAT-AP's shapes, a harvester's parser, live addresses.

Validators are imported where they are used: one that is missing fails its own check and the others still run.
"""

from collections.abc import Iterator
from functools import cache
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from rdflib import RDF, SH, BNode, Graph, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.term import Node

from built_site import STANDARDS, Report, Site

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}
SHAPES = ("shapes.ttl", "range.ttl", "mdr-vocabularies.shape.ttl")
# It asks for a name in `https://spdx.org/`, but SPDX's terms, and the class that it asks for, begin with `http:`.
CONTRADICTORY = {URIRef("http://data.europa.eu/r5r#ChecksumAlgorithmRestriction")}


def read_graph(site: Site, path: str) -> Graph:
    """Parses a file of the site as what its ending says."""
    graph = Graph()
    return graph.parse(site.root / path, format=FORMATS[path.rpartition(".")[2]], publicID=f"{site.base_url}/{path}")


@cache
def catalog_pages(site: Site, ending: str) -> list[tuple[str, Graph]]:
    """Reads the catalog and the pages to which `hydra:next` leads."""
    pages: list[tuple[str, Graph]] = []
    path = f"catalog.{ending}"
    while path not in [name for name, _ in pages]:
        graph = read_graph(site, path)
        pages.append((path, graph))
        for address in graph.objects(None, HYDRA.next):
            path = str(site.file_of(str(address)).relative_to(site.root))
    return pages


@cache
def catalog_graph(site: Site, ending: str) -> Graph:
    """Puts the pages of the catalog together, without the statements that lead from page to page of one syntax."""
    res = Graph()
    for _, graph in catalog_pages(site, ending):
        for triple in graph:
            if not any(str(term).startswith(HYDRA) for term in triple):
                res.add(triple)
    return res


def has_blank(triple: tuple[Node, Node, Node]) -> bool:
    """Says whether a triple can only be compared by its surroundings."""
    return any(isinstance(term, BNode) for term in triple)


def difference(one: Graph, other: Graph) -> str:
    """Describes how two graphs differ; nothing where they are the same."""
    named = [{triple for triple in graph if not has_blank(triple)} for graph in (one, other)]
    differing = sorted(" ".join(term.n3() for term in triple) for triple in named[0] ^ named[1])
    if differing:
        return f"{len(differing)} statements stand in one only, such as {differing[0]}"
    return "" if isomorphic(one, other) else "they differ in statements on blank nodes"


def compare(report: Report, name: str, one: Graph, other: Graph) -> None:
    """Demands that two graphs say something, and the same."""
    report.demand(len(one), name, "no statement in it")
    if found := difference(one, other):
        report.fail(name, found)


def check_catalog_rdf(site: Site, report: Report) -> None:
    """The three syntaxes of the catalog are one graph."""
    turtle = catalog_graph(site, "ttl")
    report.saw("statements", len(turtle))
    for ending in FORMATS:
        with report.guard(f"catalog.{ending}"):
            report.saw("files", len(catalog_pages(site, ending)))
            compare(report, f"catalog.{ending}", catalog_graph(site, ending), turtle)
    listed = {site.dataset_of(str(dataset)) for dataset in turtle.subjects(RDF.type, DCAT.Dataset)}
    differing = sorted(listed ^ set(site.dataset_ids))
    report.demand(not differing, "catalog.ttl", f"datasets missing or unknown: {differing[:5]}")


@cache
def shapes() -> tuple[Graph, Graph]:
    """The shapes of DCAT-AP 3.0.1, and the EU code lists in which they look values up."""
    shape_graph = Graph()
    for name in SHAPES:
        shape_graph.parse(STANDARDS / "dcat-ap-3.0.1" / name)
    return shape_graph, Graph().parse(STANDARDS / "eu-vocabularies/codelists.ttl")


def with_codes(graph: Graph) -> Graph:
    """Adds what the code lists say of the values that a graph uses: validating all of their concepts takes long."""
    res, (_, codes) = graph + Graph(), shapes()
    for value in set(graph.objects()):
        for triple in codes.triples((value, None, None)):
            res.add(triple)
    return res


def validate(report: Report, name: str, graph: Graph) -> None:
    """Reports the violations of a graph and counts the warnings."""
    import pyshacl

    shape_graph, _ = shapes()
    _, found, _ = pyshacl.validate(with_codes(graph), shacl_graph=shape_graph)
    for result in found.objects(None, SH.result):  # not what stands as the detail of another result
        keys = ("focusNode", "resultPath", "value", "resultMessage", "resultSeverity")
        focus, path, value, message, severity = (found.value(result, SH[key]) for key in keys)
        if shape_graph.value(found.value(result, SH.sourceShape), SH.node) in CONTRADICTORY:
            report.saw("contradictory demands")
        elif severity == SH.Violation:
            report.fail(name, f"{focus}: {path} = {value!r}: {message}")
        else:
            report.saw("warnings")


def check_dcat_ap(site: Site, report: Report) -> None:
    """The catalog satisfies the shapes of DCAT-AP 3.0.1, page by page: pyshacl's time grows with the graph."""
    for name, graph in catalog_pages(site, "ttl"):
        with report.guard(name):
            validate(report, name, graph)
        report.saw("pages")
        report.saw("statements", len(graph))


def check_dataset_dcat(site: Site, report: Report) -> None:
    """Each dataset's two syntaxes are one graph; those of a sample satisfy the shapes by themselves."""
    graphs = {}
    for dataset in site.dataset_ids:
        name = f"datasets/{dataset}/metadata/dcat"
        with report.guard(name):
            graphs[name] = read_graph(site, f"{name}.ttl")
            compare(report, name, graphs[name], read_graph(site, f"{name}.jsonld"))
            described = [site.dataset_of(str(item)) for item in graphs[name].subjects(RDF.type, DCAT.Dataset)]
            report.demand(described == [dataset], name, f"it is about {described}")
            report.saw("datasets")
    sample = site.sample(list(graphs), 12)
    report.notes.append(f"shapes on {len(sample)}")
    for name in sample:
        with report.guard(name):
            validate(report, f"{name}.ttl", graphs[name])


def check_ckan_harvester(site: Site, report: Report) -> None:
    """The parser of CKAN's harvester finds every dataset with its files, whatever the syntax."""
    from ckanext.dcat.processors import RDFParser

    for ending, name in FORMATS.items():
        file = f"catalog.{ending}"
        with report.guard(file):
            parser = RDFParser(profiles=["euro_dcat_ap_3"])
            for page, _ in catalog_pages(site, ending):
                parser.parse(site.text(page), _format=name)
            datasets = list(parser.datasets())
            report.saw("datasets", len(datasets))
            n_expected = site.json("api/v1/index.json")["datasets"]["total"]
            report.demand(len(datasets) == n_expected, file, f"{len(datasets)} datasets instead of {n_expected}")
            for dataset in datasets:
                check_harvested(site, report, file, dataset)


def check_harvested(site: Site, report: Report, file: str, dataset: dict[str, Any]) -> None:
    """A harvested dataset has what CKAN shows: title, description, and a file behind each resource."""
    name = dataset.get("title", "?")
    report.demand(dataset.get("title") and dataset.get("notes"), file, f"{name}: no title or description")
    report.saw("resources", len(dataset["resources"]))
    for resource in dataset["resources"]:
        url = resource.get("url") or ""
        report.demand(url and (not site.owns(url) or site.file_of(url).is_file()), file, f"{name}: no file {url!r}")
    for tag in dataset["tags"]:
        report.demand(len(tag["name"]) >= 2, file, f"{name}: CKAN refuses the tag {tag['name']!r}")


def own_addresses(site: Site) -> Iterator[tuple[str, str]]:
    """Every address of the site in its RDF and in its JSON metadata, with the file it stands in."""
    graphs = [*catalog_pages(site, "ttl")]
    graphs += [(path, read_graph(site, path)) for path in site.find("datasets/*/metadata/dcat.ttl")]
    for name, graph in graphs:
        for term in {term for triple in graph for term in triple if isinstance(term, URIRef)}:
            yield name, str(term)
    for pattern in ("data.json", "datasets/*/datapackage.json", "datasets/*/metadata/*.json*", "datasets/*/cite/*.json",
                    "datasets/*/data/*.csv-metadata.json", "api/v1/index.json", "api/v1/datasets/*.json"):
        for path in site.find(pattern):
            yield from ((path, text) for text in strings(site.json(path)))


def strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(item)


def check_addresses(site: Site, report: Report) -> None:
    """Every address of the site that metadata mention answers 200."""
    wanted: dict[str, str] = {}
    for name, address in own_addresses(site):
        if site.owns(address) and not any(sign in address for sign in " {<"):
            wanted.setdefault(address.partition("#")[0], name)
    connection = HTTPConnection(urlsplit(site.address).netloc, timeout=30)
    for address, name in sorted(wanted.items()):
        connection.request("HEAD", urlsplit(site.on_localhost(address)).path or "/")
        answer = connection.getresponse()
        answer.read()
        report.saw("addresses")
        report.demand(answer.status == 200, name, f"{address} answers {answer.status}")
