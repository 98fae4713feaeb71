"""Feeds and harvests in XML: Atom, and the static repository of OAI-PMH."""

import re

from lxml import etree

from built_site import STANDARDS, Report, Site

ATOM = "{http://www.w3.org/2005/Atom}"
OAI = "{http://www.openarchives.org/OAI/2.0/}"
STATIC = "{http://www.openarchives.org/OAI/2.0/static-repository}"
OAI_DC = "{http://www.openarchives.org/OAI/2.0/oai_dc/}"
DC = "{http://purl.org/dc/elements/1.1/}"
DC_ELEMENTS = set("contributor coverage creator date description format identifier language publisher relation rights "
                  "source subject title type".split())
IDENTIFY = "repositoryName baseURL protocolVersion adminEmail earliestDatestamp deletedRecord granularity".split()
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def atom_grammar() -> etree.RelaxNG:
    """The grammar of RFC 4287, from its compact syntax to the one that lxml reads."""
    import rnc2rng

    grammar = rnc2rng.dumps(rnc2rng.load(str(STANDARDS / "atom/atom.rnc")))
    # The converter declares a prefix for "no namespace", which XML does not allow and nothing uses.
    return etree.RelaxNG(etree.fromstring(grammar.replace('xmlns:local=""', "").encode()))


def check_atom(site: Site, report: Report) -> None:
    """Every feed satisfies the grammar of RFC 4287, a feed reader takes it, and it says where it lies."""
    import feedparser

    grammar = atom_grammar()
    for file in site.find("**/feed.xml"):
        with report.guard(file):
            root = etree.fromstring(site.read(file))
            if not grammar.validate(root.getroottree()):
                report.fail(file, grammar.error_log.last_error)
            feed = feedparser.parse(site.read(file))
            report.demand(not feed.bozo, file, feed.get("bozo_exception"))
            own = [link.get("href", "") for link in root.iterfind(f"{ATOM}link") if link.get("rel") == "self"]
            is_own = [site.file_of(url) for url in own if site.owns(url)] == [site.root / file]
            report.demand(is_own, file, f"its own address: {own}")
            report.saw("entries", len(feed.entries))
            ids = [entry.get("id") for entry in feed.entries]
            report.demand(all(ids) and len(set(ids)) == len(ids), file, "entries without an id of their own")
            for entry in feed.entries:
                link = entry.get("link", "")
                report.demand(not site.owns(link) or site.file_of(link).is_file(), file, f"{link} does not exist")
        report.saw("feeds")


def check_oai_record(report: Report, record: etree._Element) -> str:
    """A record has a header and Dublin Core; answers its identifier."""
    identifier = record.findtext(f"{OAI}header/{OAI}identifier", "")
    datestamp = record.findtext(f"{OAI}header/{OAI}datestamp", "")
    report.demand(":" in identifier, "oai.xml", f"{identifier!r} is not a URI")
    report.demand(DAY.fullmatch(datestamp), "oai.xml", f"{identifier}: datestamp {datestamp!r} is not a day")
    formats = [part.tag for part in record.iterfind(f"{OAI}metadata/*")]
    report.demand(formats == [f"{OAI_DC}dc"], "oai.xml", f"{identifier}: the metadata are {formats}")
    core = record.findall(f"{OAI}metadata/{OAI_DC}dc/*")
    names = {str(element.tag) for element in core}
    unknown = names - {DC + name for name in DC_ELEMENTS}
    report.demand(not unknown, "oai.xml", f"{identifier}: unknown elements {sorted(unknown)}")
    missing = {DC + name for name in ("title", "identifier")} - names
    report.demand(not missing, "oai.xml", f"{identifier}: without {sorted(missing)}")
    empty = [element.tag for element in core if not (element.text or "").strip()]
    report.demand(not empty, "oai.xml", f"{identifier}: empty {empty}")
    return identifier


def check_oai(site: Site, report: Report) -> None:
    """The static repository has the parts and the order that gateways read.

    Source: Specification for an OAI Static Repository, section 3. Its XSD could not be had, so the structure is checked
    here by hand: Identify, ListMetadataFormats, then one ListRecords a format; days, no deleted records, no sets.
    """
    root = etree.fromstring(site.read("oai.xml"))
    report.demand(root.tag == f"{STATIC}Repository", "oai.xml", f"its root is {root.tag}")
    tags = [child.tag for child in root]
    expected = [f"{STATIC}{name}" for name in ("Identify", "ListMetadataFormats", "ListRecords")]
    if not report.demand(tags == expected, "oai.xml", f"parts {tags}"):
        return
    identify, formats, records = root
    names = [child.tag.removeprefix(OAI) for child in identify]
    report.demand(list(dict.fromkeys(names))[:len(IDENTIFY)] == IDENTIFY, "oai.xml", f"Identify has {names}")
    facts = {child.tag.removeprefix(OAI): child.text for child in identify}
    fixed = {"protocolVersion": "2.0", "deletedRecord": "no", "granularity": "YYYY-MM-DD"}
    report.demand(facts.items() >= fixed.items(), "oai.xml", f"Identify says {facts}")
    report.demand("@" in (facts.get("adminEmail") or ""), "oai.xml", "no adminEmail")
    prefixes = [item.findtext(f"{OAI}metadataPrefix") for item in formats]
    report.demand(prefixes == ["oai_dc"] == [records.get("metadataPrefix")], "oai.xml", f"formats {prefixes}")
    identifiers = [check_oai_record(report, record) for record in records.iterfind(f"{OAI}record")]
    report.saw("records", len(identifiers))
    report.demand(len(set(identifiers)) == len(identifiers), "oai.xml", "identifiers twice")
    n_datasets = len(site.dataset_ids)
    report.demand(len(identifiers) == n_datasets, "oai.xml", f"{len(identifiers)} records, {n_datasets} datasets")
