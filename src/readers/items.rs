//! Cuts JSON into its items without reading them: only strings and brackets count.

use memchr::memchr2;

use crate::readers::NoTable;

/// Where the items are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Items {
    /// In an array, with commas between them.
    InArray,
    /// One after the other.
    Alone,
}

/// Deepest nesting: each level of it makes a column's name longer.
const MAX_DEPTH: u64 = 64;

/// Looks for items, and remembers where it is between two pieces of a file.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "where it is, in parts that change each by itself")]
pub struct Scanner {
    items: Items,
    depth: u64,
    in_string: bool,
    /// Whether a comma is allowed, or asked for.
    may_be_comma: bool,
    must_be_item: bool,
    begin: usize,
    /// Whether the array is closed.
    pub is_closed: bool,
}

impl Scanner {
    /// Begins behind the opening bracket of the array, or at the first item.
    pub fn new(items: Items) -> Self {
        Self { items, depth: 0, in_string: false, may_be_comma: false, must_be_item: false, begin: 0, is_closed: false }
    }

    /// Whether no item is half read.
    pub fn is_between(&self) -> bool {
        self.depth == 0 && !self.in_string
    }

    /// Whether items stand one after the other.
    pub fn is_alone(&self) -> bool {
        self.items == Items::Alone
    }

    /// Says that so many bytes were cut off at the front.
    pub fn forget(&mut self, n_bytes: usize) {
        self.begin = self.begin.saturating_sub(n_bytes);
    }

    /// Looks at bytes from a position on; answers where it stopped: at the end, or behind the bracket that closes the
    /// array.
    pub fn scan(&mut self, bytes: &[u8], from: usize, found: &mut Vec<(usize, usize)>) -> Result<usize, NoTable> {
        let mut at = from;
        while at < bytes.len() {
            if self.in_string {
                match memchr2(b'"', b'\\', &bytes[at..]) {
                    None => return Ok(bytes.len()),
                    Some(idx) if bytes[at + idx] == b'"' => {
                        self.in_string = false;
                        at += idx + 1;
                    }
                    // The letter behind the backslash is not here yet: stop at the backslash.
                    Some(idx) if at + idx + 1 >= bytes.len() => return Ok(at + idx),
                    Some(idx) => at += idx + 2,
                }
                continue;
            }
            let byte = bytes[at];
            match byte {
                b'{' | b'[' => {
                    if self.depth == 0 {
                        self.open(byte, at)?;
                    }
                    self.depth += 1;
                    if self.depth > MAX_DEPTH {
                        return Err(NoTable::OtherShape("嵌套过深 / nested too deep".to_owned()));
                    }
                }
                b'}' | b']' if self.depth == 0 => {
                    if byte == b'}' || self.items == Items::Alone || self.must_be_item {
                        return Err(broken());
                    }
                    self.is_closed = true;
                    return Ok(at + 1);
                }
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        found.push((self.begin, at + 1));
                        self.may_be_comma = true;
                        self.must_be_item = false;
                    }
                }
                b'"' if self.depth > 0 => self.in_string = true,
                b',' if self.depth == 0 => {
                    if self.items == Items::Alone || !self.may_be_comma {
                        return Err(broken());
                    }
                    self.may_be_comma = false;
                    self.must_be_item = true;
                }
                _ if self.depth > 0 || byte.is_ascii_whitespace() => {}
                _ => return Err(no_object()),
            }
            at += 1;
        }
        Ok(at)
    }

    fn open(&mut self, byte: u8, at: usize) -> Result<(), NoTable> {
        if byte == b'[' {
            return Err(no_object());
        }
        if self.items == Items::InArray && self.may_be_comma {
            return Err(broken());
        }
        self.begin = at;
        Ok(())
    }
}

fn broken() -> NoTable {
    NoTable::Broken("JSON 的逗号或括号有误 / a comma or bracket of the JSON is wrong".to_owned())
}

fn no_object() -> NoTable {
    NoTable::OtherShape("数组中有不是对象的元素 / an array with items that are no objects".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str, items: Items, step: usize) -> Result<Vec<String>, NoTable> {
        let mut scanner = Scanner::new(items);
        let mut found = Vec::new();
        let (mut at, mut end) = (0, 0);
        while end < text.len() {
            end = (end + step).min(text.len());
            at = scanner.scan(&text.as_bytes()[..end], at, &mut found)?;
            if scanner.is_closed {
                break;
            }
        }
        Ok(found.into_iter().map(|(begin, end)| text[begin..end].to_owned()).collect())
    }

    #[test]
    fn items_are_cut_wherever_pieces_end() {
        for step in 1..9 {
            assert_eq!(
                items(r#"{"a":"]}\""} , {"b":[{}]}]"#, Items::InArray, step).unwrap(),
                [r#"{"a":"]}\""}"#, r#"{"b":[{}]}"#]
            );
            assert_eq!(items("{}\n{\"a\":1}\n", Items::Alone, step).unwrap(), ["{}", "{\"a\":1}"]);
            for bad in ["{},]", "{} {}]", ",{}]", "1]", "[1]]", "{}}"] {
                assert!(items(bad, Items::InArray, step).is_err(), "{bad}");
            }
        }
    }
}
