//! Grams: what a folded text is cut into, so that every part of it of two characters and more can be found.
//!
//! Within a run of letters and digits of any script: every pair of neighbours. Where three neighbours are ASCII letters or
//! digits also the three, because pairs of Latin letters tell little.

use crate::search::fold::is_word;

/// A gram of two or three characters, as a number that orders and compares fast.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Gram(u64);

/// Bits of a character; none is above U+10FFFF.
const SIGN_BITS: u32 = 21;

impl Gram {
    fn of(signs: &[char]) -> Self {
        Self(signs.iter().fold(0, |res, sign| res << SIGN_BITS | u64::from(u32::from(*sign))))
    }

    /// Its characters.
    #[must_use]
    pub fn text(self) -> String {
        let sign = |shift: u32| {
            let bits = u32::try_from(self.0 >> (shift * SIGN_BITS) & ((1 << SIGN_BITS) - 1)).unwrap_or_default();
            char::from_u32(bits).filter(|sign| *sign != '\0')
        };
        [2, 1, 0].into_iter().filter_map(sign).collect()
    }

    /// The gram of such characters; `None` for any other number of them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let signs: Vec<char> = text.chars().take(4).collect();
        (signs.len() == 2 || signs.len() == 3).then(|| Self::of(&signs))
    }

    /// Which of so many shards holds it: FNV-1a of its UTF-8, modulo their number.
    #[must_use]
    pub fn shard(self, n_shards: u32) -> u32 {
        const OFFSET: u32 = 0x811c_9dc5;
        const PRIME: u32 = 0x0100_0193;
        let hash = self.text().bytes().fold(OFFSET, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(PRIME));
        hash % n_shards
    }
}

/// Adds the grams of a folded text to a list; grams may come more than once.
pub fn add(folded: &str, res: &mut Vec<Gram>) {
    let mut run: Vec<char> = Vec::new();
    for sign in folded.chars().chain([' ']) {
        if is_word(sign) {
            run.push(sign);
            continue;
        }
        res.extend(run.windows(2).map(Gram::of));
        res.extend(run.windows(3).filter(|three| three.iter().all(char::is_ascii)).map(Gram::of));
        run.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_within_its_runs() {
        let mut res = Vec::new();
        add("公交gps, pm2.5", &mut res);
        let texts: Vec<String> = res.iter().map(|gram| gram.text()).collect();
        assert_eq!(texts, ["公交", "交g", "gp", "ps", "gps", "pm", "m2", "pm2"]);
        assert!(texts.iter().all(|text| Gram::parse(text).unwrap().text() == *text));
    }
}
