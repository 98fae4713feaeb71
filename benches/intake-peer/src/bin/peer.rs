//! The peer of `kaishu endpoint`: what is usually written for the same task, axum before SQLite.
//!
//! `peer STATE_DIR` answers `POST /cases` (JSON) after the commit of one transaction with one row in each of three
//! tables, and `GET /cases/RECEIPT?secret=SECRET`. It leaves out what is not the insert: it checks no dataset, no
//! limits and no origin, seals nothing, counts no deadlines, and refuses a key it has seen instead of answering it
//! again.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::body::Bytes;
use axum::extract::{Path as Segment, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

const TABLES: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
    CREATE TABLE IF NOT EXISTS cases (
        id INTEGER PRIMARY KEY, receipt TEXT NOT NULL UNIQUE, key_hash BLOB UNIQUE, content_hash BLOB NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, case_id INTEGER NOT NULL REFERENCES cases (id), event TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS events_of_case ON events (case_id);
    CREATE TABLE IF NOT EXISTS words (
        event_id INTEGER PRIMARY KEY REFERENCES events (id),
        case_id INTEGER NOT NULL REFERENCES cases (id),
        body BLOB NOT NULL
    ) STRICT;
";

/// Bytes of randomness in a receipt and in a secret.
const RANDOM_BYTES: usize = 10;

/// The one connection, used by one request at a time.
type Store = Arc<Mutex<Connection>>;

#[tokio::main]
async fn main() -> Result<()> {
    let dir = std::env::args_os().nth(1).context("usage: peer STATE_DIR")?;
    let store = Arc::new(Mutex::new(open(Path::new(&dir))?));
    let router = Router::new().route("/cases", post(receive)).route("/cases/{receipt}", get(status)).with_state(store);
    let listener = TcpListener::bind("127.0.0.1:0").await.context("listening")?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, router).await.context("serving")
}

/// What is posted.
#[derive(Deserialize)]
struct Form {
    kind: String,
    dataset: String,
    grounds: Vec<String>,
    statement: String,
}

/// The event of a case, as it is stored: no word of the statement.
#[derive(Deserialize, Serialize)]
struct Received {
    kind: String,
    dataset: String,
    grounds: Vec<String>,
    secret_hash: String,
}

/// A case about to be inserted.
struct Case {
    receipt: String,
    key_hash: Option<[u8; 32]>,
    content_hash: [u8; 32],
    event: String,
    statement: String,
}

/// The part of an address that opens a case.
#[derive(Deserialize)]
struct Access {
    secret: String,
}

/// What went wrong, as an answer.
enum Refusal {
    Status(StatusCode),
    Failure(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Refusal {
    fn from(err: E) -> Self {
        Self::Failure(err.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Status(status) => status,
            Self::Failure(err) => {
                eprintln!("{err:#}");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        (status, Json(json!({"error": {"status": status.as_u16()}}))).into_response()
    }
}

async fn receive(State(store): State<Store>, headers: HeaderMap, body: Bytes) -> Result<Response, Refusal> {
    let form: Form = serde_json::from_slice(&body).map_err(|_| Refusal::Status(StatusCode::UNPROCESSABLE_ENTITY))?;
    let (receipt, secret) = (format!("KS-{}", random_signs()?), random_signs()?);
    let Form { kind, dataset, grounds, statement } = form;
    let event = serde_json::to_string(&Received { kind, dataset, grounds, secret_hash: hash_of_secret(&secret) })?;
    let case = Case {
        receipt: receipt.clone(),
        key_hash: headers.get("idempotency-key").map(|key| Sha256::digest(key.as_bytes()).into()),
        content_hash: Sha256::digest(&body).into(),
        event,
        statement,
    };
    if !in_store(store, move |connection| insert(connection, &case)).await? {
        return Err(Refusal::Status(StatusCode::CONFLICT));
    }
    Ok((StatusCode::CREATED, Json(json!({"receipt": receipt, "secret": secret}))).into_response())
}

async fn status(
    State(store): State<Store>,
    Segment(receipt): Segment<String>,
    Query(access): Query<Access>,
) -> Result<Response, Refusal> {
    let wanted = receipt.clone();
    let received = in_store(store, move |connection| event_of(connection, &wanted)).await?;
    match received.filter(|received| received.secret_hash == hash_of_secret(&access.secret)) {
        Some(Received { kind, dataset, grounds, .. }) => {
            let case = json!({
                "receipt": receipt, "kind": kind, "dataset": dataset, "grounds": grounds, "state": "received",
            });
            Ok(Json(case).into_response())
        }
        None => Err(Refusal::Status(StatusCode::NOT_FOUND)),
    }
}

/// Does something with the connection in a thread that may wait.
async fn in_store<T: Send + 'static>(
    store: Store,
    action: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
) -> Result<T> {
    // A transaction that a panic interrupted was rolled back: what it leaves is fit for use.
    let locked = move || action(&mut store.lock().unwrap_or_else(PoisonError::into_inner));
    tokio::task::spawn_blocking(locked).await.context("waiting for the store")?
}

fn open(dir: &Path) -> Result<Connection> {
    let path = dir.join("peer.db");
    let opening = || format!("opening {}", path.display());
    std::fs::create_dir_all(dir).with_context(opening)?;
    let connection = Connection::open(&path).with_context(opening)?;
    connection.execute_batch(TABLES).with_context(opening)?;
    Ok(connection)
}

/// Inserts a case durably; `false` where its key or its receipt is there already.
fn insert(connection: &mut Connection, case: &Case) -> Result<bool> {
    let changes = connection.transaction()?;
    let inserted = changes.execute(
        "INSERT INTO cases (receipt, key_hash, content_hash) VALUES (?, ?, ?)",
        params![case.receipt, case.key_hash, case.content_hash],
    );
    match inserted {
        Err(err) if err.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => return Ok(false),
        other => other.context("inserting a case")?,
    };
    let case_id = changes.last_insert_rowid();
    changes.execute("INSERT INTO events (case_id, event) VALUES (?, ?)", params![case_id, case.event])?;
    let event_id = changes.last_insert_rowid();
    changes.execute(
        "INSERT INTO words (event_id, case_id, body) VALUES (?, ?, ?)",
        params![event_id, case_id, case.statement.as_bytes()],
    )?;
    changes.commit().context("committing a case")?;
    Ok(true)
}

fn event_of(connection: &Connection, receipt: &str) -> Result<Option<Received>> {
    let query = "SELECT event FROM cases JOIN events ON case_id = cases.id WHERE receipt = ?";
    let event: Option<String> = connection.query_row(query, [receipt], |row| row.get(0)).optional()?;
    event.map(|event| serde_json::from_str(&event).context("reading a case")).transpose()
}

fn random_signs() -> Result<String> {
    let mut bytes = [0; RANDOM_BYTES];
    getrandom::fill(&mut bytes).context("drawing random bytes")?;
    Ok(BASE32_NOPAD.encode(&bytes).to_lowercase())
}

fn hash_of_secret(secret: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(secret))
}
