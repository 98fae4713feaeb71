//! Where cases are kept: SQLite, events only ever appended, durable before anybody is told.
//!
//! `synchronous=FULL` with a write-ahead log: what was acknowledged survives a power cut. Source: `design/endpoint.md`,
//! which measured it. What people said and attached lies beside the events ([`personal`]), in the same file and the same
//! transaction: a case is there whole or not at all, and one copy of the file is a copy of everything.
//! What is erased is overwritten (`secure_delete`); folder and file are the owner's alone.

mod personal;
mod repeats;
mod schema;
mod upkeep;

use std::fs::File;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use sha2::Sha256;

use super::seal::Seal;
use super::{Attached, Case, Event, OnRecord, Step, Words};
use crate::model::digest::{Digest, copied};

pub use personal::Personal;
pub use repeats::Key;
use repeats::{Kept, known};
pub use upkeep::{Checked, Erasable, erasable};

/// Signs of a receipt after its year, five bits each.
const RECEIPT_SIGNS: usize = 10;
/// How long to wait for another process that writes.
const PATIENCE: Duration = Duration::from_secs(10);
/// Signs of a secret, five bits each.
const SECRET_SIGNS: usize = 16;

/// The cases of a site.
pub struct Store {
    connection: Connection,
    dir: PathBuf,
    seal: Seal,
    secret_key: Vec<u8>,
    /// The key of what makes requests the same.
    request_key: Vec<u8>,
}

/// A file that is to be put on file.
pub struct Upload {
    /// What it is, by its length and digest.
    pub attached: Attached,
    /// Its content, as often as needed.
    pub content: File,
}

/// An event with what belongs to it.
pub struct Entry<'a> {
    /// What happened.
    pub event: &'a Event,
    /// What was said.
    pub words: &'a Words,
    /// The files, in the order of their names in the words.
    pub files: &'a mut [Upload],
    /// What makes a second request the same.
    pub key: Option<Key>,
}

impl<'a> Entry<'a> {
    /// An event that nothing was said with.
    #[must_use]
    pub fn bare(event: &'a Event, silence: &'a Words) -> Self {
        Self { event, words: silence, files: &mut [], key: None }
    }
}

/// A case that is to be put on file.
pub struct New {
    /// The year of its number.
    pub year: i16,
    /// That it was received.
    pub event: Event,
    /// What was said.
    pub words: Words,
    /// The files, in the order of their names in the words.
    pub files: Vec<Upload>,
    /// What makes a second request the same.
    pub key: Option<Key>,
    /// What follows at once, in the same breath.
    pub then: Option<Event>,
}

impl New {
    fn entry(&mut self) -> Entry<'_> {
        Entry { event: &self.event, words: &self.words, files: &mut self.files, key: None }
    }
}

/// What became of what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put<T> {
    /// It is on file.
    New(T),
    /// It was on file already.
    Known(T),
    /// Something else came under the same key.
    Conflict,
}

/// Why nothing was added to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused<E> {
    /// There is no such case.
    Unknown,
    /// It may not follow.
    NotAllowed(E),
}

impl Store {
    /// Opens the store in a folder, and makes both where they are not there.
    ///
    /// Errors: when the disk fails, the file is no store, or a newer edition of the program made it.
    pub fn open(dir: &Path, seal: Seal) -> Result<Self> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .with_context(|| format!("making {}", dir.display()))?;
        let path = dir.join("cases.db");
        let opening = || format!("opening {}", path.display());
        let mut connection = Connection::open(&path).with_context(opening)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).with_context(opening)?;
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                 PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;",
            )
            .with_context(opening)?;
        connection.busy_timeout(PATIENCE).with_context(opening)?;
        schema::bring_up_to_date(&mut connection).with_context(opening)?;
        let secret_key = connection.query_row("SELECT value FROM meta WHERE name = 'secret_key'", [], |row| row.get(0));
        let secret_key = secret_key.with_context(opening)?;
        let request_key = repeats::request_key(&connection, dir)?;
        Ok(Self { connection, dir: dir.to_owned(), seal, secret_key, request_key })
    }

    /// Puts a new case on file, durably, and answers it.
    ///
    /// Errors: when the disk fails; nothing is on file then.
    pub fn receive(&mut self, case: &mut New) -> Result<Put<Case>> {
        let prepared = self.prepare(case)?;
        let changes = begin(&mut self.connection)?;
        let put = put_new(&changes, case, prepared)?;
        changes.commit().context("writing a case")?;
        Ok(put)
    }

    /// Puts several new cases on file with one flush of the disk, and answers each. Where anything fails, each is tried by
    /// itself, so that one that cannot be kept costs no other.
    pub fn receive_all(&mut self, cases: &mut [New]) -> Vec<Result<Put<Case>>> {
        if cases.len() > 1
            && let Ok(put) = self.receive_together(cases)
        {
            return put.into_iter().map(Ok).collect();
        }
        cases.iter_mut().map(|case| self.receive(case)).collect()
    }

    fn receive_together(&mut self, cases: &mut [New]) -> Result<Vec<Put<Case>>> {
        let prepared: Vec<_> = cases.iter_mut().map(|case| self.prepare(case)).collect::<Result<_>>()?;
        let changes = begin(&mut self.connection)?;
        let put = cases.iter_mut().zip(prepared).map(|(case, prepared)| put_new(&changes, case, prepared));
        let put = put.collect::<Result<Vec<_>>>()?;
        changes.commit().context("writing cases")?;
        Ok(put)
    }

    /// What is worked out of a case before the store is locked for it.
    fn prepare(&self, case: &mut New) -> Result<(personal::Sealed, Option<Kept>)> {
        let kept = self.kept(case.key.clone())?;
        Ok((personal::Sealed::new(&self.seal, &self.dir, &mut case.entry())?, kept))
    }

    /// Adds what happened in a case, durably, where `allow` lets it follow what is on file at that moment; `then` follows
    /// at once, in the same breath.
    ///
    /// Errors: when the disk fails; the inner error says why nothing was added.
    pub fn append<E>(
        &mut self,
        receipt: &str,
        mut entry: Entry<'_>,
        then: Option<&Event>,
        allow: impl FnOnce(&Case) -> std::result::Result<(), E>,
    ) -> Result<std::result::Result<Put<Case>, Refused<E>>> {
        let sealed = personal::Sealed::new(&self.seal, &self.dir, &mut entry)?;
        let kept = self.kept(entry.key.take())?;
        let changes = begin(&mut self.connection)?;
        let Some((id, mut case)) = read(&changes, receipt)? else { return Ok(Err(Refused::Unknown)) };
        if let Some(known) = known(&changes, kept.as_ref())? {
            // A key that was used for another case tells nothing of it.
            let is_of_other = matches!(&known, Put::Known(other) if other.receipt != receipt);
            return Ok(Ok(if is_of_other { Put::Conflict } else { known }));
        }
        if let Err(why) = allow(&case) {
            return Ok(Err(Refused::NotAllowed(why)));
        }
        sealed.put(&changes, id, &mut entry, kept.as_ref())?;
        case.events.push(entry.event.clone());
        if let Some(event) = then {
            insert(&changes, id, event, None)?;
            case.events.push(event.clone());
        }
        changes.commit().context("writing an event")?;
        Ok(Ok(Put::New(case)))
    }

    /// A case by its receipt.
    ///
    /// Errors: when the store cannot be read.
    pub fn case(&self, receipt: &str) -> Result<Option<Case>> {
        Ok(read(&self.connection, receipt)?.map(|(_, case)| case))
    }

    /// The secret that goes with a receipt. It is worked out, not kept, so that a request that is repeated gets the same.
    ///
    /// Errors: none that can come of data.
    pub fn secret_of(&self, receipt: &str) -> Result<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret_key).context("the key of the secrets")?;
        mac.update(receipt.as_bytes());
        let signs = Digest::of(&mac.finalize().into_bytes()).to_copy(SECRET_SIGNS);
        let groups: Vec<&str> = (0..SECRET_SIGNS).step_by(4).map(|at| &signs[at..at + 4]).collect();
        Ok(groups.join("-"))
    }

    /// A case by its receipt and secret; blanks and capitals do not matter, people type it.
    ///
    /// Errors: when the store cannot be read.
    pub fn case_for(&self, receipt: &str, secret: &str) -> Result<Option<Case>> {
        // Digests are compared, so that the time tells nothing of the first signs.
        let digest = |secret: &str| Digest::of(copied(secret).as_bytes());
        let fits = digest(secret) == digest(&self.secret_of(receipt)?);
        if fits { self.case(receipt) } else { Ok(None) }
    }

    /// What happened after an event, as the record has it, oldest first, so many at most.
    ///
    /// Errors: when the store cannot be read.
    pub fn since(&self, event: i64, most: usize) -> Result<Vec<OnRecord>> {
        let query = "SELECT events.id, receipt, event FROM events JOIN cases ON cases.id = case_id \
                     WHERE events.id > ? ORDER BY events.id LIMIT ?";
        let mut statement = self.connection.prepare_cached(query)?;
        let rows = statement.query_map(params![event, i64::try_from(most)?], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })?;
        let mut res = Vec::new();
        for row in rows {
            let (id, receipt, text) = row?;
            let event: Event = serde_json::from_str(&text).context("reading a case")?;
            let (step, outcome) = event.step.public_part();
            let asked = if let Step::Received(submission) = &event.step { Some(submission.kind) } else { None };
            let step = step.to_owned();
            res.push(OnRecord { kind: "case".to_owned(), event: id, at: event.at, receipt, step, outcome, asked });
        }
        Ok(res)
    }

    /// Every case, oldest first.
    ///
    /// Errors: when the store cannot be read.
    pub fn all(&self) -> Result<Vec<Case>> {
        let mut statement = self.connection.prepare("SELECT receipt FROM cases ORDER BY id")?;
        let receipts: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut res = Vec::with_capacity(receipts.len());
        for receipt in receipts {
            res.extend(self.case(&receipt)?);
        }
        Ok(res)
    }

    /// How many bytes the attachments have together.
    ///
    /// Errors: when the store cannot be read.
    pub fn attached_bytes(&self) -> Result<u64> {
        let sum: i64 =
            self.connection.query_row("SELECT coalesce(sum(bytes), 0) FROM attachments", [], |row| row.get(0))?;
        u64::try_from(sum).context("the bytes of attachments")
    }

    /// Whether the store can be written to at this moment.
    ///
    /// Errors: why not.
    pub fn try_write(&mut self) -> Result<()> {
        let changes = begin(&mut self.connection)?;
        changes
            .execute("INSERT INTO meta VALUES ('health', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", [])?;
        changes.commit().context("writing to the store")
    }
}

/// Whether an error says that there is no room left.
#[must_use]
pub fn is_full(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let of_store = cause.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code);
        let of_disk = cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        of_store == Some(rusqlite::ErrorCode::DiskFull)
            || matches!(of_disk, Some(std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded))
    })
}

fn begin(connection: &mut Connection) -> Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate).context("writing to the store")
}

/// Puts a new case into the store; its number is the year and signs that tell nothing of how many there are.
fn put_new(
    changes: &Connection,
    case: &mut New,
    (sealed, kept): (personal::Sealed, Option<Kept>),
) -> Result<Put<Case>> {
    if let Some(known) = known(changes, kept.as_ref())? {
        return Ok(known);
    }
    let random: Vec<u8> = changes.prepare_cached("SELECT randomblob(32)")?.query_row([], |row| row.get(0))?;
    let receipt = format!("KS-{}-{}", case.year, Digest::of(&random).to_copy(RECEIPT_SIGNS));
    changes.prepare_cached("INSERT INTO cases (receipt) VALUES (?)")?.execute([&receipt]).context("writing a case")?;
    let id = changes.last_insert_rowid();
    sealed.put(changes, id, &mut case.entry(), kept.as_ref())?;
    let mut events = vec![case.event.clone()];
    if let Some(event) = &case.then {
        insert(changes, id, event, None)?;
        events.push(event.clone());
    }
    Ok(Put::New(Case { receipt, events }))
}

/// Adds an event and answers its number.
fn insert(connection: &Connection, case_id: i64, event: &Event, key: Option<&Kept>) -> Result<i64> {
    let text = serde_json::to_string(event).context("writing an event")?;
    let (key, content) = (key.map(|key| &key.key), key.map(|key| &key.content));
    connection
        .prepare_cached("INSERT INTO events (case_id, event, key, content) VALUES (?, ?, ?, ?)")?
        .execute(params![case_id, text, key, content])
        .context("writing an event")?;
    Ok(connection.last_insert_rowid())
}

fn read(connection: &Connection, receipt: &str) -> Result<Option<(i64, Case)>> {
    let mut statement = connection.prepare_cached("SELECT id FROM cases WHERE receipt = ?")?;
    let id: Option<i64> = statement.query_row([receipt], |row| row.get(0)).optional().context("reading a case")?;
    let Some(id) = id else { return Ok(None) };
    let mut statement = connection.prepare_cached("SELECT event FROM events WHERE case_id = ? ORDER BY id")?;
    let mut events = Vec::new();
    for text in statement.query_map([id], |row| row.get::<_, String>(0))? {
        let text: String = text?;
        events.push(serde_json::from_str(&text).context("reading a case")?);
    }
    Ok(Some((id, Case { receipt: receipt.to_owned(), events })))
}
