//! Lists in one cell: data items, keywords, files.

use crate::model::dataset::{DataItem, Location};
use crate::model::text::clean;

/// Most parts of a list, such as keywords, data items or files.
const MAX_PARTS: usize = 2_000;

/// The parts of a parallel list: separated by `；`, `;` or line breaks, empty parts kept.
pub fn parts(text: &str) -> Vec<String> {
    let separators: &[char] =
        if text.contains(['；', ';', '\n']) { &['；', ';', '\n'] } else { &['、', '，', ','] };
    text.split(separators).take(MAX_PARTS).map(|part| part.trim().to_owned()).collect()
}

/// The parts without repeats, tidy, fifty at most.
pub fn distinct(parts: Vec<&str>) -> Vec<String> {
    let mut res: Vec<String> = Vec::new();
    for part in parts.into_iter().take(MAX_PARTS) {
        let (part, _) = clean(part, false);
        if !res.contains(&part) && res.len() < 50 {
            res.push(part);
        }
    }
    res
}

/// Data items given as a list of objects, such as `[{"name": "…", "format": "…", "description": "…"}]`.
pub fn items_of_json(json: &str) -> Option<Vec<DataItem>> {
    #[derive(serde::Deserialize)]
    struct Item {
        #[serde(alias = "名称", alias = "数据项名称")]
        name: String,
        #[serde(default, alias = "格式", alias = "数据项格式", alias = "type")]
        format: String,
        #[serde(default, alias = "说明", alias = "数据项说明")]
        description: String,
    }
    let items: Vec<Item> = serde_json::from_str(json).ok()?;
    let tidy = |text: &str| clean(text, false).0;
    let items = items.into_iter().take(MAX_PARTS);
    let items = items.map(|item| DataItem {
        name: tidy(&item.name),
        format: tidy(&item.format),
        description: tidy(&item.description),
    });
    let mut items: Vec<DataItem> = items.collect();
    // The reader's spare room would stay for as long as the dataset does.
    items.shrink_to_fit();
    Some(items)
}

/// Files and links, separated by `；`, `;`, `|` or line breaks.
pub fn locations(text: &str) -> Vec<Location> {
    let mut res: Vec<Location> = Vec::new();
    for part in text.split(['；', ';', '\n', '|']).map(str::trim).filter(|part| !part.is_empty()).take(MAX_PARTS) {
        let location = if is_web_address(part) {
            Location::Link(part.to_owned())
        } else {
            Location::File(part.replace('\\', "/"))
        };
        if !res.contains(&location) {
            res.push(location);
        }
    }
    res
}

/// Whether a text is an http or https address without anything that could break out of it.
pub fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.chars().any(|c| c.is_whitespace() || "\"<>\\^`{|}".contains(c)))
}
