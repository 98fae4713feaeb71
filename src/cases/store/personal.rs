//! What people said and attached: beside the events, sealed where there are keys, erased when its term ends.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use rusqlite::{Connection, params};

use super::{Entry, Kept, Store, insert};
use crate::cases::seal::{Keys, Seal};
use crate::cases::{Attached, Words};
use crate::model::digest::{Digest, Hasher};

/// What is personal of an entry, sealed where there are keys, before the store is locked for it.
pub(super) struct Sealed {
    words: Option<Vec<u8>>,
    /// The files as they are kept; none where they are kept as they came.
    files: Option<Vec<File>>,
}

/// What belongs to an event, as staff read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Personal {
    /// The event's index among those of the case.
    pub event_idx: usize,
    /// What was said; `None` where it is sealed and no key was given.
    pub words: Option<Words>,
    /// The files, each with its number in the store.
    pub files: Vec<(i64, Attached)>,
}

impl Sealed {
    /// Seals what is personal.
    ///
    /// Errors: when the disk fails.
    pub fn new(seal: &Seal, dir: &Path, entry: &mut Entry<'_>) -> Result<Self> {
        let words = serde_json::to_vec(entry.words).context("writing what was said")?;
        if !seal.is_on() {
            return Ok(Self { words: (!entry.words.is_empty()).then_some(words), files: None });
        }
        let words = if entry.words.is_empty() { None } else { Some(seal.bytes(&words)?) };
        let files = entry.files.iter_mut().map(|file| seal.file(&mut file.content, dir)).collect::<Result<_>>()?;
        Ok(Self { words, files: Some(files) })
    }

    /// Puts the event of an entry and what belongs to it into the store.
    ///
    /// Errors: when the disk fails.
    pub fn put(
        mut self,
        connection: &Connection,
        case_id: i64,
        entry: &mut Entry<'_>,
        key: Option<&Kept>,
    ) -> Result<()> {
        let event_id = insert(connection, case_id, entry.event, key)?;
        let is_sealed = self.files.is_some();
        if let Some(words) = &self.words {
            connection
                .prepare_cached("INSERT INTO words VALUES (?, ?, ?, ?)")?
                .execute(params![event_id, case_id, is_sealed, words])
                .context("writing what was said")?;
        }
        for (idx, upload) in entry.files.iter_mut().enumerate() {
            let sealed = self.files.as_mut().and_then(|files| files.get_mut(idx));
            let content = sealed.unwrap_or(&mut upload.content);
            put_file(connection, (event_id, case_id), &upload.attached, content, is_sealed)?;
        }
        Ok(())
    }
}

/// Copies a file into the store, in pieces.
fn put_file(
    connection: &Connection,
    (event_id, case_id): (i64, i64),
    attached: &Attached,
    content: &mut File,
    is_sealed: bool,
) -> Result<()> {
    let length = content.seek(SeekFrom::End(0)).context("reading an attachment")?;
    content.seek(SeekFrom::Start(0)).context("reading an attachment")?;
    let (bytes, length) = (i64::try_from(attached.bytes)?, i32::try_from(length)?);
    let sha256 = attached.sha256.to_string();
    connection
        .prepare_cached(
            "INSERT INTO attachments (event_id, case_id, bytes, sha256, is_sealed, stored_sha256, body) \
             VALUES (?, ?, ?, ?, ?, '', zeroblob(?))",
        )?
        .execute(params![event_id, case_id, bytes, sha256, is_sealed, length])
        .context("writing an attachment")?;
    let id = connection.last_insert_rowid();
    let mut hasher = Hasher::default();
    let mut blob = connection.blob_open("main", "attachments", "body", id, false).context("writing an attachment")?;
    let mut piece = vec![0; 64 << 10];
    loop {
        let n = content.read(&mut piece).context("reading an attachment")?;
        if n == 0 {
            break;
        }
        hasher.update(&piece[..n]);
        blob.write_all(&piece[..n]).context("writing an attachment")?;
    }
    blob.close().context("writing an attachment")?;
    connection
        .prepare_cached("UPDATE attachments SET stored_sha256 = ? WHERE id = ?")?
        .execute(params![hasher.finish().to_string(), id])
        .context("writing an attachment")?;
    Ok(())
}

impl Store {
    /// What people said in a case, event by event; sealed words are opened with the staff's keys.
    ///
    /// Errors: when the store cannot be read, or the keys do not open it.
    pub fn personal(&self, receipt: &str, keys: Option<&Keys>) -> Result<Vec<Personal>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT events.id, is_sealed, body FROM events LEFT JOIN words ON words.event_id = events.id \
             WHERE events.case_id = (SELECT id FROM cases WHERE receipt = ?) ORDER BY events.id",
        )?;
        let rows = statement.query_map([receipt], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<bool>>(1)?, row.get::<_, Option<Vec<u8>>>(2)?))
        })?;
        let mut res = Vec::new();
        for (event_idx, row) in rows.enumerate() {
            let (event_id, is_sealed, body) = row?;
            let words = match (body, is_sealed.unwrap_or_default(), keys) {
                (None, _, _) => Some(Words::default()),
                (Some(_), true, None) => None,
                (Some(body), true, Some(keys)) => {
                    let mut plain = Vec::new();
                    keys.open(&mut body.as_slice(), &mut plain)?;
                    Some(serde_json::from_slice(&plain).context("reading a case")?)
                }
                (Some(body), false, _) => Some(serde_json::from_slice(&body).context("reading a case")?),
            };
            res.push(Personal { event_idx, words, files: self.files_of(event_id)? });
        }
        Ok(res)
    }

    fn files_of(&self, event_id: i64) -> Result<Vec<(i64, Attached)>> {
        let query = "SELECT id, bytes, sha256 FROM attachments WHERE event_id = ? ORDER BY id";
        let mut statement = self.connection.prepare_cached(query)?;
        let rows = statement.query_map([event_id], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?))
        })?;
        let mut res = Vec::new();
        for row in rows {
            let (id, bytes, sha256) = row?;
            let sha256 = Digest::parse(&sha256).context("the digest of an attachment")?;
            res.push((id, Attached { bytes: u64::try_from(bytes)?, sha256 }));
        }
        Ok(res)
    }

    /// Writes the content of a file of a case.
    ///
    /// Errors: when there is no such file in the case, it is sealed to other keys, or reading or writing fails.
    pub fn read_file(&self, receipt: &str, id: i64, keys: Option<&Keys>, target: &mut dyn Write) -> Result<()> {
        let query = "SELECT is_sealed FROM attachments JOIN cases ON cases.id = case_id \
                     WHERE attachments.id = ? AND receipt = ?";
        let is_sealed: bool = match self.connection.query_row(query, params![id, receipt], |row| row.get(0)) {
            Err(rusqlite::Error::QueryReturnedNoRows) => {
                bail!("案件 {receipt} 没有附件 {id} / case {receipt} has no file {id}")
            }
            other => other.context("reading an attachment")?,
        };
        let mut blob = self.connection.blob_open("main", "attachments", "body", id, true)?;
        match (is_sealed, keys) {
            (false, _) => {
                std::io::copy(&mut blob, target).context("reading an attachment")?;
                Ok(())
            }
            (true, Some(keys)) => keys.open(&mut blob, target),
            (true, None) => bail!(
                "附件已加密：请用 --key 指明工作人员的私钥文件 / it is sealed: name the staff's key file with --key"
            ),
        }
    }
}
