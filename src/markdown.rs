//! Markdown to HTML for content pages: raw HTML is refused, addresses are checked on the decoded event.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// A fault in a page, at a byte offset of its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Byte offset in the Markdown source.
    pub offset: usize,
    /// What kind it is.
    pub kind: FaultKind,
    /// The text found.
    pub found: String,
}

/// What kind of fault a page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A tag, a comment or a block of HTML.
    RawHtml,
    /// An address that is not allowed.
    Address,
}

/// Renders Markdown; headings move so that the highest is the second level, because the page has its title as the first.
///
/// Errors: every fault in the page; nothing is rendered then.
pub fn render(source: &str, base_path: &str) -> Result<String, Vec<Fault>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mut faults = Vec::new();
    let mut events = Vec::new();
    let highest = Parser::new_ext(source, options)
        .filter_map(|event| match event {
            Event::Start(Tag::Heading { level, .. }) => Some(level as usize),
            _ => None,
        })
        .min()
        .unwrap_or(1);
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        let mut fault = |kind, found: &str| faults.push(Fault { offset: range.start, kind, found: found.to_owned() });
        let event = match event {
            Event::Html(tag) | Event::InlineHtml(tag) => {
                fault(FaultKind::RawHtml, tag.trim());
                continue;
            }
            Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
                level: moved(level, highest),
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            }),
            Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(moved(level, highest))),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                if !is_allowed(&dest_url, true) {
                    fault(FaultKind::Address, &dest_url);
                }
                Event::Start(Tag::Link { link_type, dest_url: rooted(dest_url, base_path), title, id })
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                if !is_allowed(&dest_url, false) {
                    fault(FaultKind::Address, &dest_url);
                }
                Event::Start(Tag::Image { link_type, dest_url: rooted(dest_url, base_path), title, id })
            }
            other => other,
        };
        events.push(event);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut res = String::with_capacity(source.len() * 3 / 2);
    html::push_html(&mut res, events.into_iter());
    Ok(res)
}

/// The level of a heading on the page: two for the highest of the source, at most six.
fn moved(level: HeadingLevel, highest: usize) -> HeadingLevel {
    HeadingLevel::try_from((level as usize + 2).saturating_sub(highest)).unwrap_or(HeadingLevel::H6)
}

/// An address from the site's root (`/terms/`) is put below the base path; others stay as they are.
fn rooted<'a>(address: CowStr<'a>, base_path: &str) -> CowStr<'a> {
    match address.strip_prefix('/') {
        Some(rest) => format!("{base_path}{rest}").into(),
        None => address,
    }
}

/// Allowed: http, https and mailto for links, and addresses inside the site. A scheme is what stands before the
/// first `:` that comes before any `/`, `?` or `#`, as RFC 3986 4.2 reads it.
fn is_allowed(address: &str, is_link: bool) -> bool {
    if address.starts_with("//") || address.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return false;
    }
    let head = address.split(['/', '?', '#']).next().unwrap_or_default();
    match head.split_once(':') {
        None => true,
        Some((scheme, _)) => is_link && ["http", "https", "mailto"].contains(&scheme.to_ascii_lowercase().as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_markdown_renders() {
        assert_eq!(
            render("# 甲\n\n[乙](/terms/)", "/x/").unwrap(),
            "<h2>甲</h2>\n<p><a href=\"/x/terms/\">乙</a></p>\n"
        );
    }

    #[test]
    fn hostile_pages_are_refused() {
        for source in [
            "<script>alert(1)</script>",
            "a <b onclick=x>b</b>",
            "[x](javascript:alert(1))",
            "[x](java&#115;cript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](<\tjavascript:alert(1)>)",
            "![x](https://other.example/x.png)",
            "![x](data:image/svg+xml;base64,AA)",
            "[x](//other.example)",
            "<https://ok.example> <javascript:alert(1)>",
        ] {
            assert!(render(source, "/").is_err(), "{source}");
        }
    }

    #[test]
    fn heading_attributes_stay_text() {
        let html = render("# t {onclick=alert(1)}", "/").unwrap();
        assert!(html.contains("{onclick=alert(1)}"), "{html}");
    }

    proptest::proptest! {
        #[test]
        fn no_tag_of_the_source_survives(source in "[<>a-z/ \\n\\[\\]():!`*#&;\"']{0,80}") {
            if let Ok(html) = render(&source, "/") {
                proptest::prop_assert!(!html.contains("<script") && !html.contains("javascript:"), "{html}");
            }
        }
    }
}
