//! How a request that is repeated is known as the same: the answer to it was lost, or somebody pressed twice.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::Sha256;

use super::{Put, Store, read};
use crate::cases::Case;
use crate::model::digest::Digest;

/// The file of the key of what makes requests the same.
const REQUEST_KEY_FILE: &str = "requests.key";

/// What makes a request the same as an earlier one: texts that only their digest is kept of, with a key that lies in no copy
/// of the store, so that what somebody said cannot be found out by trying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key that the client chose, or what stands in for one.
    pub key: String,
    /// The key that would have stood in for it a moment ago.
    pub before: Option<String>,
    /// The digest of everything that was sent.
    pub content: Digest,
}

/// The same, as it is kept.
pub(super) struct Kept {
    pub(super) key: String,
    before: Option<String>,
    pub(super) content: String,
}

impl Store {
    /// What is kept of what makes a request the same.
    pub(super) fn kept(&self, key: Option<Key>) -> Result<Option<Kept>> {
        let Some(Key { key, before, content }) = key else { return Ok(None) };
        let keyed = |purpose: &str, text: &str| -> Result<String> {
            let mut mac = Hmac::<Sha256>::new_from_slice(&self.request_key).context("the key of requests")?;
            mac.update(purpose.as_bytes());
            mac.update(text.as_bytes());
            Ok(Digest::of(&mac.finalize().into_bytes()).to_string())
        };
        let before = before.map(|before| keyed("key\n", &before)).transpose()?;
        Ok(Some(Kept { key: keyed("key\n", &key)?, before, content: keyed("content\n", &content.to_string())? }))
    }

    /// Forgets what made requests the same that came before a moment, seconds since 1970: nobody repeats them any more.
    ///
    /// Errors: when the disk fails.
    pub fn forget_keys(&mut self, before: i64) -> Result<()> {
        let query =
            "UPDATE events SET key = NULL, content = NULL WHERE key IS NOT NULL AND json_extract(event, '$.at') < ?";
        self.connection.execute(query, [before]).context("forgetting keys")?;
        Ok(())
    }
}

/// The key of what makes requests the same, made where there is none: it lies beside the store, not in it.
pub(super) fn request_key(connection: &Connection, dir: &Path) -> Result<Vec<u8>> {
    let path = dir.join(REQUEST_KEY_FILE);
    if let Ok(key) = std::fs::read(&path) {
        return Ok(key);
    }
    let key: Vec<u8> = connection.query_row("SELECT randomblob(32)", [], |row| row.get(0))?;
    let mut options = std::fs::OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(&path) {
        Ok(mut file) => file.write_all(&key).and_then(|()| file.sync_all()).context("writing a key")?,
        // Another process made it meanwhile.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return std::fs::read(&path).with_context(|| format!("reading {}", path.display()));
        }
        Err(error) => return Err(error).with_context(|| format!("writing {}", path.display())),
    }
    Ok(key)
}

/// What was sent under the same key before.
pub(super) fn known(connection: &Connection, key: Option<&Kept>) -> Result<Option<Put<Case>>> {
    let Some(Kept { key, before, content }) = key else { return Ok(None) };
    let query = "SELECT receipt, content FROM events JOIN cases ON cases.id = case_id WHERE key IN (?1, ?2) \
                 ORDER BY content = ?3 DESC";
    let row = connection
        .prepare_cached(query)?
        .query_row(params![key, before, content], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
        .optional()
        .context("reading the store")?;
    let Some((receipt, found)) = row else { return Ok(None) };
    if found != *content {
        return Ok(Some(Put::Conflict));
    }
    Ok(read(connection, &receipt)?.map(|(_, case)| Put::Known(case)))
}
