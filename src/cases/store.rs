//! Where cases are kept: SQLite, events only ever appended, durable before anybody is told.
//!
//! `synchronous=FULL` with a write-ahead log: what was acknowledged survives a power cut. Source: `design/endpoint.md`,
//! which measured it. What is erased is overwritten (`secure_delete`); folder and file are the owner's alone.

use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, Result, bail};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Case, Event, OnRecord};
use crate::model::digest::Digest;

/// The edition of the tables; a newer one is refused.
const EDITION: i64 = 1;

/// Signs of a receipt after its year, five bits each.
const RECEIPT_SIGNS: usize = 10;

const TABLES: &str = "
    CREATE TABLE cases (id INTEGER PRIMARY KEY, receipt TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE events (
        id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases (id), event TEXT NOT NULL
    ) STRICT;
    CREATE INDEX events_of_case ON events (case_id);
";

/// The cases of a site.
pub struct Store {
    connection: Connection,
}

impl Store {
    /// Opens the store in a folder, and makes both where they are not there.
    ///
    /// Errors: when the disk fails, the file is no store, or a newer edition of the program made it.
    pub fn open(dir: &Path) -> Result<Self> {
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
                 PRAGMA secure_delete = ON; PRAGMA busy_timeout = 10000;",
            )
            .with_context(opening)?;
        let changes = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate);
        let changes = changes.with_context(opening)?;
        let edition: i64 = changes.pragma_query_value(None, "user_version", |row| row.get(0)).with_context(opening)?;
        match edition {
            0 => {
                changes.execute_batch(TABLES).with_context(opening)?;
                changes.pragma_update(None, "user_version", EDITION).with_context(opening)?;
            }
            EDITION => {}
            _ => bail!("{}: 由更新版本的 kaishu 建立 / made by a newer kaishu (edition {edition})", path.display()),
        }
        changes.commit().with_context(opening)?;
        Ok(Self { connection })
    }

    /// Puts a new case on file, durably, and answers its number: the year and signs that tell nothing of how many there are.
    ///
    /// Errors: when the disk fails; nothing is on file then.
    pub fn receive(&mut self, year: i16, event: &Event) -> Result<String> {
        let random: Vec<u8> = self.connection.query_row("SELECT randomblob(32)", [], |row| row.get(0))?;
        let receipt = format!("KS-{year}-{}", Digest::of(&random).short(RECEIPT_SIGNS));
        let text = serde_json::to_string(event).context("writing a case")?;
        let changes = self.connection.transaction().context("writing a case")?;
        changes.execute("INSERT INTO cases (receipt) VALUES (?)", [&receipt]).context("writing a case")?;
        let id = changes.last_insert_rowid();
        changes.execute("INSERT INTO events (case_id, event) VALUES (?, ?)", params![id, text])?;
        changes.commit().context("writing a case")?;
        Ok(receipt)
    }

    /// Adds what happened in a case, durably, where `allow` lets it follow what is on file at that moment.
    ///
    /// Errors: when the disk fails or there is no such case; the inner error is that of `allow`.
    pub fn append<E>(
        &mut self,
        receipt: &str,
        event: &Event,
        allow: impl FnOnce(&Case) -> std::result::Result<(), E>,
    ) -> Result<std::result::Result<Case, E>> {
        let text = serde_json::to_string(event).context("writing an event")?;
        let immediate = rusqlite::TransactionBehavior::Immediate;
        let changes = self.connection.transaction_with_behavior(immediate).context("writing an event")?;
        let Some((id, mut case)) = read(&changes, receipt)? else {
            bail!("没有回执号为 {receipt} 的案件 / there is no case {receipt}");
        };
        if let Err(why) = allow(&case) {
            return Ok(Err(why));
        }
        changes.execute("INSERT INTO events (case_id, event) VALUES (?, ?)", params![id, text])?;
        changes.commit().context("writing an event")?;
        case.events.push(event.clone());
        Ok(Ok(case))
    }

    /// A case by its receipt.
    ///
    /// Errors: when the store cannot be read.
    pub fn case(&self, receipt: &str) -> Result<Option<Case>> {
        Ok(read(&self.connection, receipt)?.map(|(_, case)| case))
    }

    /// What happened after an event, as the record has it, oldest first.
    ///
    /// Errors: when the store cannot be read.
    pub fn since(&self, event: i64) -> Result<Vec<OnRecord>> {
        let query = "SELECT events.id, receipt, event FROM events JOIN cases ON cases.id = case_id \
                     WHERE events.id > ? ORDER BY events.id";
        let mut statement = self.connection.prepare(query)?;
        let rows = statement.query_map([event], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })?;
        let mut res = Vec::new();
        for row in rows {
            let (id, receipt, text) = row?;
            let event: Event = serde_json::from_str(&text).with_context(|| format!("reading case {receipt}"))?;
            let (step, outcome) = event.step.public_part();
            let step = step.to_owned();
            res.push(OnRecord { kind: "case".to_owned(), event: id, at: event.at, receipt, step, outcome });
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
}

fn read(connection: &Connection, receipt: &str) -> Result<Option<(i64, Case)>> {
    let id = connection.query_row("SELECT id FROM cases WHERE receipt = ?", [receipt], |row| row.get(0));
    let Some(id): Option<i64> = id.optional().context("reading a case")? else { return Ok(None) };
    let mut statement = connection.prepare("SELECT event FROM events WHERE case_id = ? ORDER BY id")?;
    let mut events = Vec::new();
    for text in statement.query_map([id], |row| row.get::<_, String>(0))? {
        let text: String = text?;
        events.push(serde_json::from_str(&text).with_context(|| format!("reading case {receipt}"))?);
    }
    Ok(Some((id, Case { receipt: receipt.to_owned(), events })))
}
