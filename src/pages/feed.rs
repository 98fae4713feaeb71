//! The Atom feed of notices (RFC 4287): what was suspended, withdrawn or restored, and what the team announced.
//!
//! Holders of copies learn from it what to delete. It names no person and no reason beyond its class.

use anyhow::{Context, Result};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::model::date::Day;
use crate::model::route::{Route, href};
use crate::pages::Inputs;
use crate::pages::strings::{Strings, showable};
use crate::records::holds::Change;

/// Where the feed stands; all languages share it.
pub const ROUTE: &str = "notices/feed.xml";
/// Most entries; the pages have all of them.
const MAX_ENTRIES: usize = 200;

struct Entry {
    id: String,
    title: String,
    link: String,
    updated: String,
    summary: String,
}

/// The feed, in the site's main language.
///
/// Errors: none that can come of data.
pub fn notices(inputs: &Inputs<'_>, strings: &Strings) -> Result<(Route, Vec<u8>)> {
    let mut entries = entries(inputs, strings);
    entries.sort_by(|a, b| (&b.updated, &a.id).cmp(&(&a.updated, &b.id)));
    entries.truncate(MAX_ENTRIES);
    let site = inputs.site;
    let absolute = |path: &str| format!("{}{}", site.origin(), href(&site.base_path(), path));
    let updated = entries.first().map_or_else(|| midnight(inputs.as_of), |entry| entry.updated.clone());
    let title = format!("{} - {}", site.title.in_language(&strings.tag), strings.get("notices"));
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let feed = writer
        .create_element("feed")
        .with_attributes([("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", strings.tag.as_str())]);
    feed.write_inner_content(|writer| {
        text(writer, "id", &absolute(ROUTE))?;
        text(writer, "title", &title)?;
        text(writer, "updated", &updated)?;
        link(writer, "self", &absolute(ROUTE))?;
        link(writer, "alternate", &absolute("notices/"))?;
        writer
            .create_element("author")
            .write_inner_content(|writer| text(writer, "name", site.title.in_language(&strings.tag)))?;
        for entry in &entries {
            writer.create_element("entry").write_inner_content(|writer| {
                text(writer, "id", &entry.id)?;
                text(writer, "title", &entry.title)?;
                text(writer, "updated", &entry.updated)?;
                link(writer, "alternate", &entry.link)?;
                text(writer, "summary", &entry.summary)
            })?;
        }
        Ok(())
    })
    .context("writing the feed")?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok((Route::new(ROUTE)?, bytes))
}

fn text(writer: &mut Writer<Vec<u8>>, name: &str, value: &str) -> std::io::Result<()> {
    writer.create_element(name).write_text_content(BytesText::new(&showable(value)))?;
    Ok(())
}

fn link(writer: &mut Writer<Vec<u8>>, rel: &str, target: &str) -> std::io::Result<()> {
    writer.create_element("link").with_attributes([("rel", rel), ("href", target)]).write_empty()?;
    Ok(())
}

fn midnight(day: Day) -> String {
    format!("{day}T00:00:00+08:00")
}

fn entries(inputs: &Inputs<'_>, strings: &Strings) -> Vec<Entry> {
    let site = inputs.site;
    let absolute = |path: &str| format!("{}{}", site.origin(), href(&site.base_path(), path));
    let decided = inputs.holds.log().iter().map(|hold| {
        let label = strings.get(match hold.change {
            Change::Suspension => "held_suspended",
            Change::Withdrawal => "held_withdrawn",
            Change::Resumption => "held_resumed",
        });
        let reason = hold.reason.map(|reason| strings.get(&format!("held_reason_{}", reason.code_name())).to_owned());
        let parts = [Some(label), reason.as_deref(), Some(hold.basis.as_str()), Some(hold.decided_by.as_str())];
        let parts: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let page = absolute(&format!("datasets/{}/", hold.dataset));
        Entry {
            id: format!("{page}#{}-{}", hold.day, hold.recorded_at),
            title: format!("{label}：{}", hold.title),
            link: page,
            updated: Day::moment_in_china(hold.recorded_at),
            summary: parts.join(" · "),
        }
    });
    let told =
        inputs.content.iter().filter(|page| page.is_notice() && page.language == strings.tag).map(|page| Entry {
            id: absolute(&format!("{}/", page.folder)),
            title: page.title.clone(),
            link: absolute(&format!("{}/", page.folder)),
            updated: midnight(page.date.unwrap_or(inputs.as_of)),
            summary: page.description.clone(),
        });
    decided.chain(told).collect()
}
