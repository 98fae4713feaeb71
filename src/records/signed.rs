//! Decisions on their way between machines: a signed file of everything that was decided about datasets.
//!
//! Where the endpoint runs on another machine than the build, its record is the one that decisions are made on. The file
//! carries them over; a build whose configuration names the public key does not go on without a file that fits it.
//! Format: JSON `{"signed": "…", "signature": "…"}`; the text that is signed is the JSON of [`Decisions`], the signature
//! that of Ed25519 (RFC 8032) over the word [`PURPOSE`], a line break and that text, in hexadecimal digits.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use data_encoding::HEXLOWER;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::records::chain;
use crate::records::holds::{Hold, Holds};

/// Where a build expects the file, in the site folder.
pub const FILE: &str = "holds.signed.json";
/// What the signature is for, so that it fits nothing else.
const PURPOSE: &str = "kaishu holds 1";

/// What was decided, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decisions {
    /// The address of the site.
    pub site: String,
    /// The decisions.
    pub holds: Vec<Hold>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    signed: String,
    signature: String,
}

/// A file of decisions was taken into the record.
#[derive(Serialize, Deserialize)]
struct TakenIn {
    kind: String,
    n_holds: usize,
}

const TAKEN_IN: &str = "holds_taken_in";

/// The signing key of 32 bytes, and its public key, in hexadecimal digits.
#[must_use]
pub fn generate(random: [u8; 32]) -> (String, String) {
    let key = SigningKey::from_bytes(&random);
    (HEXLOWER.encode(&random), HEXLOWER.encode(key.verifying_key().as_bytes()))
}

fn bytes_of<const N: usize>(hex: &str) -> Result<[u8; N]> {
    let bytes = HEXLOWER.decode(hex.trim().as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    let n = 2 * N;
    bytes
        .with_context(|| format!("密钥和签名应为 {n} 个十六进制数字 / keys and signatures have {n} hexadecimal digits"))
}

/// The bytes of the signed file.
///
/// Errors: when the key is none.
pub fn sign(decisions: &Decisions, key: &str) -> Result<Vec<u8>> {
    let key = SigningKey::from_bytes(&bytes_of(key)?);
    let signed = serde_json::to_string(decisions).context("writing decisions")?;
    let signature = HEXLOWER.encode(&key.sign(format!("{PURPOSE}\n{signed}").as_bytes()).to_bytes());
    let mut res = serde_json::to_vec_pretty(&Envelope { signed, signature }).context("writing decisions")?;
    res.push(b'\n');
    Ok(res)
}

/// Reads a signed file.
///
/// Errors: when it is damaged, was signed by another key, or belongs to another site.
pub fn verify(bytes: &[u8], key: &str, site: &str) -> Result<Decisions> {
    let key = VerifyingKey::from_bytes(&bytes_of(key)?);
    let key = key.map_err(|error| anyhow!("[endpoint] holds_key: {error}"))?;
    let envelope: Envelope =
        serde_json::from_slice(bytes).map_err(|_| anyhow!("不是签名文件 / it is no signed file"))?;
    let signature = Signature::from_bytes(&bytes_of(&envelope.signature)?);
    key.verify_strict(format!("{PURPOSE}\n{}", envelope.signed).as_bytes(), &signature).map_err(|_| {
        anyhow!("签名不符：文件已被改动，或者由别的密钥签名 / the signature does not fit: it was changed, or signed by another key")
    })?;
    let decisions: Decisions = serde_json::from_str(&envelope.signed)
        .map_err(|_| anyhow!("不能识别其中的决定 / its decisions cannot be read"))?;
    if decisions.site != site {
        bail!("文件属于另一网站 {} / it belongs to another site: {}", decisions.site, decisions.site);
    }
    Ok(decisions)
}

/// Reads the signed file of a site.
///
/// Errors: when it is missing, does not verify, or is older than one that was taken in before.
pub fn read(file: &Path, key: &str, site: &str, chain_path: &Path) -> Result<Decisions> {
    let missing = "未找到该文件，不能生成网站 / it is missing, and nothing can be published without it";
    let bytes = std::fs::read(file).map_err(|_| anyhow!(missing))?;
    let decisions = verify(&bytes, key, site)?;
    let (n_holds, n_before) = (decisions.holds.len(), n_taken_in(chain_path)?);
    if n_holds < n_before {
        bail!(
            "文件比上次读入的旧（{n_holds} 项决定，上次 {n_before} 项） / it is older than the one that was taken in before: {n_holds} decisions instead of {n_before}"
        );
    }
    Ok(decisions)
}

/// How many decisions the file had that was taken in last.
fn n_taken_in(chain_path: &Path) -> Result<usize> {
    let mut res = 0;
    chain::read(chain_path, |_, raw| {
        if let Ok(taken) = serde_json::from_str::<TakenIn>(raw.get())
            && taken.kind == TAKEN_IN
        {
            res = taken.n_holds;
        }
        Ok(())
    })?;
    Ok(res)
}

/// Puts decisions that were read on record, each once; answers how many were new.
///
/// Errors: when the record is broken or the disk fails.
pub fn put_on_record(decisions: &Decisions, chain_path: &Path) -> Result<usize> {
    let known = Holds::load(chain_path)?;
    let fresh: Vec<&Hold> = decisions.holds.iter().filter(|hold| !known.log().contains(hold)).collect();
    if !fresh.is_empty() {
        chain::append_all(chain_path, &fresh)?;
    }
    let n_holds = decisions.holds.len();
    if n_holds > n_taken_in(chain_path)? {
        chain::append(chain_path, &TakenIn { kind: TAKEN_IN.to_owned(), n_holds })?;
    }
    Ok(fresh.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_key_signed_for_the_site_is_taken() {
        let (key, public) = generate([7; 32]);
        let (_, other) = generate([8; 32]);
        let decisions = Decisions { site: "https://a.example".to_owned(), holds: Vec::new() };
        let bytes = sign(&decisions, &key).unwrap();
        assert_eq!(verify(&bytes, &public, "https://a.example").unwrap(), decisions);
        assert!(verify(&bytes, &other, "https://a.example").is_err());
        assert!(verify(&bytes, &public, "https://b.example").is_err());
        let changed = String::from_utf8(bytes.clone()).unwrap().replace("[]", "[ ]");
        assert!(verify(changed.as_bytes(), &public, "https://a.example").is_err());
        for idx in (0..bytes.len()).step_by(7) {
            let mut damaged = bytes.clone();
            damaged[idx] ^= 1;
            if let Ok(read) = verify(&damaged, &public, "https://a.example") {
                assert_eq!(read, decisions, "byte {idx}");
            }
        }
    }
}
