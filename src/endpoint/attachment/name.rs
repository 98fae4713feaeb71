//! A filename that is safe to show and to offer for download.

/// The most characters of a name.
const LONGEST: usize = 100;

/// The most characters of an extension that is kept when a long name is cut, the point included.
const LONGEST_EXTENSION: usize = 16;

/// The name of a file of whose own name nothing is left.
const NAMELESS: &str = "file";

/// Gives a filename that is safe to show: the last component of the path that the client gave.
///
/// Both `/` and `\` separate. Control characters, line separators, bidi controls, leading points and outer
/// white space are removed. It has 1 to 100 characters, and a short extension is kept when it is cut.
/// A name without anything left is `file`. It is not a safe path on disk: names of devices and `:` are kept.
#[must_use]
pub fn plain_name(filename: &str) -> String {
    let last = filename.rsplit(['/', '\\']).find(|component| !component.is_empty()).unwrap_or_default();
    let kept: String = last.chars().filter(|char| !is_hidden(*char)).collect();
    let name = kept.trim_start_matches(|char: char| char == '.' || char.is_whitespace()).trim_end();
    let name = shorten(name);
    if name.is_empty() { NAMELESS.to_owned() } else { name }
}

/// Cuts a name to 100 characters, before its extension if that is short.
fn shorten(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let extension = name.rfind('.').and_then(|at| name.get(at..)).unwrap_or_default();
    let size = extension.chars().count();
    let (extension, size) = if (2..=LONGEST_EXTENSION).contains(&size) { (extension, size) } else { ("", 0) };
    let begin: String = name.chars().take(LONGEST - size).collect();
    format!("{}{extension}", begin.trim_end())
}

/// Whether a character changes how others are shown, or is not shown.
fn is_hidden(char: char) -> bool {
    // Arabic letter mark, direction marks, embeddings, overrides and isolates (Unicode UAX 9), line and paragraph
    // separators, and the byte order mark.
    let is_bidi =
        matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    char.is_control() || is_bidi || matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}')
}
