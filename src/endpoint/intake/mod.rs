//! What was sent, read within limits: a form in `multipart/form-data` or a JSON object, into fields and checked files.

mod fields;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cases::Attached;
use crate::cases::store::Upload;
use crate::endpoint::attachment::{self, WhyNot, plain_name};
use crate::endpoint::multipart::{self, Limits, Refusal, Sink, boundary_of};
use crate::model::digest::{Digest, Hasher};
use crate::model::route::percent_decode;
use crate::pages::size;

pub use fields::{FIELDS, Fault, MAX_CONTACT, MAX_STATEMENT, Rules, Said, said_fields, submission, words};

/// Most files of one request.
pub const MAX_FILES: usize = 5;
/// Most bytes of one file.
pub const MAX_FILE_BYTES: u64 = 10 << 20;
/// Most bytes of all files of one request.
pub const MAX_FILES_BYTES: u64 = MAX_FILES as u64 * MAX_FILE_BYTES;
/// Most bytes of a body without files.
const MAX_PLAIN_BYTES: u64 = 64 << 10;
/// Most bytes of a request: the files with what stands around them.
pub const MAX_BODY_BYTES: u64 = MAX_FILES_BYTES + (1 << 20);

/// What was sent.
#[derive(Default)]
pub struct Form {
    fields: BTreeMap<String, Vec<String>>,
    /// The names of the files as they may be shown, in the order of the files.
    pub names: Vec<String>,
    /// The files, each of an accepted kind.
    pub files: Vec<Upload>,
}

/// Why what was sent could not be read.
#[derive(Debug)]
pub enum Unreadable {
    /// It is neither a form nor JSON.
    Type,
    /// It is not well formed.
    Malformed(Box<Fault>),
    /// It is larger than allowed.
    TooLarge(Box<Fault>),
    /// A file is of no accepted kind; its name.
    File(String, WhyNot),
    /// The machine failed.
    Machine(io::Error),
}

impl Form {
    /// The first value of a field, without blanks around it; empty where there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.fields.get(name).and_then(|values| values.first()).map_or("", |text| text.trim())
    }

    /// All values of a field that say something.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.get(name).into_iter().flatten().map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// The digest of everything that was said and attached, by which a repetition is known.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut hasher = Hasher::default();
        for (name, values) in self.fields.iter().filter(|(name, _)| fields::is_said(name)) {
            for value in values {
                hasher.update_field(name);
                hasher.update_field(value.trim());
            }
        }
        for (name, file) in self.names.iter().zip(&self.files) {
            hasher.update_field(name);
            hasher.update_field(&file.attached.sha256.to_string());
        }
        hasher.finish()
    }
}

/// Reads a body by its content type; files go into nameless files of a folder.
///
/// Errors: why it could not be read, with the fields that were read until then.
pub fn read(content_type: &str, body: &mut dyn Read, dir: &Path) -> Result<Form, (Unreadable, Form)> {
    let nothing = |why| (why, Form::default());
    let main_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match main_type.as_str() {
        "multipart/form-data" => {
            let boundary = boundary_of(content_type);
            let boundary = boundary.ok_or_else(|| nothing(unreadable(Refusal::Boundary)))?;
            let mut sink = Collector { form: Form::default(), open: None, dir: dir.to_owned() };
            let limits = Limits { files_bytes: MAX_FILES_BYTES, ..Limits::default() };
            let limits = Limits { files: MAX_FILES, file_bytes: MAX_FILE_BYTES, ..limits };
            match multipart::read(body, &boundary, &limits, &mut sink) {
                Ok(()) => sink.form.check(),
                Err(refusal) => Err((unreadable(refusal), sink.form)),
            }
        }
        "application/json" => read_json(body).map_err(nothing),
        "application/x-www-form-urlencoded" => read_urlencoded(body).map_err(nothing),
        _ => Err(nothing(Unreadable::Type)),
    }
}

/// What a refusal means to who fills in the form; the limits stand in the words.
fn unreadable(refusal: Refusal) -> Unreadable {
    let large = |field: &str, key, value: &str| Unreadable::TooLarge(Box::new(Fault::new(field, key, value)));
    match refusal {
        Refusal::Source(error) | Refusal::Sink(error) => Unreadable::Machine(error),
        Refusal::FieldTooLong { name, limit } => large(&name, "fault_field_large", &size(limit as u64)),
        Refusal::FileTooLong { filename, .. } => large("evidence", "fault_file_large", &plain_name(&filename)),
        Refusal::FilesTooLong { .. } => large("evidence", "fault_files_large", ""),
        Refusal::TooManyFiles { .. } => large("evidence", "fault_many_files", ""),
        Refusal::TooManyFields { .. } | Refusal::TooManyParts { .. } => large("form", "fault_many_fields", ""),
        other => Unreadable::Malformed(Box::new(Fault::new("form", "fault_form", &other.to_string()))),
    }
}

/// Reads at most as much as a body without files may have.
fn read_small(body: &mut dyn Read) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    body.take(MAX_PLAIN_BYTES + 1).read_to_end(&mut bytes).map_err(Unreadable::Machine)?;
    if bytes.len() as u64 > MAX_PLAIN_BYTES {
        let fault = Fault::new("body", "fault_field_large", &size(MAX_PLAIN_BYTES));
        return Err(Unreadable::TooLarge(Box::new(fault)));
    }
    Ok(bytes)
}

/// Reads a form without files, as `curl --data` sends it.
///
/// Errors: why it could not be read.
fn read_urlencoded(body: &mut dyn Read) -> Result<Form, Unreadable> {
    let malformed = || Unreadable::Malformed(Box::new(Fault::new("form", "fault_form", "x-www-form-urlencoded")));
    let text = String::from_utf8(read_small(body)?).map_err(|_| malformed())?;
    let mut form = Form::default();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let plain = |part: &str| percent_decode(&part.replace('+', " ")).ok_or_else(malformed);
        let (name, value) = (plain(name)?, plain(value)?);
        // As in the other form: what nobody asked for is left aside.
        if FIELDS.contains(&name.as_str()) {
            form.fields.entry(name).or_default().push(value.replace("\r\n", "\n"));
        }
    }
    Ok(form)
}

/// Reads a JSON object whose values are texts, lists of texts, and truth values.
///
/// Errors: why it could not be read.
fn read_json(body: &mut dyn Read) -> Result<Form, Unreadable> {
    let bytes = read_small(body)?;
    let malformed = |at: &str| Unreadable::Malformed(Box::new(Fault::new("json", "fault_json", at)));
    let value: Value =
        serde_json::from_slice(&bytes).map_err(|error| malformed(&format!("{}:{}", error.line(), error.column())))?;
    let Value::Object(object) = value else { return Err(malformed("1:1")) };
    let mut form = Form::default();
    for (name, value) in object {
        let wrong = |key| Unreadable::Malformed(Box::new(Fault::new(&name, key, &name)));
        if !FIELDS.contains(&name.as_str()) {
            return Err(wrong("fault_field_unknown"));
        }
        let values = match value {
            Value::Null => Vec::new(),
            Value::String(text) => vec![text],
            Value::Bool(is_on) => {
                if is_on {
                    vec!["on".to_owned()]
                } else {
                    Vec::new()
                }
            }
            Value::Array(items) => {
                let texts =
                    items.into_iter().map(|item| if let Value::String(text) = item { Some(text) } else { None });
                texts.collect::<Option<_>>().ok_or_else(|| wrong("fault_field_type"))?
            }
            Value::Number(_) | Value::Object(_) => return Err(wrong("fault_field_type")),
        };
        form.fields.insert(name, values);
    }
    Ok(form)
}

impl Form {
    /// Checks what each file is, by its content.
    fn check(mut self) -> Result<Self, (Unreadable, Self)> {
        let mut checked = self.names.iter().zip(&mut self.files);
        let fault = checked.find_map(|(name, file)| match attachment::check(&mut file.content) {
            Ok(_) => None,
            Err(WhyNot::Io(error)) => Some(Unreadable::Machine(error)),
            Err(why) => Some(Unreadable::File(name.clone(), why)),
        });
        match fault {
            None => Ok(self),
            Some(why) => Err((why, self)),
        }
    }
}

/// Takes the parts of a form.
struct Collector {
    form: Form,
    open: Option<Open>,
    dir: PathBuf,
}

/// A file that is arriving.
struct Open {
    name: String,
    content: io::BufWriter<File>,
    hasher: Hasher,
    bytes: u64,
}

impl Sink for Collector {
    fn field(&mut self, name: &str, text: &str) -> io::Result<()> {
        // A field that nobody asked for is left aside; browsers' extensions add some.
        if FIELDS.contains(&name) {
            // A form sends every line end as two signs.
            self.form.fields.entry(name.to_owned()).or_default().push(text.replace("\r\n", "\n"));
        }
        Ok(())
    }

    fn begin_file(&mut self, _name: &str, filename: &str) -> io::Result<()> {
        let content = io::BufWriter::with_capacity(64 << 10, tempfile::tempfile_in(&self.dir)?);
        self.open = Some(Open { name: plain_name(filename), content, hasher: Hasher::default(), bytes: 0 });
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(open) = &mut self.open {
            open.content.write_all(bytes)?;
            open.hasher.update(bytes);
            open.bytes += bytes.len() as u64;
        }
        Ok(())
    }

    fn end_file(&mut self) -> io::Result<()> {
        if let Some(open) = self.open.take() {
            let content = open.content.into_inner().map_err(io::IntoInnerError::into_error)?;
            self.form.names.push(open.name);
            let attached = Attached { bytes: open.bytes, sha256: open.hasher.finish() };
            self.form.files.push(Upload { attached, content });
        }
        Ok(())
    }
}
