//! One form of letters for texts and questions: half width, simplified, small.
//!
//! Each character becomes one character, so that places in the folded text are places in the text. `search.js` does the
//! same; `tests/suite/search/fold.tsv` has the cases that both are tested with.

/// Traditional characters, each with its simplified form. Source: `data/PROVENANCE.md`.
const VARIANTS: &str = include_str!("data/variants.txt");

/// Syllables with the characters that are read so. Source: `data/PROVENANCE.md`.
const PINYIN: &str = include_str!("data/pinyin.txt");

/// Folds texts.
pub struct Folder {
    /// Sorted by the traditional character.
    variants: Vec<(char, char)>,
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Folder {
    /// Reads the table.
    #[must_use]
    pub fn new() -> Self {
        let signs: Vec<char> = variants().chars().collect();
        let mut variants: Vec<(char, char)> = signs.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        variants.sort_unstable();
        Self { variants }
    }

    /// The folded form of a text; white space is a blank.
    #[must_use]
    pub fn fold(&self, text: &str) -> String {
        text.chars().map(|sign| self.fold_sign(sign)).collect()
    }

    /// The simplified form of a character that has another one.
    #[must_use]
    pub fn simplified(&self, sign: char) -> Option<char> {
        let found = self.variants.binary_search_by_key(&sign, |(traditional, _)| *traditional);
        found.ok().map(|idx| self.variants[idx].1)
    }

    fn fold_sign(&self, sign: char) -> char {
        match sign {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(sign as u32 - 0xFEE0).unwrap_or(sign).to_ascii_lowercase(),
            _ if sign.is_ascii_graphic() => sign.to_ascii_lowercase(),
            _ if sign.is_whitespace() => ' ',
            _ => self.simplified(sign).unwrap_or_else(|| small(sign)),
        }
    }
}

/// The small letter, where that is one letter.
fn small(sign: char) -> char {
    let mut letters = sign.to_lowercase();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => letter,
        _ => sign,
    }
}

/// Whether a character is part of a word, as grams are cut; signs and blanks are not.
#[must_use]
pub fn is_word(sign: char) -> bool {
    // Han characters first: they are most of all, and the tables of the standard library are slow to ask.
    matches!(sign, '\u{4E00}'..='\u{9FFF}') || sign.is_alphanumeric()
}

/// The table of variants as readers' browsers load it: pairs one after the other.
#[must_use]
pub fn variants() -> String {
    VARIANTS.split_whitespace().collect()
}

/// The table of readings as readers' browsers load it.
#[must_use]
pub fn pinyin() -> &'static str {
    PINYIN
}
