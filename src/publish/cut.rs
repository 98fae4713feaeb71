//! Cuts out of a list what leads to one dataset: pages, JSON, Turtle, XML and CSV, each by its own structure.
//!
//! A list that cannot be read must not stay: whoever calls removes it then. The next build makes it anew either way.

use anyhow::{Context, Result, bail};
use oxrdf::{Term, Triple};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

use crate::pages::plan::ckan_name;

/// The dataset that lists are to forget.
#[derive(Clone, Debug)]
pub struct Mention {
    /// Its name in CKAN's API.
    pub name: String,
    /// How every address of it goes on after the site's own, such as `/datasets/d1/`.
    pub folder: String,
}

impl Mention {
    /// How lists mention a dataset.
    #[must_use]
    pub fn of(id: &str) -> Self {
        Self { name: ckan_name(id), folder: crate::model::route::href("/", &format!("datasets/{id}/")) }
    }

    /// Whether a file that may list datasets mentions this one.
    #[must_use]
    pub fn is_in(&self, name: &str, bytes: &[u8]) -> bool {
        let needle = if is_id_list(name) { format!("\"{}\"", self.name) } else { self.folder.clone() };
        memchr::memmem::find(bytes, needle.as_bytes()).is_some()
    }
}

/// Whether a file lists identifiers without addresses.
fn is_id_list(name: &str) -> bool {
    name == "api/3/action/package_list"
}

/// A list without what leads to the dataset; `None` where a page leads there from elsewhere than a list.
///
/// Errors: when the file is not what its name says; it must be removed then.
pub fn without(name: &str, bytes: &[u8], mention: &Mention) -> Result<Option<Vec<u8>>> {
    let text = || std::str::from_utf8(bytes).context("not UTF-8");
    let ending = name.rsplit('/').next().and_then(|file| file.rsplit_once('.')).map_or("", |(_, ending)| ending);
    match ending {
        "html" => Ok(html(text()?, &format!("{}\"", mention.folder)).map(String::into_bytes)),
        "json" | "jsonld" | "" => json(name, bytes, mention).map(Some),
        "ttl" => turtle(bytes, mention).map(Some),
        "xml" | "rdf" => xml(text()?, mention).map(Some),
        "csv" => csv_rows(bytes, mention).map(Some),
        _ => bail!("a list of an unknown kind"),
    }
}

/// A page without the items of its lists that lead to an address; `None` where it leads there from elsewhere.
fn html(html: &str, address: &str) -> Option<String> {
    let mut html = html.to_owned();
    while let Some(at) = html.find(address) {
        let begin = html[..at].rfind("<li")?;
        if html[begin..at].contains("</li>") {
            return None;
        }
        let end = at + html[at..].find("</li>")? + "</li>".len();
        let end = end + usize::from(html[end..].starts_with('\n'));
        html.replace_range(begin..end, "");
    }
    Some(html)
}

fn json(name: &str, bytes: &[u8], mention: &Mention) -> Result<Vec<u8>> {
    if is_id_list(name) {
        let mut value: Value = serde_json::from_slice(bytes).context("reading JSON")?;
        let list = value.get_mut("result").and_then(Value::as_array_mut).context("no list of identifiers")?;
        list.retain(|item| item.as_str() != Some(mention.name.as_str()));
        return written(&value);
    }
    if let Some(bytes) = json_lines(std::str::from_utf8(bytes).context("not UTF-8")?, mention)? {
        return Ok(bytes);
    }
    let mut value: Value = serde_json::from_slice(bytes).context("reading JSON")?;
    prune(&mut value, mention);
    written(&value)
}

/// Cuts lists that have an item a line, as ours have, without reading the rest: they are as long as the catalog.
///
/// `None` where a line that leads to the dataset is no item by itself.
fn json_lines(text: &str, mention: &Mention) -> Result<Option<Vec<u8>>> {
    let mut res = Vec::with_capacity(text.len());
    let (mut n_gone, mut copied) = (0_u64, 0);
    for at in memchr::memmem::find_iter(text.as_bytes(), mention.folder.as_bytes()) {
        if at < copied {
            continue;
        }
        let begin = text[..at].rfind('\n').map_or(0, |idx| idx + 1);
        let end = text[at..].find('\n').map_or(text.len(), |idx| at + idx + 1);
        let item = text[begin..end].trim_end().trim_end_matches(',');
        let Ok(mut value) = serde_json::from_str::<Value>(item) else { return Ok(None) };
        res.extend_from_slice(&text.as_bytes()[copied..begin]);
        copied = end;
        if is_about(&value, mention) {
            n_gone += 1;
            continue;
        }
        prune(&mut value, mention);
        serde_json::to_writer(&mut res, &value).context("writing JSON")?;
        res.extend_from_slice(&text.as_bytes()[begin + item.len()..end]);
    }
    let rest = &text.as_bytes()[copied..];
    if rest.starts_with(b"]") && res.ends_with(b",\n") {
        // The last item went: the one before it is the last now.
        res.truncate(res.len() - 2);
        res.push(b'\n');
    }
    res.extend_from_slice(rest);
    Ok(Some(if n_gone == 0 { res } else { recounted(res, n_gone) }))
}

/// A list whose first line has a `count` of its items, with so many less.
fn recounted(bytes: Vec<u8>, n_gone: u64) -> Vec<u8> {
    const COUNT: &[u8] = b"\"count\":";
    let head = memchr::memchr(b'\n', &bytes).map_or(0, |end| end);
    let Some(at) = memchr::memmem::find(&bytes[..head], COUNT).map(|at| at + COUNT.len()) else { return bytes };
    let n_digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let count = std::str::from_utf8(&bytes[at..at + n_digits]).ok().and_then(|digits| digits.parse::<u64>().ok());
    let Some(count) = count else { return bytes };
    let count = count.saturating_sub(n_gone).to_string();
    [&bytes[..at], count.as_bytes(), &bytes[at + n_digits..]].concat()
}

/// The front page of the API with one dataset less.
///
/// Errors: when it is not what it should be; it must be removed then.
pub fn one_less(index: &[u8]) -> Result<Vec<u8>> {
    let mut value: Value = serde_json::from_slice(index).context("reading JSON")?;
    let total = value.pointer_mut("/datasets/total").context("no total")?;
    *total = total.as_u64().context("the total is no number")?.saturating_sub(1).into();
    written(&value)
}

fn written(value: &Value) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(value).context("writing JSON")?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Drops items of lists, and members of objects, that are about the dataset; others are looked into.
fn prune(value: &mut Value, mention: &Mention) {
    match value {
        Value::Array(items) => {
            items.retain(|item| !is_about(item, mention));
            for item in items {
                prune(item, mention);
            }
        }
        Value::Object(members) => {
            members.retain(|_, member| !member.is_object() || !is_about(member, mention));
            for (_, member) in members {
                prune(member, mention);
            }
        }
        _ => {}
    }
}

/// Whether a text is an address of the dataset, or an object says one of itself.
fn is_about(value: &Value, mention: &Mention) -> bool {
    let leads = |value: &Value| value.as_str().is_some_and(|text| text.contains(&mention.folder));
    leads(value) || value.as_object().is_some_and(|members| members.values().any(leads))
}

fn turtle(bytes: &[u8], mention: &Mention) -> Result<Vec<u8>> {
    let mut parser = oxttl::TurtleParser::new().for_slice(bytes);
    let mut kept: Vec<Triple> = Vec::new();
    for triple in &mut parser {
        let triple = triple.context("reading Turtle")?;
        let object = match &triple.object {
            Term::NamedNode(node) => node.as_str(),
            _ => "",
        };
        if !triple.subject.to_string().contains(&mention.folder) && !object.contains(&mention.folder) {
            kept.push(triple);
        }
    }
    let mut serializer = oxttl::TurtleSerializer::new();
    for (prefix, space) in parser.prefixes() {
        serializer = serializer.with_prefix(prefix, space).context("a prefix of Turtle")?;
    }
    let mut writer = serializer.for_writer(Vec::new());
    for triple in &kept {
        writer.serialize_triple(triple).context("writing Turtle")?;
    }
    writer.finish().context("writing Turtle")
}

/// Elements that stand for one item each: they go when anything in them leads to the dataset.
const ITEMS: [&str; 3] = ["url", "entry", "oai:record"];

/// XML without its items, and without every element one of whose attributes leads to the dataset.
fn xml(text: &str, mention: &Mention) -> Result<Vec<u8>> {
    let mut reader = Reader::from_str(text);
    let mut res = Vec::with_capacity(text.len());
    let mut copied = 0;
    loop {
        let begin = place(&reader)?;
        let end = match reader.read_event().context("reading XML")? {
            Event::Eof => break,
            Event::Start(start) if ITEMS.contains(&start.name().as_ref()) || leads(&start, mention) => {
                let is_led = leads(&start, mention);
                reader.read_to_end(start.name()).context("reading XML")?;
                let end = place(&reader)?;
                (is_led || text[begin..end].contains(&mention.folder)).then_some(end)
            }
            Event::Empty(start) if leads(&start, mention) => Some(place(&reader)?),
            _ => None,
        };
        if let Some(end) = end {
            // With the white space before it, so that no empty line is left.
            res.extend_from_slice(text[copied..begin].trim_end().as_bytes());
            copied = end;
        }
    }
    res.extend_from_slice(&text.as_bytes()[copied..]);
    Ok(res)
}

fn place(reader: &Reader<&[u8]>) -> Result<usize> {
    usize::try_from(reader.buffer_position()).context("a position in XML")
}

fn leads(start: &BytesStart<'_>, mention: &Mention) -> bool {
    start.attributes_raw().contains(&mention.folder)
}

fn csv_rows(bytes: &[u8], mention: &Mention) -> Result<Vec<u8>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(Vec::new());
    for row in reader.records() {
        let row = row.context("reading CSV")?;
        if !row.iter().any(|cell| cell.contains(&mention.folder)) {
            writer.write_record(&row)?;
        }
    }
    writer.into_inner().context("writing CSV")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(name: &str, text: &str) -> String {
        String::from_utf8(without(name, text.as_bytes(), &Mention::of("aa")).unwrap().unwrap()).unwrap()
    }

    #[test]
    fn items_of_pages_are_cut_out_whole() {
        let page = "<ul><li class=\"card\"><a href=\"/datasets/aa/\">甲</a></li>\n<li><a href=\"/datasets/b/\">乙</a></li>\n</ul>";
        assert_eq!(cut("x.html", page), "<ul><li><a href=\"/datasets/b/\">乙</a></li>\n</ul>");
        let elsewhere = b"<li></li><p><a href=\"/datasets/aa/\">";
        assert_eq!(without("x.html", elsewhere, &Mention::of("aa")).unwrap(), None);
    }

    #[test]
    fn json_loses_the_items_that_are_about_it() {
        let told = r#"{"total":2,"items":[{"id":"aa","url":"https://x/datasets/aa/"},{"id":"b","url":"https://x/datasets/b/"}]}"#;
        assert_eq!(cut("p.json", told), "{\"items\":[{\"id\":\"b\",\"url\":\"https://x/datasets/b/\"}],\"total\":2}");
        let graph = r#"{"@graph":[{"@id":"c","dcat:dataset":{"@id":"https://x/datasets/aa/#dataset"}},{"@id":"https://x/datasets/aa/#dataset","t":["甲"]}]}"#;
        assert_eq!(cut("p.jsonld", graph), "{\"@graph\":[{\"@id\":\"c\"}]}");
        assert_eq!(cut("api/3/action/package_list", r#"{"result":["aa","ab"]}"#), "{\"result\":[\"ab\"]}\n");
    }

    #[test]
    fn long_lists_lose_lines() {
        let item = |id: &str| format!("{{\"u\":\"https://x/datasets/{id}/\"}}");
        let told = format!("{{\"count\":3,\"l\":[\n{},\n{},\n{}\n]}}\n", item("b"), item("aa"), item("c"));
        assert_eq!(cut("p", &told), format!("{{\"count\":2,\"l\":[\n{},\n{}\n]}}\n", item("b"), item("c")));
        let last = format!("{{\"l\":[\n{},\n{}\n]}}\n", item("b"), item("aa"));
        assert_eq!(cut("p.json", &last), format!("{{\"l\":[\n{}\n]}}\n", item("b")));
        let only = format!("{{\"l\":[\n{}\n]}}\n", item("aa"));
        assert_eq!(cut("p.json", &only), "{\"l\":[\n]}\n");
        let graph = "{\"@graph\":[\n{\"@id\":\"c\",\"has\":[{\"@id\":\"https://x/datasets/aa/#d\"},{\"@id\":\"e\"}]},\n{\"@id\":\"https://x/datasets/aa/#d\"}\n]}\n";
        assert_eq!(cut("p.jsonld", graph), "{\"@graph\":[\n{\"@id\":\"c\",\"has\":[{\"@id\":\"e\"}]}\n]}\n");
    }

    #[test]
    fn turtle_loses_what_it_says_and_what_leads_to_it() {
        let told = "@prefix d: <https://v/> .\n<https://x/c> d:has <https://x/datasets/aa/#dataset> , <https://x/datasets/ab/#dataset> .\n<https://x/datasets/aa/#dataset> d:title \"甲\" .\n";
        let left = cut("c.ttl", told);
        assert!(!left.contains("datasets/aa/") && !left.contains('甲') && left.contains("datasets/ab/"), "{left}");
    }

    #[test]
    fn xml_loses_items_and_elements_that_lead_to_it() {
        let feed = "<feed>\n <id>f</id>\n <entry>\n  <id>https://x/datasets/aa/</id><title>甲</title>\n </entry>\n <entry><id>https://x/datasets/b/</id></entry>\n</feed>\n";
        assert_eq!(
            cut("feed.xml", feed),
            "<feed>\n <id>f</id>\n <entry><id>https://x/datasets/b/</id></entry>\n</feed>\n"
        );
        let rdf = "<r><D about=\"https://x/c\"><has resource=\"https://x/datasets/aa/#d\"/></D><D about=\"https://x/datasets/aa/#d\"><t>甲</t></D></r>";
        assert_eq!(cut("c.rdf", rdf), "<r><D about=\"https://x/c\"></D></r>");
    }

    #[test]
    fn csv_loses_its_row() {
        assert_eq!(
            cut("c.csv", "名称,网址\r\n\"甲\n\",https://x/datasets/aa/\r\n乙,https://x/datasets/b/\r\n"),
            "名称,网址\r\n乙,https://x/datasets/b/\r\n"
        );
    }

    #[test]
    fn what_is_not_what_its_name_says_is_an_error() {
        for (name, bytes) in [
            ("x.json", &b"{ /datasets/aa/"[..]),
            ("x.ttl", b"<"),
            ("x.xml", b"<a"),
            ("x.bin", b"/datasets/aa/"),
            ("x.html", b"\xff"),
        ] {
            assert!(without(name, bytes, &Mention::of("aa")).is_err(), "{name}");
        }
    }

    proptest::proptest! {
        /// By lines or as a whole: what is left is the same, and JSON.
        #[test]
        fn lines_and_whole_agree(ids in proptest::collection::vec("(aa|b|c|aab)", 0..12)) {
            let items: Vec<Value> =
                ids.iter().map(|id| serde_json::json!({ "url": format!("https://x/datasets/{id}/"), "id": id })).collect();
            let lines: Vec<String> = items.iter().map(Value::to_string).collect();
            let text = format!("{{\"count\":{},\"items\":[\n{}\n]}}\n", ids.len(), lines.join(",\n"));
            let left: Value = serde_json::from_str(&cut("list.json", &text)).unwrap();
            let kept: Vec<&Value> = items.iter().filter(|item| item["id"] != "aa").collect();
            proptest::prop_assert_eq!(&left, &serde_json::json!({ "count": kept.len(), "items": kept }));
        }
    }
}
