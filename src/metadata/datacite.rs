//! DataCite 4: what registers of persistent identifiers take.
//!
//! In: a record. Out: the same statements as JSON and as XML. No dataset has a DOI here: its address identifies it.
//! DataCite has no record without a creator, a title, a publisher and a year; where the catalog lacks one, there is none.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io;

use anyhow::{Context, Result};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde_json::{Map, Value, json};

use crate::metadata::Record;
use crate::metadata::cite::spdx_id;
use crate::model::date::Day;
use crate::model::format::Format;

/// The namespace of every version 4, and the value of `schemaVersion`.
const NAMESPACE: &str = "http://datacite.org/schema/kernel-4";
/// Where the XML's schema stands.
const SCHEMA_LOCATION: &str =
    "http://datacite.org/schema/kernel-4 https://schema.datacite.org/meta/kernel-4.7/metadata.xsd";
/// What the ids of licences are looked up in.
const SPDX_LIST: &str = "https://spdx.org/licenses/";
/// The name of the list that themes come from, as catalogs call it.
const THEMES: &str = "领域分类";
/// What kind of identifier the catalog's own one is.
const CATALOG_IDENTIFIER: &str = "catalog identifier";

/// The JSON form (schema 4.5); `None` where the catalog lacks what is mandatory.
#[must_use]
pub fn json(record: Record<'_>) -> Option<Value> {
    Resource::of(record).map(|resource| resource.json())
}

/// The XML form (schema 4.7); `None` where the catalog lacks what is mandatory.
///
/// Errors: none that can come of data.
pub fn xml(record: Record<'_>) -> Result<Option<Vec<u8>>> {
    Resource::of(record).map(|resource| resource.xml().context("writing DataCite XML")).transpose()
}

/// What both forms say; an empty text or list is left out.
struct Resource<'a> {
    url: String,
    creator: &'a str,
    title: &'a str,
    publisher: &'a str,
    year: i16,
    language: &'a str,
    /// Each with the name of its list, where it comes from one.
    subjects: Vec<(&'a str, Option<&'static str>)>,
    /// Each with its DataCite type.
    dates: Vec<(Day, &'static str)>,
    identifier: Option<&'a str>,
    sizes: Vec<String>,
    formats: BTreeSet<&'a str>,
    version: Option<String>,
    rights: &'a str,
    rights_url: String,
    spdx_id: Option<&'a str>,
    description: String,
    place: &'a str,
}

impl<'a> Resource<'a> {
    fn of(record: Record<'a>) -> Option<Self> {
        let dataset = record.dataset();
        let year = dataset.issued.or(dataset.modified)?.year();
        let publisher = record.issuer.site_name();
        if dataset.provider.is_empty() || dataset.title.is_empty() || publisher.is_empty() {
            return None;
        }
        let mut subjects: Vec<(&str, Option<&'static str>)> = Vec::new();
        let keywords = dataset.keywords.iter().map(|keyword| (keyword.as_str(), None));
        for subject in keywords.chain([(dataset.theme.as_str(), Some(THEMES))]) {
            if !subject.0.is_empty() && !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
        let dates = [(dataset.issued, "Issued"), (dataset.modified, "Updated")];
        Some(Self {
            url: record.page_url(),
            creator: &dataset.provider,
            title: &dataset.title,
            publisher,
            year,
            language: record.issuer.language(),
            subjects,
            dates: dates.into_iter().filter_map(|(day, kind)| Some((day?, kind))).collect(),
            identifier: Some(record.identifier()).filter(|identifier| *identifier != record.id()),
            sizes: sizes(record),
            formats: formats(record),
            version: record.version(),
            rights: record.licence_name(),
            rights_url: record.licence_url(),
            spdx_id: spdx_id(&record.release.cleared.licence.id),
            description: record.description(),
            place: &dataset.spatial,
        })
    }

    fn json(&self) -> Value {
        let lang = self.language;
        let mut res = json!({
            "schemaVersion": NAMESPACE,
            "url": self.url,
            "creators": [{ "name": self.creator, "nameType": "Organizational", "lang": lang }],
            "titles": [{ "title": self.title, "lang": lang }],
            "publisher": { "name": self.publisher, "lang": lang },
            "publicationYear": self.year.to_string(),
            "types": { "resourceType": "Dataset", "resourceTypeGeneral": "Dataset" },
            "language": lang,
            "rightsList": [self.rights_json()],
        });
        let mut put = |name: &str, items: Vec<Value>| {
            if !items.is_empty() {
                res[name] = Value::Array(items);
            }
        };
        let subject = |(subject, scheme): &(&str, Option<&str>)| match scheme {
            Some(scheme) => json!({ "subject": subject, "subjectScheme": scheme, "lang": lang }),
            None => json!({ "subject": subject, "lang": lang }),
        };
        put("subjects", self.subjects.iter().map(subject).collect());
        put("dates", self.dates.iter().map(|(day, kind)| json!({ "date": day, "dateType": kind })).collect());
        let identifier = |text| json!({ "alternateIdentifier": text, "alternateIdentifierType": CATALOG_IDENTIFIER });
        put("alternateIdentifiers", self.identifier.into_iter().map(identifier).collect());
        put("sizes", self.sizes.iter().map(|size| json!(size)).collect());
        put("formats", self.formats.iter().map(|format| json!(format)).collect());
        let description = json!({ "description": self.description, "descriptionType": "Abstract", "lang": lang });
        put("descriptions", vec![description]);
        if !self.place.is_empty() {
            put("geoLocations", vec![json!({ "geoLocationPlace": self.place })]);
        }
        if let Some(version) = &self.version {
            res["version"] = json!(version);
        }
        res
    }

    fn rights_json(&self) -> Value {
        let mut res = Map::new();
        for (name, value) in self.rights_attributes() {
            // The two forms differ in how they write the one word.
            res.insert(name.replace("URI", "Uri"), json!(value));
        }
        res.insert("rights".to_owned(), json!(self.rights));
        res.insert("lang".to_owned(), json!(self.language));
        Value::Object(res)
    }

    fn rights_attributes(&self) -> Vec<(&'static str, &str)> {
        let mut res = vec![("rightsURI", self.rights_url.as_str())];
        if let Some(id) = self.spdx_id {
            res.extend([("rightsIdentifier", id), ("rightsIdentifierScheme", "SPDX"), ("schemeURI", SPDX_LIST)]);
        }
        res
    }

    fn xml(&self) -> io::Result<Vec<u8>> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let root = writer.create_element("resource").with_attributes([
            ("xmlns", NAMESPACE),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("xsi:schemaLocation", SCHEMA_LOCATION),
        ]);
        root.write_inner_content(|writer| {
            self.write_mandatory(writer)?;
            self.write_optional(writer)
        })?;
        let mut bytes = writer.into_inner();
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn write_mandatory(&self, writer: &mut Xml) -> io::Result<()> {
        let lang = ("xml:lang", self.language);
        text(writer, "identifier", &[("identifierType", "URL")], &self.url)?;
        list(writer, "creators", [self.creator], |writer, name| {
            list(writer, "creator", [name], |writer, name| {
                text(writer, "creatorName", &[("nameType", "Organizational"), lang], name)
            })
        })?;
        list(writer, "titles", [self.title], |writer, title| text(writer, "title", &[lang], title))?;
        text(writer, "publisher", &[lang], self.publisher)?;
        text(writer, "publicationYear", &[], &self.year.to_string())?;
        text(writer, "resourceType", &[("resourceTypeGeneral", "Dataset")], "Dataset")
    }

    fn write_optional(&self, writer: &mut Xml) -> io::Result<()> {
        let lang = ("xml:lang", self.language);
        list(writer, "subjects", &self.subjects, |writer, (subject, scheme)| match scheme {
            Some(scheme) => text(writer, "subject", &[("subjectScheme", scheme), lang], subject),
            None => text(writer, "subject", &[lang], subject),
        })?;
        list(writer, "dates", &self.dates, |writer, (day, kind)| {
            text(writer, "date", &[("dateType", kind)], &day.to_string())
        })?;
        text(writer, "language", &[], self.language)?;
        list(writer, "alternateIdentifiers", self.identifier, |writer, identifier| {
            text(writer, "alternateIdentifier", &[("alternateIdentifierType", CATALOG_IDENTIFIER)], identifier)
        })?;
        list(writer, "sizes", &self.sizes, |writer, size| text(writer, "size", &[], size))?;
        list(writer, "formats", &self.formats, |writer, format| text(writer, "format", &[], format))?;
        if let Some(version) = &self.version {
            text(writer, "version", &[], version)?;
        }
        let rights: Vec<(&str, &str)> = self.rights_attributes().into_iter().chain([lang]).collect();
        list(writer, "rightsList", [self.rights], |writer, name| text(writer, "rights", &rights, name))?;
        list(writer, "descriptions", [&self.description], |writer, description| {
            text(writer, "description", &[("descriptionType", "Abstract"), lang], description)
        })?;
        let place = Some(self.place).filter(|place| !place.is_empty());
        list(writer, "geoLocations", place, |writer, place| {
            list(writer, "geoLocation", [place], |writer, place| text(writer, "geoLocationPlace", &[], place))
        })
    }
}

/// How much there is: bytes of the originals, rows of the tables read from them, else as the catalog counts them.
///
/// Units: bytes as written to disk, before HTTP compression; rows without headers.
fn sizes(record: Record<'_>) -> Vec<String> {
    let files = &record.release.files;
    let n_bytes: u64 = files.originals.iter().map(|file| file.size_bytes).sum();
    let n_rows: u64 = files.tables.iter().map(|table| table.n_rows).sum();
    let n_rows = if files.tables.is_empty() { record.dataset().volume } else { Some(n_rows) };
    let n_bytes = (!files.originals.is_empty()).then(|| format!("{n_bytes} bytes"));
    n_bytes.into_iter().chain(n_rows.map(|n_rows| format!("{n_rows} rows"))).collect()
}

/// The media type of every file, or the label of its format where there is no media type of its own.
fn formats(record: Record<'_>) -> BTreeSet<&str> {
    let name = |format| match Format::media_type(format) {
        "application/octet-stream" => format.label(),
        media_type => media_type,
    };
    record.distributions().filter_map(|distribution| distribution.file.format.as_ref().map(name)).collect()
}

type Xml = Writer<Vec<u8>>;

/// An element with text.
fn text(writer: &mut Xml, name: &str, attributes: &[(&str, &str)], value: &str) -> io::Result<()> {
    let mut element = writer.create_element(name);
    for (name, value) in attributes {
        element = element.with_attribute((*name, allowed(value).as_ref()));
    }
    element.write_text_content(BytesText::new(&allowed(value)))?;
    Ok(())
}

/// An element around others; nothing where there are none.
fn list<T>(
    writer: &mut Xml,
    name: &str,
    items: impl IntoIterator<Item = T>,
    item: impl Fn(&mut Xml, T) -> io::Result<()>,
) -> io::Result<()> {
    let mut items = items.into_iter().peekable();
    if items.peek().is_some() {
        writer.create_element(name).write_inner_content(|writer| items.try_for_each(|value| item(writer, value)))?;
    }
    Ok(())
}

/// A text without the characters that XML cannot hold in any form; each becomes `\u{FFFD}`.
///
/// Source: XML 1.0 (fifth edition) 2.2, production `Char`.
fn allowed(text: &str) -> Cow<'_, str> {
    let is_odd = |c: char| c < ' ' && !"\t\n\r".contains(c) || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    if text.contains(is_odd) { Cow::Owned(text.replace(is_odd, "\u{FFFD}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn resource<'a>(title: &'a str, creator: &'a str) -> Resource<'a> {
        Resource {
            url: "https://example.invalid/datasets/1/".to_owned(),
            creator,
            title,
            publisher: "市公共数据开放网站",
            year: 2026,
            language: "zh-CN",
            subjects: vec![("学校", None), ("教育", Some(THEMES))],
            dates: vec![(Day::parse("2026-03-01").unwrap(), "Issued")],
            identifier: Some("307/1"),
            sizes: vec!["12 bytes".to_owned(), "3 rows".to_owned()],
            formats: BTreeSet::from(["text/csv", "application/zip"]),
            version: Some("2026.3.1".to_owned()),
            rights: "署名 4.0",
            rights_url: "https://creativecommons.org/licenses/by/4.0/".to_owned(),
            spdx_id: Some("CC-BY-4.0"),
            description: title.to_owned(),
            place: "市区",
        }
    }

    /// The text of the first element of a name, read back.
    fn text_of(xml: &[u8], name: &str) -> Option<String> {
        let mut reader = quick_xml::Reader::from_reader(xml);
        let mut inside = false;
        let mut res = String::new();
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) if start.name().as_ref() == name => inside = true,
                Event::End(end) if inside && end.name().as_ref() == name => return Some(res),
                Event::Text(text) if inside => res.push_str(&text),
                Event::GeneralRef(entity) if inside => {
                    let plain = entity.resolve_char_ref().unwrap().map(String::from);
                    let named = || quick_xml::escape::resolve_predefined_entity(&entity).unwrap().to_owned();
                    res.push_str(&plain.unwrap_or_else(named));
                }
                Event::Eof => return None,
                _ => {}
            }
        }
    }

    #[test]
    fn json_has_every_statement() {
        let value = resource("名单", "市教育局").json();
        assert_eq!(value["creators"][0]["nameType"], "Organizational");
        assert_eq!(value["publicationYear"], "2026");
        assert_eq!(value["dates"], json!([{ "date": "2026-03-01", "dateType": "Issued" }]));
        assert_eq!(value["formats"], json!(["application/zip", "text/csv"]));
        assert_eq!(value["rightsList"][0]["rightsUri"], "https://creativecommons.org/licenses/by/4.0/");
        assert_eq!(value["rightsList"][0]["rightsIdentifierScheme"], "SPDX");
        assert_eq!(value["subjects"][1]["subjectScheme"], THEMES);
        assert!(value.get("identifiers").is_none());
    }

    #[test]
    fn both_forms_leave_out_what_is_not_known() {
        let bare = Resource {
            subjects: Vec::new(),
            identifier: None,
            sizes: Vec::new(),
            formats: BTreeSet::new(),
            version: None,
            spdx_id: None,
            place: "",
            ..resource("名单", "市教育局")
        };
        let (json, xml) = (bare.json().to_string(), String::from_utf8(bare.xml().unwrap()).unwrap());
        for name in ["subject", "alternateIdentifier", "size", "format", "version\"", "rightsIdentifier", "geoLocation"]
        {
            assert!(!json.contains(name), "{json}");
            assert!(!xml.contains(&format!("<{}", name.trim_end_matches('"'))), "{xml}");
        }
        assert!(!xml.contains("rightsIdentifier"), "{xml}");
    }

    #[test]
    fn xml_names_the_address_and_the_licence() {
        let xml = resource("名单", "市教育局").xml().unwrap();
        assert_eq!(text_of(&xml, "identifier").as_deref(), Some("https://example.invalid/datasets/1/"));
        let xml = String::from_utf8(xml).unwrap();
        assert!(xml.contains("rightsIdentifier=\"CC-BY-4.0\" rightsIdentifierScheme=\"SPDX\""), "{xml}");
    }

    proptest! {
        #[test]
        fn texts_come_back_from_xml(title in any::<String>(), creator in any::<String>()) {
            let xml = resource(&title, &creator).xml().unwrap();
            let normal = |text: &str| allowed(text).replace("\r\n", "\n").replace('\r', "\n");
            prop_assert_eq!(text_of(&xml, "title").map(|text| normal(&text)), Some(normal(&title)));
            prop_assert_eq!(text_of(&xml, "creatorName").map(|text| normal(&text)), Some(normal(&creator)));
        }
    }
}
