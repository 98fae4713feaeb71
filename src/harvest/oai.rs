//! The catalog as an OAI-PMH static repository: a gateway serves it to library harvesters.
//!
//! Source: Specification for an OAI Static Repository and an OAI Static Repository Gateway, 2.0 (2004).

use std::io::{BufWriter, Write};

use anyhow::{Context, Result};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::harvest::Catalog;
use crate::metadata::Record;
use crate::model::route::Route;
use crate::pages::showable;
use crate::stage::{Stage, StageWriter};

/// Straight into the stage: the whole catalog never stands in memory.
type Xml<'a> = Writer<BufWriter<StageWriter<'a>>>;

const NAMESPACES: [(&str, &str); 4] = [
    ("xmlns", "http://www.openarchives.org/OAI/2.0/static-repository"),
    ("xmlns:oai", "http://www.openarchives.org/OAI/2.0/"),
    ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    (
        "xsi:schemaLocation",
        "http://www.openarchives.org/OAI/2.0/static-repository http://www.openarchives.org/OAI/2.0/static-repository.xsd",
    ),
];
const OAI_DC: [(&str, &str); 4] = [
    ("xmlns:oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc/"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    (
        "xsi:schemaLocation",
        "http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    ),
];

/// Writes `oai.xml`; datasets without any date are left out, because each record has to state its day.
///
/// Errors: when the stage cannot be written.
pub fn write(catalog: &Catalog<'_>, stage: &Stage) -> Result<()> {
    let mut writer =
        Writer::new_with_indent(BufWriter::with_capacity(1 << 16, stage.writer(&Route::new("oai.xml")?)?), b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("Repository")
        .with_attributes(NAMESPACES)
        .write_inner_content(|writer| {
            identify(writer, catalog)?;
            formats(writer)?;
            let list = writer.create_element("ListRecords").with_attribute(("metadataPrefix", "oai_dc"));
            list.write_inner_content(|writer| catalog.records.iter().try_for_each(|each| record(writer, *each)))?;
            Ok(())
        })
        .context("writing oai.xml")?;
    let mut out = writer.into_inner();
    out.write_all(b"\n").context("writing oai.xml")?;
    out.into_inner().map_err(std::io::IntoInnerError::into_error).context("writing oai.xml")?.finish()?;
    Ok(())
}

fn text(writer: &mut Xml<'_>, name: &str, value: &str) -> std::io::Result<()> {
    writer.create_element(name).write_text_content(BytesText::new(&showable(value)))?;
    Ok(())
}

fn identify(writer: &mut Xml<'_>, catalog: &Catalog<'_>) -> std::io::Result<()> {
    let issuer = catalog.inputs.issuer();
    let email = &issuer.site.footer.email;
    let earliest = catalog.records.iter().filter_map(|record| record.updated()).min().unwrap_or(issuer.as_of);
    writer.create_element("Identify").write_inner_content(|writer| {
        text(writer, "oai:repositoryName", issuer.site_name())?;
        text(writer, "oai:baseURL", &issuer.url("oai.xml"))?;
        text(writer, "oai:protocolVersion", "2.0")?;
        if !email.is_empty() {
            text(writer, "oai:adminEmail", email)?;
        }
        text(writer, "oai:earliestDatestamp", &earliest.to_string())?;
        text(writer, "oai:deletedRecord", "no")?;
        text(writer, "oai:granularity", "YYYY-MM-DD")
    })?;
    Ok(())
}

fn formats(writer: &mut Xml<'_>) -> std::io::Result<()> {
    writer.create_element("ListMetadataFormats").write_inner_content(|writer| {
        writer.create_element("oai:metadataFormat").write_inner_content(|writer| {
            text(writer, "oai:metadataPrefix", "oai_dc")?;
            text(writer, "oai:schema", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd")?;
            text(writer, "oai:metadataNamespace", "http://www.openarchives.org/OAI/2.0/oai_dc/")
        })?;
        Ok(())
    })?;
    Ok(())
}

fn record(writer: &mut Xml<'_>, record: Record<'_>) -> std::io::Result<()> {
    let Some(day) = record.updated() else { return Ok(()) };
    writer.create_element("oai:record").write_inner_content(|writer| {
        writer.create_element("oai:header").write_inner_content(|writer| {
            text(writer, "oai:identifier", &record.page_url())?;
            text(writer, "oai:datestamp", &day.to_string())
        })?;
        writer.create_element("oai:metadata").write_inner_content(|writer| {
            let element = writer.create_element("oai_dc:dc").with_attributes(OAI_DC);
            element.write_inner_content(|writer| dublin_core(writer, record))?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

/// Dublin Core; what the catalog does not say is left out.
fn dublin_core(writer: &mut Xml<'_>, record: Record<'_>) -> std::io::Result<()> {
    let dataset = record.dataset();
    let mut say = |name: &str, value: &str| if value.is_empty() { Ok(()) } else { text(writer, name, value) };
    say("dc:title", &dataset.title)?;
    say("dc:creator", &dataset.provider)?;
    say("dc:publisher", record.issuer.site_name())?;
    say("dc:description", &record.description())?;
    for subject in [&dataset.theme].into_iter().chain(&dataset.keywords) {
        say("dc:subject", subject)?;
    }
    for day in [dataset.issued, dataset.modified].into_iter().flatten() {
        say("dc:date", &day.to_string())?;
    }
    say("dc:type", "Dataset")?;
    for format in crate::pages::facets::formats(record.release) {
        say("dc:format", &format)?;
    }
    say("dc:identifier", &record.page_url())?;
    say("dc:language", record.issuer.language())?;
    say("dc:coverage", &dataset.spatial)?;
    say("dc:coverage", &dataset.temporal)?;
    say("dc:source", &dataset.source)?;
    say("dc:rights", record.licence_name())?;
    say("dc:rights", &record.licence_url())
}
