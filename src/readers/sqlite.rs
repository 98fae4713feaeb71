//! SQLite: each table of a database. Opened for reading only; views and virtual tables, which run code, are left aside.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::batch::{Builder, Cell};
use crate::diag::Code;
use crate::readers::header::unique_names;
use crate::readers::separated::MAX_COLUMNS;
use crate::readers::{Each, Input, NoTable, Notice, Opened, Outcome, Reader, Trouble, hand_over};

struct SqliteTable {
    path: PathBuf,
    name: String,
    part: String,
    columns: Vec<String>,
    /// What the database says of its tables, views and triggers: only the first table tells it.
    schema: Vec<String>,
}

/// Finds the tables of a database.
///
/// Errors: as [`crate::readers::open`].
pub fn open(input: Input<'_>) -> Result<Opened, Trouble> {
    let connection = connect(input.path)?;
    let mut statement = connection
        .prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid")
        .map_err(broken)?;
    let found = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    let found: Vec<(String, String)> = found.and_then(Iterator::collect).map_err(broken)?;
    let mut notices = Vec::new();
    let mut tables: Vec<SqliteTable> = Vec::new();
    for (name, sql) in found {
        if sql.trim_start().get(..14).is_some_and(|head| head.eq_ignore_ascii_case("CREATE VIRTUAL")) {
            notices.push(Notice::new(Code::TableNone, "虚拟表 / a virtual table").in_part(&name));
            continue;
        }
        let statement = connection.prepare(&select(&name)).map_err(broken)?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        if names.len() > MAX_COLUMNS {
            notices.push(Notice::new(Code::TableNone, format!("> {MAX_COLUMNS}")).in_part(&name));
            continue;
        }
        let columns = unique_names(&names);
        let path = input.path.to_owned();
        tables.push(SqliteTable { path, part: name.clone(), name, columns, schema: Vec::new() });
    }
    if let [table] = &mut tables[..] {
        table.part = String::new();
    }
    if let Some(first) = tables.first_mut() {
        let mut statement =
            connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").map_err(broken)?;
        let found = statement.query_map([], |row| row.get(0));
        first.schema = found.and_then(Iterator::collect).map_err(broken)?;
    }
    if tables.is_empty() && notices.is_empty() {
        return Err(NoTable::OtherShape("数据库中没有表 / a database without tables".to_owned()).into());
    }
    let tables = tables.into_iter().map(|table| Box::new(table) as Box<dyn Reader>).collect();
    Ok(Opened { tables, notices, encoding: "", members: Vec::new() })
}

/// Opens a database that nobody writes to; a journal beside it is not looked at.
///
/// Source: sqlite.org, security.html: defensive, no trust in the schema.
fn connect(path: &Path) -> Result<Connection, Trouble> {
    let mut uri = String::from("file:");
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(char::from(byte)),
            // Writing to a String cannot fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri, flags).map_err(broken)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true).map_err(broken)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false).map_err(broken)?;
    connection.pragma_update(None, "cell_size_check", true).map_err(broken)?;
    Ok(connection)
}

fn broken(error: impl std::fmt::Display) -> Trouble {
    NoTable::Broken(error.to_string()).into()
}

fn select(table: &str) -> String {
    format!("SELECT * FROM \"{}\"", table.replace('"', "\"\""))
}

impl Reader for SqliteTable {
    fn part(&self) -> &str {
        &self.part
    }

    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn is_typed(&self) -> bool {
        true
    }

    fn read(&mut self, each: &mut Each<'_>) -> Result<Outcome, Trouble> {
        let connection = connect(&self.path)?;
        let mut statement = connection.prepare(&select(&self.name)).map_err(broken)?;
        let n_columns = statement.column_count();
        let mut rows = statement.query([]).map_err(broken)?;
        let mut builder = Builder::new(n_columns);
        while let Some(row) = rows.next().map_err(broken)? {
            for idx in 0..n_columns {
                push(&mut builder, row.get_ref(idx).map_err(broken)?)?;
            }
            if builder.is_full() {
                hand_over(&mut builder, each)?;
            }
        }
        hand_over(&mut builder, each)?;
        Ok(Outcome::Complete)
    }

    fn notices(&self) -> Vec<Notice> {
        Vec::new()
    }

    fn beside(&self) -> Vec<String> {
        self.schema.clone()
    }
}

fn push(builder: &mut Builder, value: ValueRef<'_>) -> Result<(), Trouble> {
    match value {
        ValueRef::Null => builder.push(Cell::Missing),
        ValueRef::Integer(number) => builder.push(Cell::Raw(&number.to_string())),
        ValueRef::Real(number) if number.is_finite() => builder.push(Cell::Raw(&number.to_string())),
        ValueRef::Real(number) => builder.push(Cell::Text(&number.to_string())),
        ValueRef::Text(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(broken)?;
            builder.push(Cell::Text(text));
        }
        // Bytes have no text of their own: as base 64, which every reader can turn back.
        ValueRef::Blob(bytes) => builder.push(Cell::Text(&data_encoding::BASE64.encode(bytes))),
    }
    Ok(())
}
