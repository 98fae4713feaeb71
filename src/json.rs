//! JSON arrays of objects, item by item, without reading the values: numbers never go through floating point.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object in their order: key and source text of the value.
pub type Object<'a> = Vec<(Cow<'a, str>, &'a RawValue)>;

/// How many arrays a text may hold one after the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arrays {
    /// Exactly one.
    One,
    /// One or more, as some portals write their catalogs.
    Several,
}

/// Calls back for each item of each array: with its members, or with `None` for an item that is no object.
///
/// Errors: at the first thing that is not JSON or not an array, and whatever the callback answers; line and column are
/// in the message.
pub fn each_item<'a>(
    text: &'a str,
    arrays: Arrays,
    each: impl FnMut(Option<Object<'a>>) -> serde_json::Result<()>,
) -> serde_json::Result<()> {
    let mut items = Items(each);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    loop {
        deserializer.deserialize_seq(&mut items)?;
        match deserializer.end() {
            Ok(()) => return Ok(()),
            Err(error) if arrays == Arrays::One => return Err(error),
            Err(_) => {}
        }
    }
}

struct Items<F>(F);

impl<'de, F: FnMut(Option<Object<'de>>) -> serde_json::Result<()>> Visitor<'de> for &mut Items<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(Item(item)) = seq.next_element()? {
            (self.0)(item).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

struct Item<'a>(Option<Object<'a>>);

impl<'de> Deserialize<'de> for Item<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw: &RawValue = Deserialize::deserialize(deserializer)?;
        if !raw.get().starts_with('{') {
            return Ok(Self(None));
        }
        let mut inner = serde_json::Deserializer::from_str(raw.get());
        inner.deserialize_map(Members).map(|members| Self(Some(members))).map_err(D::Error::custom)
    }
}

/// The members of an object in their order.
///
/// Errors: when the text is no object.
pub fn members(text: &str) -> serde_json::Result<Object<'_>> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let members = deserializer.deserialize_map(Members)?;
    deserializer.end()?;
    Ok(members)
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
        let mut members = Vec::with_capacity(map.size_hint().unwrap_or(16));
        while let Some((Key(key), value)) = map.next_entry()? {
            members.push((key, value));
        }
        Ok(members)
    }
}

#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// The string a raw value is; `None` where it is no string.
///
/// Errors: never for a value that [`each_item`] handed out, because it was checked there.
pub fn string_of(value: &RawValue) -> serde_json::Result<Option<Cow<'_, str>>> {
    if !value.get().starts_with('"') {
        return Ok(None);
    }
    serde_json::from_str::<Key<'_>>(value.get()).map(|key| Some(key.0))
}

/// The first key that an object has twice: whichever value is taken, the other would be lost.
#[must_use]
pub fn repeated_key<'a>(object: &'a Object<'_>) -> Option<&'a str> {
    let mut keys: Vec<&str> = object.iter().map(|(key, _)| key.as_ref()).collect();
    keys.sort_unstable();
    keys.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
}

/// A value without the white space between its tokens, so that it fits on one line.
#[must_use]
pub fn compact(raw: &str) -> Cow<'_, str> {
    if !raw.starts_with(['{', '[']) || !raw.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return Cow::Borrowed(raw);
    }
    let mut res = String::with_capacity(raw.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in raw.chars() {
        if in_string {
            in_string = c != '"' || escaped;
            escaped = c == '\\' && !escaped;
        } else if c.is_ascii_whitespace() {
            continue;
        } else {
            in_string = c == '"';
        }
        res.push(c);
    }
    Cow::Owned(res)
}

/// Whether a text is one JSON value.
///
/// Errors: where it is not; line and column are in the message.
pub fn check(text: &str) -> serde_json::Result<()> {
    serde_json::from_str::<IgnoredAny>(text).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str, arrays: Arrays) -> serde_json::Result<Vec<String>> {
        let mut res = Vec::new();
        each_item(text, arrays, |item| {
            res.push(item.map_or_else(|| "-".to_owned(), |item| item.iter().map(|(key, _)| key.as_ref()).collect()));
            Ok(())
        })?;
        Ok(res)
    }

    #[test]
    fn arrays_are_walked() {
        assert_eq!(keys(r#"[{"a":1,"b":[2]},3]"#, Arrays::One).unwrap(), ["ab", "-"]);
        assert_eq!(keys(r#"[{"a":1}] [{"b":1}]"#, Arrays::Several).unwrap(), ["a", "b"]);
        assert!(keys(r#"[{"a":1}] [{"b":1}]"#, Arrays::One).is_err());
        assert!(keys(r#"{"a":1}"#, Arrays::Several).is_err());
        assert!(keys("[] x", Arrays::Several).is_err());
    }

    #[test]
    fn white_space_goes_but_not_in_strings() {
        assert_eq!(compact("[1,\n {\"a b\": \"c \\\" d\"} ]"), "[1,{\"a b\":\"c \\\" d\"}]");
    }

    #[test]
    fn a_key_that_stands_twice_is_found() {
        let mut found = Vec::new();
        each_item(r#"[{"a":1,"b":2,"a":3},{"a":1}]"#, Arrays::One, |item| {
            found.push(repeated_key(&item.unwrap_or_default()).map(str::to_owned));
            Ok(())
        })
        .unwrap();
        assert_eq!(found, [Some("a".to_owned()), None]);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[\\[\\]{}\",:a0n\\\\ ]{0,60}") {
            let _ = keys(&text, Arrays::Several);
            let _ = check(&text);
        }
    }
}
