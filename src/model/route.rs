//! Site-relative paths and the addresses made from them; the only file that joins or escapes either.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::model::digest::Digest;

/// A path inside the site, without a leading slash, such as `datasets/d1/index.html`.
///
/// Every segment is a plain file name: not empty, not `.` or `..`, without `/`, `\` or control characters.
/// So a route can never leave the folder it is joined to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Route(String);

impl TryFrom<String> for Route {
    type Error = BadRoute;

    fn try_from(path: String) -> Result<Self, BadRoute> {
        Self::new(&path)
    }
}

impl From<Route> for String {
    fn from(route: Route) -> Self {
        route.0
    }
}

impl Route {
    /// Makes a route from segments that the caller has already made safe.
    ///
    /// Errors: when a segment is no plain file name; the message shows it.
    pub fn new(path: &str) -> Result<Self, BadRoute> {
        if path.split('/').all(is_plain_name) { Ok(Self(path.to_owned())) } else { Err(BadRoute(path.to_owned())) }
    }

    /// The page of a folder: `themes/x` gives `themes/x/index.html`, the empty text the home page.
    ///
    /// Errors: as [`Route::new`].
    pub fn page(folder: &str) -> Result<Self, BadRoute> {
        if folder.is_empty() { Self::new("index.html") } else { Self::new(&format!("{folder}/index.html")) }
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder that the file lies in, without a slash at its end; empty at the root.
    #[must_use]
    pub fn parent(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(parent, _)| parent)
    }

    /// Where the file lies below a folder.
    #[must_use]
    pub fn below(&self, root: &Path) -> PathBuf {
        root.join(&self.0)
    }

    /// The address: the base path, then each segment percent-encoded; `index.html` is left out.
    #[must_use]
    pub fn href(&self, base_path: &str) -> String {
        href(base_path, &self.0)
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A path with a segment that is no plain file name.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` has a part that is no plain file name")]
pub struct BadRoute(String);

/// The address of a path below the base path: each segment percent-encoded, a final `index.html` left out.
#[must_use]
pub fn href(base_path: &str, path: &str) -> String {
    let path = match path.strip_suffix("index.html") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => folder,
        _ => path,
    };
    let mut res = String::with_capacity(base_path.len() + path.len() + 16);
    res.push_str(base_path);
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            res.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(res, "%{byte:02X}");
        }
    }
    res
}

/// Decodes `%xx`; `None` where that gives no UTF-8 text or a `%` stands alone.
#[must_use]
pub fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            let hex = std::str::from_utf8(&pair).ok()?;
            bytes.push(u8::from_str_radix(hex, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn is_plain_name(segment: &str) -> bool {
    !segment.is_empty()
        && segment.len() <= 255
        && segment != "."
        && segment != ".."
        && !segment.chars().any(|c| c == '\\' || c.is_control())
}

/// Turns any name into one path segment that reads like the name.
///
/// Letters and digits of any script stay, the rest becomes `-`. Whatever was lost (a changed or cut name) is made
/// up for by a short digest of the whole name, so that two names never share a segment.
#[must_use]
pub fn slug(name: &str) -> String {
    let mut res = String::with_capacity(name.len());
    let mut lossy = false;
    for c in name.chars() {
        if c.is_alphanumeric() || c == '_' || c == '.' {
            res.push(c);
        } else {
            lossy |= c != '-';
            if res.ends_with('-') {
                lossy = true;
            } else {
                res.push('-');
            }
        }
        if res.len() > 90 {
            lossy = true;
            break;
        }
    }
    let trimmed = res.trim_matches(['-', '.']);
    lossy |= trimmed.len() != res.len() || trimmed.is_empty() || trimmed.chars().any(char::is_uppercase);
    let mut res = trimmed.to_lowercase();
    if lossy {
        if !res.is_empty() {
            res.push('-');
        }
        res.push_str(&Digest::of(name.as_bytes()).short(6));
    }
    res
}

/// A table's part of an address from a file's stem: kept as it is where it can stand in an address unescaped or in
/// any script's letters, else as [`slug`] makes it.
#[must_use]
pub fn table_stem(stem: &str) -> String {
    let plain = stem.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
    if plain && !stem.is_empty() && stem.len() <= 100 && !stem.starts_with('.') { stem.to_owned() } else { slug(stem) }
}

/// Makes a provider's file name safe to use as one segment, keeping it as it is wherever possible.
#[must_use]
pub fn file_name(name: &str) -> String {
    if is_plain_name(name) && !name.starts_with('.') && !name.chars().any(|c| "/<>:\"|?*#%".contains(c)) {
        return name.to_owned();
    }
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let stem = slug(stem);
    if extension.chars().all(|c| c.is_ascii_alphanumeric()) && !extension.is_empty() {
        format!("{stem}.{extension}")
    } else {
        slug(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_cannot_climb() {
        for path in ["../x", "a/../b", "/etc", "a//b", "a\\b", "a/\u{0}", "", "a/."] {
            assert!(Route::new(path).is_err(), "{path}");
        }
    }

    #[test]
    fn addresses_are_encoded() {
        assert_eq!(href("/", "datasets/市 a/index.html"), "/datasets/%E5%B8%82%20a/");
        assert_eq!(href("/opendata/", "a.csv"), "/opendata/a.csv");
        assert_eq!(href("/", "index.html"), "/");
    }

    #[test]
    fn slugs_read_like_the_name_and_differ() {
        assert_eq!(slug("市教育局"), "市教育局");
        assert_eq!(slug("csv"), "csv");
        assert_ne!(slug("CSV"), slug("csv"));
        assert_ne!(slug("a/b"), slug("a-b"));
        assert_ne!(slug("a--b"), slug("a-b"));
        assert!(!slug("///").is_empty());
        assert!(Route::new(&file_name("/")).is_ok());
    }

    proptest::proptest! {
        #[test]
        fn every_slug_and_file_name_is_a_route(name in "\\PC{0,200}") {
            proptest::prop_assert!(Route::new(&slug(&name)).is_ok());
            proptest::prop_assert!(Route::new(&file_name(&name)).is_ok());
        }

        #[test]
        fn two_names_never_share_a_slug(a in "[aA/ -]{1,5}", b in "[aA/ -]{1,5}") {
            proptest::prop_assert!(a == b || slug(&a) != slug(&b));
        }
    }
}
