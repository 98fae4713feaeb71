//! How often each value is there, as long as there are not too many different ones.

use std::ops::Range;

use rapidhash::v3::rapidhash_v3;

/// The hash of a value; different short texts have different ones.
#[inline]
#[must_use]
pub fn hash_of(text: &str) -> u64 {
    let bytes = text.as_bytes();
    match short_key(bytes) {
        Some(key) => mix(key),
        None => rapidhash_v3(bytes),
    }
}

/// The letters of a text of at most [`SHORT`] bytes with their number, as one number; no two texts have the same.
#[inline]
fn short_key(bytes: &[u8]) -> Option<u64> {
    let len = bytes.len();
    let letters = match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>(), bytes) {
        _ if len > SHORT => return None,
        (Some(first), Some(last), _) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (len - 4))
        }
        (_, _, [a, b, c]) => u64::from(*a) | u64::from(*b) << 8 | u64::from(*c) << 16,
        (_, _, [a, b]) => u64::from(*a) | u64::from(*b) << 8,
        (_, _, [a]) => u64::from(*a),
        _ => 0,
    };
    Some(letters | (len as u64 + 1) << 56)
}

const SHORT: usize = 7;

/// Spreads a number over all bits, each number to one of its own. Source: D. Stafford, variant 13 of the MurmurHash3 finaliser.
#[inline]
fn mix(mut key: u64) -> u64 {
    key = (key ^ key >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    key = (key ^ key >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    key ^ key >> 31
}

/// Whether a text is that of the row before, where to know costs less than to hash it.
#[inline]
#[must_use]
pub fn is_run(before: &str, text: &str) -> bool {
    let (a, b) = (before.as_bytes(), text.as_bytes());
    // Values of a column differ at their ends more often than at their beginnings.
    a.len() == b.len() && a.len() > SHORT && a.last_chunk::<8>() == b.last_chunk::<8>() && is_same(a, b)
}

/// Whether two texts with the same hash are the same.
#[inline]
fn is_same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match a.len() {
        0..=SHORT => true,
        8..=16 => a.first_chunk::<8>() == b.first_chunk::<8>() && a.last_chunk::<8>() == b.last_chunk::<8>(),
        _ => a == b,
    }
}

/// Most different values that are counted exactly, and the bytes of text they may have.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// Different values.
    pub n_values: usize,
    /// Bytes of all their texts.
    pub n_bytes: usize,
}

impl Bound {
    /// The bound of a column: narrower from the 257th column on, so that wide tables stay in memory too.
    #[must_use]
    pub fn of_column(column_idx: usize) -> Self {
        if column_idx < 256 {
            Self { n_values: 10_000, n_bytes: 1 << 20 }
        } else {
            Self { n_values: 500, n_bytes: 1 << 15 }
        }
    }
}

/// A value that was counted.
#[derive(Clone, Debug)]
pub struct Counted {
    hash: u64,
    start: u32,
    len: u32,
    /// How often it is there.
    pub count: u64,
}

/// Counts by value.
#[derive(Debug)]
pub struct Counts {
    /// Index of an entry plus one, by hash; a power of two long.
    slots: Vec<u32>,
    entries: Vec<Counted>,
    texts: String,
    bound: Bound,
}

/// What became of a value.
pub enum Added {
    /// It was there before: its number, from 0 in the order in which values were first there.
    Known(u32),
    /// It is there for the first time; its number.
    New(u32),
    /// There are too many different values; it was not counted.
    Full,
}

impl Counts {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(bound: Bound) -> Self {
        Self { slots: vec![0; 64], entries: Vec::new(), texts: String::new(), bound }
    }

    /// Counts a value.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the bounds lie far below what 32 bits hold")]
    pub fn add(&mut self, hash: u64, text: &str) -> Added {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                break;
            }
            let entry = &mut self.entries[slot as usize - 1];
            if entry.hash == hash && is_same(&self.texts.as_bytes()[entry.range()], text.as_bytes()) {
                entry.count += 1;
                return Added::Known(slot - 1);
            }
            at = (at + 1) & mask;
        }
        if self.entries.len() >= self.bound.n_values || self.texts.len() + text.len() > self.bound.n_bytes {
            return Added::Full;
        }
        let start = self.texts.len() as u32;
        self.texts.push_str(text);
        self.entries.push(Counted { hash, start, len: text.len() as u32, count: 1 });
        let number = self.entries.len() as u32;
        self.slots[at] = number;
        if self.entries.len() * 2 > self.slots.len() {
            self.grow();
        }
        Added::New(number - 1)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the bounds lie far below what 32 bits hold")]
    fn grow(&mut self) {
        let mut slots = vec![0; self.slots.len() * 4];
        let mask = slots.len() - 1;
        for (number, entry) in (1u32..).zip(&self.entries) {
            let mut at = entry.hash as usize & mask;
            while slots[at] != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = number;
        }
        self.slots = slots;
    }

    /// Every value in the order in which it was first there.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Counted)> {
        self.entries.iter().map(|entry| (&self.texts[entry.range()], entry))
    }

    /// How many different values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

impl Counted {
    fn range(&self) -> Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }

    /// The hash that it was added with.
    #[must_use]
    pub fn hash(&self) -> u64 {
        self.hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn counts_are_those_of_a_map(texts in proptest::collection::vec("[ab甲]{0,6}", 0..200)) {
            let mut counts = Counts::new(Bound::of_column(0));
            let mut expected = std::collections::BTreeMap::<&str, u64>::new();
            for text in &texts {
                counts.add(hash_of(text), text);
                *expected.entry(text).or_default() += 1;
            }
            let found: std::collections::BTreeMap<&str, u64> = counts.iter().map(|(text, counted)| (text, counted.count)).collect();
            proptest::prop_assert_eq!(found, expected);
        }

        #[test]
        fn short_texts_have_hashes_of_their_own(a in "[\u{0}-\u{ff}]{0,3}", b in "[\u{0}-\u{ff}]{0,3}") {
            proptest::prop_assert_eq!(a == b, hash_of(&a) == hash_of(&b));
        }
    }
}
