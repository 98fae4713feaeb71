//! Atom feeds (RFC 4287): new and updated datasets, by theme and provider too, what changed, and notices.

use anyhow::{Context, Result};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::harvest::changes::{self, Change};
use crate::harvest::{Catalog, Made};
use crate::metadata::Record;
use crate::model::date::Day;
use crate::model::route::Route;
use crate::pages::facets::Kind;
use crate::pages::plan::NOTICES_FEED;
use crate::pages::{Inputs, Strings, showable};
use crate::records::holds;
use crate::stage::Stage;

/// Most entries of a feed; lists and the static API have all of them.
const MAX_ENTRIES: usize = 200;

struct Entry {
    id: String,
    title: String,
    link: String,
    updated: String,
    summary: String,
    author: String,
    category: String,
}

struct Feed<'a> {
    /// Where it stands; all languages share it.
    route: &'a str,
    title: &'a str,
    /// The page that shows the same to people.
    page: &'a str,
    entries: Vec<Entry>,
}

/// Writes the feeds of datasets: of all, by theme, by provider.
///
/// Errors: when the stage cannot be written.
pub fn write(catalog: &Catalog<'_>, stage: &Stage) -> Result<()> {
    let (inputs, strings) = (catalog.inputs, catalog.strings);
    let put = |feed: Feed<'_>| -> Result<()> {
        let (route, bytes) = feed.made(inputs, strings)?;
        stage.put(&route, &bytes)?;
        Ok(())
    };
    let entries = |indexes: &[usize]| -> Vec<Entry> {
        indexes.iter().take(MAX_ENTRIES).map(|idx| of_dataset(inputs, catalog.records[*idx])).collect()
    };
    let all = strings.get("datasets_title");
    put(Feed { route: "feed.xml", title: all, page: "datasets/", entries: entries(&catalog.facets.newest) })?;
    for kind in [Kind::Theme, Kind::Provider] {
        for facet in catalog.facets.of(kind) {
            let page = format!("{}/{}/", kind.folder(), facet.slug);
            let route = format!("{page}feed.xml");
            put(Feed { route: &route, title: &facet.name, page: &page, entries: entries(&facet.newest) })?;
        }
    }
    Ok(())
}

/// Writes the feeds of changes and notices.
///
/// Errors: when the stage cannot be written.
pub fn write_changes(catalog: &Catalog<'_>, stage: &Stage) -> Result<()> {
    let (inputs, strings) = (catalog.inputs, catalog.strings);
    let title_of = |id: &str| catalog.title_of(id);
    for (route, bytes) in of_record(inputs, strings, &|id| catalog.has(id), &title_of)? {
        stage.put(&route, &bytes)?;
    }
    Ok(())
}

/// The feeds that a decision about a dataset changes: notices and changes.
///
/// Errors: none that can come of data.
pub fn of_record(
    inputs: &Inputs<'_>,
    strings: &Strings,
    is_open: &dyn Fn(&str) -> bool,
    title_of: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Made>> {
    let changes = changes::all(inputs, is_open);
    let newest = changes.iter().take(MAX_ENTRIES);
    let entries = newest.map(|change| of_change(inputs, strings, change, title_of)).collect();
    let changes = Feed { route: "changes/feed.xml", title: strings.get("changes"), page: "notices/", entries };
    let notices = Feed {
        route: NOTICES_FEED,
        title: strings.get("notices"),
        page: "notices/",
        entries: notices(inputs, strings),
    };
    [changes, notices].into_iter().map(|feed| feed.made(inputs, strings)).collect()
}

fn of_dataset(inputs: &Inputs<'_>, record: Record<'_>) -> Entry {
    let dataset = record.dataset();
    let on_record = inputs.history.of(record.id()).last().map(|step| step.day);
    let day = record.updated().or(on_record).unwrap_or(inputs.as_of);
    Entry {
        id: record.iri(),
        title: dataset.title.clone(),
        link: record.page_url(),
        updated: midnight(day),
        summary: record.description(),
        author: dataset.provider.clone(),
        category: dataset.theme.clone(),
    }
}

fn of_change(
    inputs: &Inputs<'_>,
    strings: &Strings,
    change: &Change,
    title_of: &dyn Fn(&str) -> Option<String>,
) -> Entry {
    let label = strings.get(change.what.label());
    let issuer = inputs.issuer();
    let title = title_of(&change.dataset).or_else(|| inputs.holds.of(&change.dataset).map(|hold| hold.title.clone()));
    // Without its title, of which nothing may be left, it is still known by its identifier.
    let title = title.unwrap_or_else(|| change.dataset.clone());
    let page = issuer.url(&format!("datasets/{}/", change.dataset));
    Entry {
        id: format!("{page}#{}-{}", change.what.code_name(), change.moment),
        title: format!("{label}：{title}"),
        link: page,
        updated: change.moment.clone(),
        summary: strings.get(change.what.hint()).to_owned(),
        author: String::new(),
        category: change.what.code_name().to_owned(),
    }
}

/// What was suspended, withdrawn or restored, and what the team announced; it names no person and no reason beyond its
/// class.
fn notices(inputs: &Inputs<'_>, strings: &Strings) -> Vec<Entry> {
    let issuer = inputs.issuer();
    let decided = inputs.holds.log().iter().map(|hold| {
        let label = strings.get(match hold.change {
            holds::Change::Suspension => "held_suspended",
            holds::Change::Withdrawal => "held_withdrawn",
            holds::Change::Resumption => "held_resumed",
        });
        let reason = hold.reason.map(|reason| strings.get(&format!("held_reason_{}", reason.code_name())).to_owned());
        let parts = [Some(label), reason.as_deref(), Some(hold.basis.as_str()), Some(hold.decided_by.as_str())];
        let parts: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let page = issuer.url(&format!("datasets/{}/", hold.dataset));
        Entry {
            id: format!("{page}#{}-{}", hold.day, hold.recorded_at),
            title: format!("{label}：{}", hold.title),
            link: page,
            updated: Day::moment_in_china(hold.recorded_at),
            summary: parts.join(" · "),
            author: String::new(),
            category: String::new(),
        }
    });
    let told =
        inputs.content.iter().filter(|page| page.is_notice() && page.language == strings.tag).map(|page| Entry {
            id: issuer.url(&format!("{}/", page.folder)),
            title: page.title.clone(),
            link: issuer.url(&format!("{}/", page.folder)),
            updated: midnight(page.date.unwrap_or(inputs.as_of)),
            summary: page.description.clone(),
            author: String::new(),
            category: String::new(),
        });
    let mut res: Vec<Entry> = decided.chain(told).collect();
    res.sort_by(|a, b| (&b.updated, &a.id).cmp(&(&a.updated, &b.id)));
    res.truncate(MAX_ENTRIES);
    res
}

impl Feed<'_> {
    fn made(&self, inputs: &Inputs<'_>, strings: &Strings) -> Result<Made> {
        let issuer = inputs.issuer();
        let site = issuer.site_name();
        let latest = self.entries.iter().map(|entry| &entry.updated).max();
        let updated = latest.cloned().unwrap_or_else(|| midnight(inputs.as_of));
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        let feed = writer
            .create_element("feed")
            .with_attributes([("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", strings.tag.as_str())]);
        feed.write_inner_content(|writer| {
            text(writer, "id", &issuer.url(self.route))?;
            text(writer, "title", &format!("{} - {site}", self.title))?;
            text(writer, "updated", &updated)?;
            link(writer, "self", &issuer.url(self.route))?;
            link(writer, "alternate", &issuer.url(self.page))?;
            author(writer, site)?;
            self.entries.iter().try_for_each(|entry| entry.write(writer))
        })
        .context("writing a feed")?;
        let mut bytes = writer.into_inner();
        bytes.push(b'\n');
        Ok((Route::new(self.route)?, bytes))
    }
}

impl Entry {
    fn write(&self, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
        let entry = writer.create_element("entry");
        entry.write_inner_content(|writer| {
            text(writer, "id", &self.id)?;
            text(writer, "title", &self.title)?;
            text(writer, "updated", &self.updated)?;
            link(writer, "alternate", &self.link)?;
            if !self.author.is_empty() {
                author(writer, &self.author)?;
            }
            if !self.category.is_empty() {
                writer
                    .create_element("category")
                    .with_attribute(("term", showable(&self.category).as_str()))
                    .write_empty()?;
            }
            text(writer, "summary", &self.summary)
        })?;
        Ok(())
    }
}

fn author(writer: &mut Writer<Vec<u8>>, name: &str) -> std::io::Result<()> {
    writer.create_element("author").write_inner_content(|writer| text(writer, "name", name))?;
    Ok(())
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
