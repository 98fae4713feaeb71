//! schema.org: what search engines for datasets read in each page.
//!
//! Source: schema.org 30.0; Google Search Central, structured data for datasets and for data catalogs.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::metadata::types::item_description;
use crate::metadata::{Distribution, Issuer, Record, stated};
use crate::model::date::Day;

/// The dataset.
#[must_use]
pub fn dataset(record: Record<'_>) -> Value {
    let (dataset, issuer) = (record.dataset(), record.issuer);
    let page_url = record.page_url();
    let distribution: Vec<Value> = record.distributions().map(|own| download(record, &own)).collect();
    stated(json!({
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": record.iri(),
        "url": page_url,
        "name": dataset.title,
        "description": record.description(),
        "identifier": record.identifier(),
        "sameAs": dataset.source_url,
        "license": record.licence_url(),
        "creator": provider(record),
        "publisher": host(issuer, issuer.language()),
        "creditText": credit_text(record),
        "keywords": dataset.keywords,
        "inLanguage": issuer.language(),
        "isAccessibleForFree": true,
        "version": record.version(),
        "datePublished": dataset.issued,
        "dateModified": record.updated(),
        "temporalCoverage": temporal_coverage(&dataset.temporal),
        "spatialCoverage": (!dataset.spatial.is_empty()).then(|| json!({ "@type": "Place", "name": dataset.spatial })),
        "variableMeasured": variables(record),
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": issuer.catalog_iri(),
            "name": issuer.site_name(),
            "url": issuer.url("datasets/"),
        },
        "distribution": distribution,
    }))
}

/// The catalog, for the home page; its datasets are on their own pages.
#[must_use]
pub fn catalog(issuer: Issuer<'_>, language: &str) -> Value {
    stated(json!({
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        "@id": issuer.catalog_iri(),
        "url": issuer.url("datasets/"),
        "name": issuer.site.title.in_language(language),
        "description": issuer.site.description.in_language(language),
        "publisher": host(issuer, language),
        "inLanguage": language,
    }))
}

/// JSON that can stand in `<script type="application/ld+json">` whatever its texts hold.
///
/// Source: HTML Living Standard, "Restrictions for contents of script elements"; RFC 8259 §7 for the escapes. These
/// signs are in JSON nowhere but in texts.
#[must_use]
pub fn script_text(value: &Value) -> String {
    let json = value.to_string();
    let mut res = String::with_capacity(json.len() + json.len() / 16);
    for c in json.chars() {
        if matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}') {
            // Writing to a String cannot fail.
            let _ = write!(res, "\\u{:04X}", u32::from(c));
        } else {
            res.push(c);
        }
    }
    res
}

/// The provider, who made the data.
pub(super) fn provider(record: Record<'_>) -> Value {
    json!({
        "@type": "Organization",
        "@id": record.provider_iri(),
        "name": record.dataset().provider,
        "contactPoint": contact(record),
    })
}

/// Whom the catalog names for questions about the data.
pub(super) fn contact(record: Record<'_>) -> Option<Value> {
    let (email, telephone) = (&record.dataset().contact_email, &record.dataset().contact_phone);
    let id = record.part_iri("contact");
    let is_stated = !email.is_empty() || !telephone.is_empty();
    is_stated.then(|| json!({ "@type": "ContactPoint", "@id": id, "email": email, "telephone": telephone }))
}

/// The body that runs the site, who publishes the data.
pub(super) fn host(issuer: Issuer<'_>, language: &str) -> Value {
    let own = issuer.site.footer.host.in_language(language);
    let name = if own.is_empty() { issuer.site.title.in_language(language) } else { own };
    json!({ "@type": "Organization", "@id": issuer.host_iri(), "name": name })
}

fn download(record: Record<'_>, own: &Distribution<'_>) -> Value {
    json!({
        "@type": "DataDownload",
        "name": own.file.name,
        "contentUrl": record.url_of(&own.file.route),
        "encodingFormat": own.media_type(),
        "contentSize": format!("{} B", own.file.size_bytes),
        "sha256": own.file.sha256,
    })
}

/// What is measured: the catalog's data items, else the columns of the tables, each name once.
fn variables(record: Record<'_>) -> Vec<Value> {
    let dataset = record.dataset();
    let items = dataset.items.iter().map(|item| item.name.as_str());
    let columns = record.release.files.tables.iter().flat_map(|table| &table.columns);
    let mut names: Vec<&str> = items.filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        names = columns.map(|column| column.name.as_str()).collect();
    }
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    let variable =
        |name: &str| json!({ "@type": "PropertyValue", "name": name, "description": item_description(dataset, name) });
    names.into_iter().map(variable).collect()
}

/// The statutory sentence on the source; `None` where it names the day of acquisition, which only the reader knows.
fn credit_text(record: Record<'_>) -> Option<String> {
    let citation = &record.issuer.regime.citation;
    let names_day = [&citation.template_zh, &citation.template_en].iter().any(|text| text.contains("{acquired_on}"));
    (!names_day).then(|| record.attribution(""))
}

/// What joins two ends of a period in real catalogs.
const JOINTS: [char; 10] = ['至', '到', '~', '～', '〜', '—', '–', '－', '/', '-'];

/// The years or days that a text names, as an interval of ISO 8601 such as `1981/2024`; `None` where it reads as neither.
///
/// Source: schema.org, `temporalCoverage`; ISO 8601-1:2019 §5.5.
#[must_use]
pub fn temporal_coverage(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some((time, _)) = year_or_day(text) {
        return Some(time);
    }
    text.match_indices(JOINTS).find_map(|(idx, joint)| {
        let (first, first_kind) = year_or_day(text.get(..idx)?.trim_end())?;
        let rest =
            text.get(idx + joint.len()..)?.trim_start_matches(|c: char| c.is_whitespace() || JOINTS.contains(&c));
        let (last, last_kind) = year_or_day(rest)?;
        (first_kind == last_kind && first <= last).then(|| format!("{first}/{last}"))
    })
}

#[derive(PartialEq, Eq)]
enum Kind {
    Year,
    Day,
}

fn year_or_day(text: &str) -> Option<(String, Kind)> {
    let year = text.strip_suffix('年').unwrap_or(text);
    if year.len() == 4 && year.starts_with(['1', '2']) && year.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((year.to_owned(), Kind::Year));
    }
    // A time of day or a number of seconds is no day.
    let is_day = !text.contains(':') && text.chars().count() <= "2026年11月21日".chars().count();
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() != 8;
    let day = Day::parse(text).filter(|_| is_day && !is_number)?;
    Some((day.to_string(), Kind::Day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::fixture::Example;

    #[test]
    fn a_dataset_has_what_search_engines_ask_for() {
        let example = Example::new(|dataset, _| {
            dataset.temporal = "2020年至2025年".to_owned();
            dataset.contact_phone = "0515-12345678".to_owned();
        });
        let value = dataset(example.record());
        assert_eq!(value["@id"], "https://data.example/open/datasets/d-1/#dataset");
        assert_eq!(value["identifier"], "d/1");
        assert_eq!(value["creator"]["name"], "市教育局");
        let contact = &value["creator"]["contactPoint"];
        assert_eq!((&contact["telephone"], contact.get("email")), (&json!("0515-12345678"), None));
        assert_eq!(value["publisher"]["name"], "市数据局");
        assert_eq!(value["publisher"]["@id"], "https://data.example/open/about/#host");
        assert_eq!(value["includedInDataCatalog"]["@id"], "https://data.example/open/datasets/#catalog");
        assert_eq!(value["temporalCoverage"], "2020/2025");
        assert_eq!(value["dateModified"], "2026-03-01");
        assert_eq!(value["variableMeasured"][0]["description"], "在校学生人数");
        let n_chars = value["description"].as_str().unwrap().chars().count();
        assert!((50..=5_000).contains(&n_chars), "{n_chars}");
        let files = value["distribution"].as_array().unwrap();
        assert_eq!(files.len(), 3);
        assert_eq!(files[1]["contentUrl"], "https://data.example/open/datasets/d-1/data/%E5%AD%A6%E6%A0%A1.csv");
        assert_eq!(files[1]["encodingFormat"], "text/csv");
        for key in ["sameAs", "spatialCoverage"] {
            assert_eq!(value.get(key), None, "{key}");
        }
    }

    #[test]
    fn columns_stand_in_for_items_once_each() {
        let example = Example::new(|dataset, files| {
            dataset.items.clear();
            files.tables.push(files.tables[0].clone());
        });
        let value = dataset(example.record());
        let names: Vec<_> = value["variableMeasured"].as_array().unwrap().iter().map(|item| &item["name"]).collect();
        assert_eq!(names, ["名称 / name", "人数"]);
    }

    #[test]
    fn the_catalog_speaks_the_language_of_the_page() {
        let example = Example::new(|_, _| ());
        let value = catalog(example.record().issuer, "en");
        assert_eq!(value["name"], "City open data");
        assert_eq!(value["publisher"]["name"], "City data bureau");
        assert_eq!(value["description"], "Browse, download, cite.");
    }

    #[test]
    fn a_sentence_with_the_day_is_the_readers_own() {
        let example = Example::new(|_, _| ());
        let mut record = example.record();
        assert!(credit_text(record).is_some_and(|text| text.contains("市教育局")));
        let mut regime = record.issuer.regime.clone();
        regime.citation.template_zh.push_str("{acquired_on}");
        record.issuer.regime = &regime;
        assert_eq!(credit_text(record), None);
    }

    #[test]
    fn periods_are_read_only_where_they_are_plain() {
        for (text, interval) in [
            ("2023", "2023"),
            ("2023年", "2023"),
            ("1981-2024", "1981/2024"),
            ("2004 —— 2026年", "2004/2026"),
            ("2020-01-23至2020-06-01", "2020-01-23/2020-06-01"),
            ("2020-01-23-2020-06-01", "2020-01-23/2020-06-01"),
            ("2022/6/18", "2022-06-18"),
            ("20220618~20260821", "2022-06-18/2026-08-21"),
            ("2022年6月1日到2022年6月30日", "2022-06-01/2022-06-30"),
        ] {
            assert_eq!(temporal_coverage(text).as_deref(), Some(interval), "{text}");
        }
        for text in
            ["", "近三年", "2024-2020", "2020至2021-01-01", "2020-13-01", "0999", "1700000000", "2020至今", "２０２０"]
        {
            assert_eq!(temporal_coverage(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_title_ends_the_script(title in "(</script>|<!--|[<>&/a甲\u{2028}\u{2029}\"\\\\]){0,20}") {
            let value = json!({ "name": title, title.clone(): [title] });
            let text = script_text(&value);
            proptest::prop_assert!(!text.contains("</") && !text.contains("<!--"));
            let is_escaped = !text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']);
            proptest::prop_assert!(is_escaped);
            proptest::prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
    }
}
