//! What search engines and browsers look for at the root: `sitemap.xml`, `robots.txt`, `opensearch.xml`.

use anyhow::{Context, Result};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::harvest::Catalog;
use crate::model::date::Day;
use crate::model::route::Route;
use crate::pages::plan::{self, Page, language_prefix};
use crate::pages::showable;
use crate::stage::Stage;

/// Most addresses of a sitemap. Source: sitemaps.org, protocol 0.9.
const MAX_URLS: usize = 50_000;
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
/// Most characters of a short name. Source: OpenSearch 1.1.
const SHORT_NAME_CHARS: usize = 16;

type Xml = Writer<Vec<u8>>;

/// An address with the same page in each language.
struct Url {
    own: String,
    others: Vec<(String, String)>,
    modified: Option<Day>,
}

/// Writes the three files, and further sitemaps where one does not hold every address.
///
/// Errors: when the stage cannot be written.
pub fn write(catalog: &Catalog<'_>, stage: &Stage) -> Result<()> {
    let urls = urls(catalog)?;
    if urls.len() <= MAX_URLS {
        stage.put(&Route::new("sitemap.xml")?, &url_set(&urls)?)?;
    } else {
        let mut parts = Vec::new();
        for (number, part) in (1..).zip(urls.chunks(MAX_URLS)) {
            let path = format!("sitemap/{number}.xml");
            stage.put(&Route::new(&path)?, &url_set(part)?)?;
            parts.push(catalog.inputs.issuer().url(&path));
        }
        stage.put(&Route::new("sitemap.xml")?, &index(&parts)?)?;
    }
    let robots = format!("User-agent: *\nAllow: /\n\nSitemap: {}\n", catalog.inputs.issuer().url("sitemap.xml"));
    stage.put(&Route::new("robots.txt")?, robots.as_bytes())?;
    if catalog.inputs.site.exports.search {
        stage.put(&Route::new("opensearch.xml")?, &open_search(catalog)?)?;
    }
    Ok(())
}

/// Every page but the one for unknown addresses and the notices of what is kept off the site.
fn urls(catalog: &Catalog<'_>) -> Result<Vec<Url>> {
    let inputs = catalog.inputs;
    // Clashes stopped the build before this.
    let Ok(jobs) = plan::plan(inputs, &catalog.facets)? else { return Ok(Vec::new()) };
    let issuer = inputs.issuer();
    let languages = &inputs.site.languages;
    let address = |idx: usize, folder: &str| {
        let folder = format!("{}{folder}", language_prefix(inputs, idx));
        issuer.url(&if folder.is_empty() || folder.ends_with('/') { folder } else { format!("{folder}/") })
    };
    let shown = jobs.iter().filter(|job| !job.page.is_stand_in() && !matches!(job.page, Page::Held(_)));
    Ok(shown
        .map(|job| Url {
            own: address(job.language_idx, &job.folder),
            others: languages
                .iter()
                .enumerate()
                .filter(|_| languages.len() > 1)
                .map(|(idx, tag)| (tag.clone(), address(idx, &job.folder)))
                .collect(),
            modified: match job.page {
                Page::Dataset(idx) => catalog.records[idx].updated(),
                _ => None,
            },
        })
        .collect())
}

fn document(write: impl FnOnce(&mut Xml) -> std::io::Result<()>) -> Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    write(&mut writer).context("writing XML")?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn text(writer: &mut Xml, name: &str, value: &str) -> std::io::Result<()> {
    writer.create_element(name).write_text_content(BytesText::new(&showable(value)))?;
    Ok(())
}

fn url_set(urls: &[Url]) -> Result<Vec<u8>> {
    document(|writer| {
        let set = writer
            .create_element("urlset")
            .with_attributes([("xmlns", NAMESPACE), ("xmlns:xhtml", "http://www.w3.org/1999/xhtml")]);
        set.write_inner_content(|writer| urls.iter().try_for_each(|url| url.write(writer)))?;
        Ok(())
    })
}

impl Url {
    fn write(&self, writer: &mut Xml) -> std::io::Result<()> {
        writer.create_element("url").write_inner_content(|writer| {
            text(writer, "loc", &self.own)?;
            if let Some(day) = self.modified {
                text(writer, "lastmod", &day.to_string())?;
            }
            for (tag, url) in &self.others {
                let link = [("rel", "alternate"), ("hreflang", tag.as_str()), ("href", url.as_str())];
                writer.create_element("xhtml:link").with_attributes(link).write_empty()?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

fn index(parts: &[String]) -> Result<Vec<u8>> {
    document(|writer| {
        let index = writer.create_element("sitemapindex").with_attribute(("xmlns", NAMESPACE));
        index.write_inner_content(|writer| {
            for part in parts {
                writer.create_element("sitemap").write_inner_content(|writer| text(writer, "loc", part))?;
            }
            Ok(())
        })?;
        Ok(())
    })
}

fn open_search(catalog: &Catalog<'_>) -> Result<Vec<u8>> {
    let issuer = catalog.inputs.issuer();
    let name = issuer.site_name();
    let short: String = name.chars().take(SHORT_NAME_CHARS).collect();
    document(|writer| {
        let root = writer
            .create_element("OpenSearchDescription")
            .with_attribute(("xmlns", "http://a9.com/-/spec/opensearch/1.1/"));
        root.write_inner_content(|writer| {
            text(writer, "ShortName", &short)?;
            text(writer, "Description", name)?;
            text(writer, "InputEncoding", "UTF-8")?;
            text(writer, "Language", issuer.language())?;
            let template = format!("{}?q={{searchTerms}}", issuer.url("datasets/"));
            let url = [("type", "text/html"), ("method", "get"), ("template", template.as_str())];
            writer.create_element("Url").with_attributes(url).write_empty()?;
            Ok(())
        })?;
        Ok(())
    })
}
