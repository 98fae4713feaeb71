//! A proof of work of our own, so that a flood costs its sender something and nobody else has to be asked.
//!
//! The challenge says when it ends and is signed, so nothing is kept of those that nobody answers; those that were used
//! are remembered until their end. A reader without a script sends none, and is not turned away for it.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};

/// Seconds for which a challenge is good.
const TERM: i64 = 20 * 60;
/// Signs of the signature.
const SIGNS: usize = 24;
/// Most signs of a nonce.
const MAX_NONCE: usize = 32;

/// Makes challenges and judges answers.
pub struct Proofs {
    key: Vec<u8>,
    bits: u8,
    used: BTreeMap<String, i64>,
    n_made: u64,
}

impl Proofs {
    /// Challenges of so many bits, signed with a key.
    #[must_use]
    pub fn new(key: &[u8], bits: u8) -> Self {
        Self { key: key.to_vec(), bits, used: BTreeMap::new(), n_made: 0 }
    }

    /// The bits that must be zero.
    #[must_use]
    pub fn bits(&self) -> u8 {
        self.bits
    }

    /// A new challenge.
    pub fn challenge(&mut self, now: i64) -> String {
        self.n_made += 1;
        let text = format!("{}-{}", now + TERM, self.n_made);
        let sign = self.sign(&text);
        format!("{text}-{sign}")
    }

    /// Whether a nonce answers a challenge that is ours, not over and not used; it is used from now on.
    pub fn is_answered(&mut self, challenge: &str, nonce: &str, now: i64) -> bool {
        let Some((text, sign)) = challenge.rsplit_once('-') else { return false };
        let end: i64 = text.split('-').next().and_then(|end| end.parse().ok()).unwrap_or_default();
        let is_plain = nonce.len() <= MAX_NONCE && nonce.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_ours = end >= now && end <= now + TERM && self.sign(text) == sign;
        if !is_plain || !is_ours || self.used.contains_key(challenge) {
            return false;
        }
        if leading_zeros(&Sha256::digest(format!("{challenge}:{nonce}"))) < u32::from(self.bits) {
            return false;
        }
        self.used.retain(|_, end| *end >= now);
        self.used.insert(challenge.to_owned(), end);
        true
    }

    fn sign(&self, text: &str) -> String {
        // A key of any length is taken, so this cannot fail; an empty signature would fit nothing.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return String::new() };
        mac.update(b"challenge\n");
        mac.update(text.as_bytes());
        let mut res = data_encoding::BASE32_DNSSEC.encode(&mac.finalize().into_bytes());
        res.truncate(SIGNS);
        res
    }
}

fn leading_zeros(bytes: &[u8]) -> u32 {
    let whole = bytes.iter().take_while(|byte| **byte == 0).count();
    let rest = bytes.get(whole).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(whole * 8).unwrap_or(u32::MAX) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solve(challenge: &str, bits: u32) -> String {
        let fits = |n: &u64| leading_zeros(&Sha256::digest(format!("{challenge}:{n}"))) >= bits;
        (0..1_000_000_u64).find(fits).unwrap().to_string()
    }

    #[test]
    fn an_answer_counts_once_and_in_time() {
        let mut proofs = Proofs::new(b"key", 8);
        let challenge = proofs.challenge(100);
        let nonce = solve(&challenge, 8);
        assert!(!proofs.is_answered(&challenge, "x y", 100));
        assert!(!Proofs::new(b"other", 8).is_answered(&challenge, &nonce, 100));
        assert!(!proofs.is_answered(&challenge, &nonce, 100 + TERM + 1));
        assert!(proofs.is_answered(&challenge, &nonce, 100 + TERM));
        assert!(!proofs.is_answered(&challenge, &nonce, 100));
        assert_ne!(proofs.challenge(100), challenge);
    }
}
