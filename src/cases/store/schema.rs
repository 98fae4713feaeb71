//! The tables of the store and how an older edition becomes the present one.

use anyhow::{Context, Result, bail};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use serde_json::{Value, json};

/// The edition of the tables; a newer one is refused.
const EDITION: i64 = 2;

/// Numbers of events are never used again (`AUTOINCREMENT`): the record goes by them.
const TABLES: &str = "
    CREATE TABLE cases (id INTEGER PRIMARY KEY AUTOINCREMENT, receipt TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, case_id INTEGER NOT NULL REFERENCES cases (id), event TEXT NOT NULL,
        key TEXT UNIQUE, content TEXT
    ) STRICT;
    CREATE INDEX events_of_case ON events (case_id);
    CREATE TABLE words (
        event_id INTEGER PRIMARY KEY REFERENCES events (id), case_id INTEGER NOT NULL REFERENCES cases (id),
        is_sealed INTEGER NOT NULL, body BLOB NOT NULL
    ) STRICT;
    CREATE INDEX words_of_case ON words (case_id);
    CREATE TABLE attachments (
        id INTEGER PRIMARY KEY, event_id INTEGER NOT NULL REFERENCES events (id),
        case_id INTEGER NOT NULL REFERENCES cases (id), bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
        is_sealed INTEGER NOT NULL, stored_sha256 TEXT NOT NULL, body BLOB NOT NULL
    ) STRICT;
    CREATE INDEX attachments_of_case ON attachments (case_id);
    CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT;
    INSERT INTO meta VALUES ('secret_key', randomblob(32));
";

/// Makes the tables, or brings those of an older edition up to date, in one step.
///
/// Errors: when a newer edition of the program made them, or the disk fails.
pub fn bring_up_to_date(connection: &mut Connection) -> Result<()> {
    let edition = |connection: &Connection| -> rusqlite::Result<i64> {
        connection.pragma_query_value(None, "user_version", |row| row.get(0))
    };
    if edition(connection)? == EDITION {
        return Ok(());
    }
    let changes = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match edition(&changes)? {
        0 => changes.execute_batch(TABLES)?,
        1 => from_1(&changes).context("bringing the store up to date")?,
        EDITION => {}
        newer => bail!("由更新版本的 kaishu 建立 / made by a newer kaishu (edition {newer})"),
    }
    changes.pragma_update(None, "user_version", EDITION)?;
    changes.commit()?;
    Ok(())
}

/// Edition 1 had what people said inside the events, and one ground.
fn from_1(changes: &Transaction<'_>) -> Result<()> {
    let read = |query: &str| -> Result<Vec<(i64, i64, String)>> {
        let mut statement = changes.prepare(query)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let cases = read("SELECT id, id, receipt FROM cases ORDER BY id")?;
    let events = read("SELECT id, case_id, event FROM events ORDER BY id")?;
    changes.execute_batch("DROP TABLE events; DROP TABLE cases;")?;
    changes.execute_batch(TABLES)?;
    for (id, _, receipt) in cases {
        changes.execute("INSERT INTO cases (id, receipt) VALUES (?, ?)", params![id, receipt])?;
    }
    for (id, case_id, text) in events {
        let mut event: Value = serde_json::from_str(&text).with_context(|| format!("reading event {id}"))?;
        let mut words = json!({});
        if let Some(fields) = event.as_object_mut() {
            for name in ["statement", "contact"] {
                if let Some(said) = fields.remove(name) {
                    words[name] = said;
                }
            }
            if let Some(ground) = fields.remove("ground") {
                fields.insert("grounds".to_owned(), json!([ground]));
            }
        }
        let row = params![id, case_id, event.to_string()];
        changes.execute("INSERT INTO events (id, case_id, event) VALUES (?, ?, ?)", row)?;
        if words.as_object().is_some_and(|words| !words.is_empty()) {
            let row = params![id, case_id, words.to_string().into_bytes()];
            changes.execute("INSERT INTO words VALUES (?, ?, 0, ?)", row)?;
        }
    }
    Ok(())
}
