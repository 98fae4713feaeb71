//! Which numbers stand in cells: what a file holds beside its cells is told from the cells' own texts by them.
//!
//! A workbook keeps its texts in a pool, formulas beside their results, notes beside cells. What stands in a cell is
//! judged with its column, under its header; the same number elsewhere in the file must not be judged once more
//! without it, and a number that is in no cell must not go out unseen.

use rapidhash::v3::rapidhash_v3;

/// Most numbers that are kept; with more, nothing passes for known.
const MAX_TOKENS: usize = 1 << 20;
/// Fewest digits of a word that tells a number, and of the parts of a number that is written in groups.
const MIN_DIGITS: usize = 5;
const MIN_GROUP_DIGITS: usize = 3;

/// The words with digits, and the addresses, of cells in which something was found.
#[derive(Debug, Default)]
pub struct CellTokens {
    /// Sorted once all were added.
    hashes: Vec<u64>,
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'.' | b'_' | b'+' | b'-')
}

/// The words of a text that tell which number or address it is.
fn words(text: &str) -> impl Iterator<Item = (&[u8], usize)> {
    let words = text.as_bytes().split(|byte| !is_of_word(*byte));
    words.filter_map(|word| {
        let is_edge = |byte: &u8| matches!(byte, b'.' | b'_' | b'+' | b'-');
        let begin = word.iter().take_while(|byte| is_edge(byte)).count();
        let n_behind = word[begin..].iter().rev().take_while(|byte| is_edge(byte)).count();
        let word = &word[begin..word.len() - n_behind];
        let n_digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
        let weight = if word.contains(&b'@') { MIN_DIGITS } else { n_digits };
        (weight >= MIN_GROUP_DIGITS).then_some((word, weight))
    })
}

impl CellTokens {
    /// Takes the text of a cell in which something was found.
    pub fn add(&mut self, text: &str) {
        if self.hashes.len() <= MAX_TOKENS {
            self.hashes.extend(words(text).map(|(word, _)| rapidhash_v3(word)));
        }
    }

    /// Takes those of other columns.
    pub fn append(&mut self, other: Self) {
        self.hashes.extend(other.hashes);
    }

    /// Makes ready for [`Self::covers`].
    pub fn sort(&mut self) {
        self.hashes.sort_unstable();
        self.hashes.dedup();
    }

    /// Whether every number of a text stands in some cell.
    #[must_use]
    pub fn covers(&self, text: &str) -> bool {
        let is_known = |word: &[u8]| self.hashes.binary_search(&rapidhash_v3(word)).is_ok();
        let has_long = words(text).any(|(_, weight)| weight >= MIN_DIGITS);
        let mut wanted = words(text).filter(|(_, weight)| !has_long || *weight >= MIN_DIGITS).peekable();
        self.hashes.len() <= MAX_TOKENS && wanted.peek().is_some() && wanted.all(|(word, _)| is_known(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_known_by_their_words() {
        let mut tokens = CellTokens::default();
        for text in ["13925522956", "联系人 139 2552 2957", "ming91@example.org"] {
            tokens.add(text);
        }
        tokens.sort();
        for known in ["13925522956", "of:=\"13925522956\"", "139 2552 2957", "<ming91@example.org>"] {
            assert!(tokens.covers(known), "{known}");
        }
        for other in ["13925522958", "13925522956、13925522958", "139 2552 2958", "ming@example.org", "", "甲"] {
            assert!(!tokens.covers(other), "{other}");
        }
    }
}
