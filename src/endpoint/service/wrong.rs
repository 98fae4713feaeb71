//! What is wrong with a request, by a stable code; the words come from the theme's strings in the visitor's language.

use serde_json::json;

use crate::endpoint::intake::{Fault, MAX_FILE_BYTES, MAX_FILES, MAX_FILES_BYTES, Unreadable, said_fields};
use crate::pages::case_pages::FieldError;
use crate::pages::{Strings, size};

/// What is wrong.
#[derive(Debug)]
pub struct Wrong {
    /// What, by its code.
    pub code: Code,
    /// What fills the place in the message.
    pub value: String,
    /// What is wrong with which field.
    pub faults: Vec<Fault>,
    /// In how many seconds to come again.
    pub retry_after: Option<u32>,
}

/// The codes, each with its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Malformed,
    Origin,
    NotFound,
    Address,
    Method,
    Conflict,
    NotAllowed,
    TooLarge,
    Type,
    Fields,
    File,
    Rate,
    Store,
    Full,
}

impl Code {
    /// The code as it is answered, and the HTTP status.
    #[must_use]
    pub fn parts(self) -> (&'static str, u16) {
        match self {
            Self::Malformed => ("MALFORMED", 400),
            Self::Origin => ("ORIGIN", 403),
            Self::NotFound => ("NOT_FOUND", 404),
            Self::Address => ("ADDRESS", 404),
            Self::Method => ("METHOD", 405),
            Self::Conflict => ("CONFLICT", 409),
            Self::NotAllowed => ("NOT_ALLOWED", 409),
            Self::TooLarge => ("TOO_LARGE", 413),
            Self::Type => ("TYPE", 415),
            Self::Fields => ("FIELDS", 422),
            Self::File => ("FILE", 422),
            Self::Rate => ("RATE", 429),
            Self::Store => ("STORE", 503),
            Self::Full => ("FULL", 507),
        }
    }
}

impl From<Code> for Wrong {
    fn from(code: Code) -> Self {
        Self { code, value: String::new(), faults: Vec::new(), retry_after: None }
    }
}

impl Wrong {
    /// With what fills the place in the message.
    pub fn about(code: Code, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..Self::from(code) }
    }

    /// Fields that must be mended.
    #[must_use]
    pub fn fields(faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::from(Code::Fields) }
    }

    /// Too many; again after so many seconds.
    #[must_use]
    pub fn too_many(seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..Self::from(Code::Rate) }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.code.parts().1
    }

    /// What it says, in a language.
    #[must_use]
    pub fn message(&self, strings: &Strings) -> String {
        let key = format!("wrong_{}", self.code.parts().0.to_ascii_lowercase());
        let value = if self.value.starts_with("why_") { strings.get(&self.value) } else { &self.value };
        strings.fill(&key, &[("value", value)])
    }

    /// What it says as a whole and of each field, in one text.
    #[must_use]
    pub fn told(&self, strings: &Strings) -> String {
        let errors = self.errors(strings).into_iter().map(|error| error.message);
        std::iter::once(self.message(strings)).chain(errors).collect::<Vec<_>>().join(" ")
    }

    /// What it says of each field.
    #[must_use]
    pub fn errors(&self, strings: &Strings) -> Vec<FieldError> {
        let (file, total, files) = (size(MAX_FILE_BYTES), size(MAX_FILES_BYTES), MAX_FILES.to_string());
        let fields = said_fields().join(", ");
        let error = |fault: &Fault| {
            let limits = [("file", file.as_str()), ("total", &total), ("files", &files), ("fields", &fields)];
            let places = [&[("value", fault.value.as_str())], &limits[..]].concat();
            FieldError { name: fault.field.clone(), message: strings.fill(fault.key, &places) }
        };
        self.faults.iter().map(error).collect()
    }

    /// The answer for programs.
    #[must_use]
    pub fn json(&self, strings: &Strings) -> serde_json::Value {
        let (code, status) = self.code.parts();
        let fields: Vec<_> = self.errors(strings).into_iter().map(|error| json!(error)).collect();
        json!({ "error": { "status": status, "code": code, "message": self.message(strings), "fields": fields } })
    }
}

impl From<Unreadable> for Wrong {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Type => Code::Type.into(),
            Unreadable::Malformed(fault) => Self { faults: vec![*fault], ..Self::from(Code::Malformed) },
            Unreadable::TooLarge(fault) => Self { faults: vec![*fault], ..Self::from(Code::TooLarge) },
            Unreadable::File(name, _) => {
                let fault = Fault::new("evidence", "fault_file", &name);
                Self { faults: vec![fault], ..Self::about(Code::File, name) }
            }
            Unreadable::Machine(error) => Self::from(anyhow::Error::from(error)),
        }
    }
}

impl From<anyhow::Error> for Wrong {
    fn from(error: anyhow::Error) -> Self {
        let code = if crate::cases::store::is_full(&error) { Code::Full } else { Code::Store };
        Self { retry_after: Some(30), ..Self::about(code, format!("{error:#}")) }
    }
}
