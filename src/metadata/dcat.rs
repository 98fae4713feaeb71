//! DCAT 3 as the profile DCAT-AP 3.0.1 wants it: a dataset, its files, who is who, and the catalog.
//!
//! Every node that a statement leads to is typed in the same file, as the profile's shapes ask.

use crate::metadata::graph::{Graph, Node};
use crate::metadata::{Distribution, Issuer, Record, quality, schema_org};
use crate::model::date::Day;
use crate::model::frequency::Frequency;

/// The authority lists of the EU's Publications Office.
const AUTHORITY: &str = "http://publications.europa.eu/resource/authority";
/// The registered media types.
const MEDIA_TYPES: &str = "https://www.iana.org/assignments/media-types";
/// Labels of formats whose code in the list of file types is another word.
const FILE_TYPES: &[(&str, &str)] = &[("JPG", "JPEG"), ("GeoJSON", "GEOJSON"), ("Parquet", "PARQUET")];
/// Formats with a code in the list of file types.
const LISTED: &[&str] = &[
    "CSV", "TSV", "TXT", "JSON", "GEOJSON", "XLSX", "XLS", "XLSB", "ODS", "XML", "PDF", "ZIP", "ICS", "PARQUET",
    "JPEG", "PNG", "DOC", "DOCX", "HTML", "KML", "SHP", "RAR", "7Z",
];
/// Languages by the tag's first part.
const LANGUAGES: &[(&str, &str)] = &[("zh", "ZHO"), ("en", "ENG")];

/// Describes a dataset with all its files.
#[must_use]
pub fn dataset(record: Record<'_>) -> Graph {
    let mut graph = Graph::default();
    let dataset = record.dataset();
    let language = record.issuer.language();
    let mut node = described(record);
    if let Some(theme) = record.theme_iri() {
        node = node.iri("dcat:theme", theme.as_str());
        graph.add(Node::new(theme, "skos:Concept").text("skos:prefLabel", &dataset.theme, language));
    }
    node = node.iri("dct:language", language_iri(language));
    graph.add(Node::new(language_iri(language), "dct:LinguisticSystem"));
    if let Some(frequency) = dataset.frequency {
        let iri = format!("{AUTHORITY}/frequency/{}", frequency_code(frequency));
        node = node.iri("dct:accrualPeriodicity", iri.as_str());
        graph.add(Node::new(iri, "dct:Frequency"));
    }
    if !dataset.spatial.is_empty() {
        let place = record.part_iri("spatial");
        node = node.iri("dct:spatial", place.as_str());
        graph.add(Node::new(place, "dct:Location").text("skos:prefLabel", &dataset.spatial, language));
    }
    if let Some(system) = dataset.coordinate_system {
        let iri = system.iri().map_or_else(|| record.part_iri("coordinate-system"), str::to_owned);
        node = node.iri("dct:conformsTo", iri.as_str());
        graph.add(Node::new(iri, "dct:Standard").text("dct:title", system.name(), language));
    }
    if let Some(period) = schema_org::temporal_coverage(&dataset.temporal) {
        node = node.iri("dct:temporal", record.part_iri("temporal"));
        graph.add(period_node(record, &period));
    }
    if !dataset.source.is_empty() {
        let source = record.part_iri("source");
        node = node.iri("dct:provenance", source.as_str());
        graph.add(Node::new(source, "dct:ProvenanceStatement").text("rdfs:label", &dataset.source, language));
    }
    if let Some(contact) = contact(record) {
        node = node.iri("dcat:contactPoint", record.part_iri("contact"));
        graph.add(contact);
    }
    for distribution in record.distributions() {
        node = node.iri("dcat:distribution", record.part_iri(distribution.path()));
    }
    for (idx, _) in record.release.files.links.iter().enumerate() {
        node = node.iri("dcat:distribution", record.part_iri(&format!("link-{}", idx + 1)));
    }
    for measurement in quality::measurements(record) {
        node = node.iri("dqv:hasQualityMeasurement", measurement.iri.as_str());
        measurement.describe(&mut graph, record);
    }
    graph.add(node);
    for distribution in record.distributions() {
        describe_file(&mut graph, record, distribution);
    }
    describe_links(&mut graph, record);
    describe_surroundings(&mut graph, record);
    graph
}

/// What a dataset says of itself, without what it leads to.
fn described(record: Record<'_>) -> Node {
    let (dataset, language) = (record.dataset(), record.issuer.language());
    let mut node = Node::new(record.iri(), "dcat:Dataset")
        .text("dct:title", &dataset.title, language)
        .text("dct:description", &record.description(), language)
        .plain("dct:identifier", record.identifier())
        .iri("dct:publisher", record.provider_iri())
        .iri("dcat:landingPage", record.page_url())
        .iri("dct:accessRights", format!("{AUTHORITY}/access-right/PUBLIC"))
        .iri("dct:rights", record.part_iri("attribution"));
    for keyword in &dataset.keywords {
        node = node.text("dcat:keyword", keyword, language);
    }
    node = with_days(node, dataset.issued, dataset.modified);
    if let Some(version) = record.version() {
        node = node.plain("dcat:version", &version);
    }
    node
}

/// The catalog as a whole, leading to its datasets; `modified` is the day of the latest update of any.
#[must_use]
pub fn catalog(issuer: Issuer<'_>, datasets: &[Record<'_>], modified: Option<Day>) -> Graph {
    let mut graph = Graph::default();
    let language = issuer.language();
    let service = issuer.url("api/v1/index.json") + "#service";
    let about = issuer.site.description.in_language(language);
    let mut node = Node::new(issuer.catalog_iri(), "dcat:Catalog")
        .text("dct:title", issuer.site_name(), language)
        .text("dct:description", if about.is_empty() { issuer.site_name() } else { about }, language)
        .iri("dct:publisher", issuer.host_iri())
        .iri("foaf:homepage", issuer.url(""))
        .iri("dct:language", language_iri(language))
        .iri("dcat:service", service.as_str());
    node = with_days(node, None, modified);
    for record in datasets {
        node = node.iri("dcat:dataset", record.iri());
    }
    graph.add(node);
    graph.add(Node::new(language_iri(language), "dct:LinguisticSystem"));
    graph.add(Node::new(issuer.url(""), "foaf:Document"));
    graph.add(Node::new(issuer.host_iri(), "foaf:Agent").text("foaf:name", issuer.host_name(), language));
    graph.add(
        Node::new(service, "dcat:DataService")
            .text("dct:title", &format!("{} API", issuer.site_name()), language)
            .iri("dcat:endpointURL", issuer.url("api/v1/index.json"))
            .iri("dcat:endpointDescription", issuer.url("openapi.json")),
    );
    graph
}

fn with_days(node: Node, issued: Option<Day>, modified: Option<Day>) -> Node {
    let say = |node: Node, term, day: Option<Day>| match day {
        Some(day) => node.typed(term, day, "xsd:date"),
        None => node,
    };
    say(say(node, "dct:issued", issued), "dct:modified", modified)
}

/// A period from an ISO 8601 interval such as `2019/2024`, or a single year or day.
fn period_node(record: Record<'_>, period: &str) -> Node {
    let (first, last) = period.split_once('/').unwrap_or((period, period));
    let datatype = |text: &str| match text.len() {
        4 => "xsd:gYear",
        7 => "xsd:gYearMonth",
        _ => "xsd:date",
    };
    let mut node = Node::new(record.part_iri("temporal"), "dct:PeriodOfTime");
    for (term, text) in [("dcat:startDate", first), ("dcat:endDate", last)] {
        if text != ".." {
            node = node.typed(term, text, datatype(text));
        }
    }
    node
}

fn language_iri(tag: &str) -> String {
    let first = tag.split('-').next().unwrap_or_default();
    let code = LANGUAGES.iter().find(|(known, _)| *known == first).map_or("UND", |(_, code)| code);
    format!("{AUTHORITY}/language/{code}")
}

fn frequency_code(frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::Continuous => "UPDATE_CONT",
        Frequency::Daily => "DAILY",
        Frequency::Weekly => "WEEKLY",
        Frequency::Monthly => "MONTHLY",
        Frequency::Quarterly => "QUARTERLY",
        Frequency::SemiAnnual => "ANNUAL_2",
        Frequency::Annual => "ANNUAL",
        Frequency::Irregular => "IRREG",
        Frequency::Never => "NEVER",
    }
}

/// Who answers questions about the dataset, where the catalog says.
fn contact(record: Record<'_>) -> Option<Node> {
    let dataset = record.dataset();
    if dataset.contact_email.is_empty() && dataset.contact_phone.is_empty() {
        return None;
    }
    let mut node = Node::new(record.part_iri("contact"), "vcard:Kind").and("vcard:Organization");
    node = node.text("vcard:fn", &dataset.provider, record.issuer.language());
    if !dataset.contact_email.is_empty() {
        node = node.iri("vcard:hasEmail", format!("mailto:{}", dataset.contact_email));
    }
    if !dataset.contact_phone.is_empty() {
        let digits: String =
            dataset.contact_phone.chars().filter(|c| c.is_ascii_digit() || "+-".contains(*c)).collect();
        node = node.iri("vcard:hasTelephone", format!("tel:{digits}"));
    }
    Some(node)
}

fn describe_file(graph: &mut Graph, record: Record<'_>, distribution: Distribution<'_>) {
    let file = distribution.file;
    let url = record.url_of(&file.route);
    let checksum = format!("{}-sha256", record.part_iri(distribution.path()));
    let algorithm = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256";
    let mut node = Node::new(record.part_iri(distribution.path()), "dcat:Distribution")
        .plain("dct:title", &file.name)
        .iri("dcat:accessURL", url.as_str())
        .iri("dcat:downloadURL", url)
        .typed("dcat:byteSize", file.size_bytes, "xsd:nonNegativeInteger")
        .iri("spdx:checksum", checksum.as_str());
    node = with_rights(node, record);
    if let Some(media_type) = distribution.media_type() {
        let iri = format!("{MEDIA_TYPES}/{media_type}");
        node = node.iri("dcat:mediaType", iri.as_str());
        graph.add(Node::new(iri, "dct:MediaType"));
    }
    if let Some(iri) = file_type(distribution.format()) {
        node = node.iri("dct:format", iri.as_str());
        graph.add(Node::new(iri, "dct:MediaTypeOrExtent"));
    }
    graph.add(node);
    graph.add(Node::new(checksum, "spdx:Checksum").iri("spdx:algorithm", algorithm).typed(
        "spdx:checksumValue",
        file.sha256,
        "xsd:hexBinary",
    ));
    graph.add(Node::new(algorithm, "spdx:ChecksumAlgorithm"));
}

/// The code of a format in the EU's list of file types.
#[must_use]
pub fn file_type(format: &str) -> Option<String> {
    let code = FILE_TYPES.iter().find(|(label, _)| *label == format).map_or(format, |(_, code)| code);
    LISTED.contains(&code).then(|| format!("{AUTHORITY}/file-type/{code}"))
}

/// Data that lies elsewhere: an address and the terms, nothing is known of the bytes.
fn describe_links(graph: &mut Graph, record: Record<'_>) {
    for (idx, link) in record.release.files.links.iter().enumerate() {
        let iri = record.part_iri(&format!("link-{}", idx + 1));
        let node = Node::new(iri, "dcat:Distribution").iri("dcat:accessURL", link.as_str());
        graph.add(with_rights(node, record));
    }
}

fn with_rights(node: Node, record: Record<'_>) -> Node {
    node.iri("dct:license", record.licence_url()).iri("dct:rights", record.part_iri("attribution"))
}

/// Who and what the statements of a dataset lead to.
fn describe_surroundings(graph: &mut Graph, record: Record<'_>) {
    let dataset = record.dataset();
    let language = record.issuer.language();
    let licence = &record.release.cleared.licence;
    graph.add(
        Node::new(record.licence_url(), "dct:LicenseDocument")
            .text("dct:title", record.licence_name(), language)
            .plain("dct:identifier", &licence.id),
    );
    let duty = record.attribution("（获取数据的日期）");
    graph.add(Node::new(record.part_iri("attribution"), "dct:RightsStatement").text("rdfs:label", &duty, language));
    graph.add(Node::new(format!("{AUTHORITY}/access-right/PUBLIC"), "dct:RightsStatement"));
    graph.add(Node::new(record.page_url(), "foaf:Document"));
    graph.add(
        Node::new(record.provider_iri(), "foaf:Agent")
            .and("foaf:Organization")
            .text("foaf:name", &dataset.provider, language)
            .plain("dct:identifier", &dataset.provider_code),
    );
}
