//! A rule profile value by value, each with its article and what it rests on: what a lawyer reads beside the text.

use serde::Serialize;

/// One value of a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Value {
    /// Its path, such as `objection.evidence_required`; deadlines by their id.
    pub path: String,
    /// The value as the file writes it.
    pub value: String,
    /// The article: its own, else that of its section; empty where there is none.
    pub article: String,
    /// `statutory`, `derived` or `policy`; `unspecified` where the regulation says nothing.
    pub basis: String,
    /// The words of the regulation, where the file has them.
    pub quote: String,
}

/// What a section hands down to its values.
#[derive(Clone, Default)]
struct Inherited {
    article: String,
    basis: String,
    quote: String,
}

/// Keys that tell of other values and are none themselves.
const ABOUT: [&str; 3] = ["article", "basis", "quote"];
/// What the regulation leaves unsaid.
const UNSPECIFIED: &str = "unspecified";

/// All values of a profile in the order of their paths.
#[must_use]
pub fn values(table: &toml::Table) -> Vec<Value> {
    let mut res = Vec::new();
    walk(table, "", &Inherited::default(), &mut res);
    res.sort_by(|a, b| a.path.cmp(&b.path));
    res
}

fn walk(table: &toml::Table, path: &str, above: &Inherited, res: &mut Vec<Value>) {
    let text = |key: &str| table.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    let own = |key: &str, above: &str| if table.contains_key(key) { text(key) } else { above.to_owned() };
    let here = Inherited {
        article: own("article", &above.article),
        basis: own("basis", &above.basis),
        quote: own("quote", ""),
    };
    for (key, value) in table.iter().filter(|(key, _)| !ABOUT.contains(&key.as_str())) {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let is_policy = key == "policy" || key.starts_with("policy_");
        let here =
            Inherited { basis: if is_policy { "policy".to_owned() } else { here.basis.clone() }, ..here.clone() };
        match value {
            toml::Value::Table(table) => walk(table, &path, &Inherited { quote: String::new(), ..here }, res),
            toml::Value::Array(items) if items.iter().all(toml::Value::is_table) && !items.is_empty() => {
                for item in items.iter().filter_map(toml::Value::as_table) {
                    let id = item.get("id").and_then(toml::Value::as_str).unwrap_or_default();
                    walk(item, &format!("{path}.{id}"), &here, res);
                }
            }
            _ => res.push(leaf(path, value, here)),
        }
    }
}

fn leaf(path: String, value: &toml::Value, here: Inherited) -> Value {
    let text = match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(items) => items.iter().map(word).collect::<Vec<_>>().join("；"),
        other => other.to_string(),
    };
    let basis = match () {
        () if here.basis == "policy" => here.basis,
        () if text == UNSPECIFIED => UNSPECIFIED.to_owned(),
        () if here.article.is_empty() => String::new(),
        () if here.basis.is_empty() => "statutory".to_owned(),
        () => here.basis,
    };
    // What is ours rests on no article.
    let article = if basis == "policy" { String::new() } else { here.article };
    Value { path, value: text, article, basis, quote: here.quote }
}

fn word(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Two profiles beside each other: every path whose value differs, with both values where there are any.
#[must_use]
pub fn differences(left: &toml::Table, right: &toml::Table) -> Vec<(Option<Value>, Option<Value>)> {
    let (left, right) = (values(left), values(right));
    let mut res = Vec::new();
    for value in &left {
        let other = right.iter().find(|other| other.path == value.path);
        if other.is_none_or(|other| (&other.value, &other.article) != (&value.value, &value.article)) {
            res.push((Some(value.clone()), other.cloned()));
        }
    }
    let is_new = |value: &&Value| !left.iter().any(|other| other.path == value.path);
    res.extend(right.iter().filter(is_new).map(|value| (None, Some(value.clone()))));
    res.sort_by_key(|(left, right)| left.as_ref().or(right.as_ref()).map(|value| value.path.clone()));
    res
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_the_article_of_its_section_and_ours_have_none() {
        let table: toml::Table = toml::from_str(
            "[objection]\narticle = \"甲\"\nreview = \"unspecified\"\nclaims = [\"乙\", \"丙\"]\n[objection.policy_targets]\nn = 3\n\
             [[deadline]]\nid = \"x\"\narticle = \"丁\"\nn = 5\n",
        )
        .unwrap();
        let all: Vec<(String, String, String, String)> =
            values(&table).into_iter().map(|value| (value.path, value.value, value.article, value.basis)).collect();
        let of = |path: &str| all.iter().find(|value| value.0 == path).unwrap().clone();
        assert_eq!(
            of("objection.claims"),
            ("objection.claims".into(), "乙；丙".into(), "甲".into(), "statutory".into())
        );
        assert_eq!(of("objection.review").3, "unspecified");
        assert_eq!(
            (of("objection.policy_targets.n").2.as_str(), of("objection.policy_targets.n").3.as_str()),
            ("", "policy")
        );
        assert_eq!(of("deadline.x.n").2, "丁");
    }
}
