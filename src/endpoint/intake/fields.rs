//! The fields of a submission: which there are, what each must hold, what is wrong with it.

use crate::cases::{CaseKind, Channel, Submission, Words};
use crate::endpoint::intake::Form;
use crate::rules::Regime;

/// Most characters of a statement.
pub const MAX_STATEMENT: usize = 4000;
/// Most characters of a contact and of a place.
pub const MAX_CONTACT: usize = 200;
/// Most characters of the place in the data.
const MAX_LOCATOR: usize = 500;
/// Most grounds or claims.
const MAX_CHOICES: usize = 20;

/// Every field that is read; others are left aside or, in JSON, refused.
pub const FIELDS: &[&str] = &[
    "kind",
    "dataset",
    "grounds",
    "claims",
    "locator",
    "statement",
    "contact",
    "guardian",
    "website",
    "challenge",
    "nonce",
    "lang",
    "secret",
    "receipt",
];

/// Whether a field belongs to what a person says, and not to how it was sent.
pub(super) fn is_said(name: &str) -> bool {
    !["website", "challenge", "nonce", "lang", "secret"].contains(&name)
}

/// The fields that a submission can state, for who named another one.
#[must_use]
pub fn said_fields() -> Vec<&'static str> {
    FIELDS.iter().copied().filter(|name| !["website", "secret", "receipt"].contains(name)).collect()
}

/// What submissions are judged by.
pub struct Rules<'a> {
    /// The regime in force.
    pub regime: &'a Regime,
    /// The identifier of the dataset that somebody means, where it is or was on the site.
    pub find: &'a dyn Fn(&str) -> Option<String>,
}

/// What is wrong with a field: a key of the theme's strings, with what fills its places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field.
    pub field: String,
    /// The key of the message.
    pub key: &'static str,
    /// A number or a list in the message.
    pub value: String,
}

impl Fault {
    /// A fault of a field.
    #[must_use]
    pub fn new(field: &str, key: &'static str, value: &str) -> Self {
        Self { field: field.to_owned(), key, value: value.to_owned() }
    }
}

/// What a person says, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What is not personal.
    pub submission: Submission,
    /// What is.
    pub words: Words,
}

/// Reads a submission from a form.
///
/// Errors: everything that is wrong, in the order of the fields.
pub fn submission(form: &Form, rules: &Rules<'_>) -> Result<Said, Vec<Fault>> {
    let mut faults = Vec::new();
    if !form.get("website").is_empty() {
        faults.push(Fault::new("website", "fault_website", ""));
    }
    let kind = CaseKind::ALL.into_iter().find(|kind| kind.code_name() == form.get("kind"));
    if kind.is_none() {
        faults.push(Fault::new("kind", "fault_kind", ""));
    }
    let typed = form.get("dataset");
    let dataset = (rules.find)(typed).filter(|_| !typed.is_empty());
    if typed.is_empty() && kind != Some(CaseKind::Report) {
        faults.push(Fault::new("dataset", "fault_dataset", ""));
    } else if !typed.is_empty() && dataset.is_none() {
        faults.push(Fault::new("dataset", "fault_dataset_unknown", ""));
    }
    let rule = &rules.regime.objection;
    let (grounds, claims): (&[String], &[String]) = match kind {
        Some(CaseKind::Objection) => (&rule.grounds, &rule.claims),
        Some(CaseKind::Correction) => (&rules.regime.correction.grounds, &[]),
        Some(CaseKind::Report) | None => (&[], &[]),
    };
    let chosen = |name, listed: &[String]| -> Vec<String> {
        form.all(name).filter_map(|said| rules.regime.meant(listed, said)).cloned().collect()
    };
    let (n_grounds, n_claims) = (form.all("grounds").count(), form.all("claims").count());
    let (chosen_grounds, chosen_claims) = (chosen("grounds", grounds), chosen("claims", claims));
    let is_objection = kind == Some(CaseKind::Objection);
    if chosen_grounds.len() != n_grounds || n_grounds > MAX_CHOICES {
        faults.push(Fault::new("grounds", "fault_grounds_unknown", &choices(grounds, rules.regime)));
    } else if is_objection && !grounds.is_empty() && chosen_grounds.is_empty() {
        faults.push(Fault::new("grounds", "fault_grounds", &choices(grounds, rules.regime)));
    }
    if chosen_claims.len() != n_claims || n_claims > MAX_CHOICES {
        faults.push(Fault::new("claims", "fault_grounds_unknown", &choices(claims, rules.regime)));
    }
    let words = match words(form) {
        Ok(words) => words,
        Err(more) => {
            faults.extend(more);
            Words::default()
        }
    };
    let Some(kind) = kind.filter(|_| faults.is_empty()) else { return Err(faults) };
    let submission = Submission {
        kind,
        dataset: dataset.unwrap_or_default(),
        grounds: chosen_grounds,
        claims: chosen_claims,
        is_guardian: !form.get("guardian").is_empty(),
        channel: Channel::Site,
        files: form.files.iter().map(|file| file.attached.clone()).collect(),
    };
    Ok(Said { submission, words })
}

/// What can be chosen, each with the code that programs can send for it.
fn choices(listed: &[String], regime: &Regime) -> String {
    let with_code = |words: &String| match regime.code_of(words) {
        Some(code) => format!("{words}（{code}）"),
        None => words.clone(),
    };
    listed.iter().map(with_code).collect::<Vec<_>>().join("；")
}

/// Reads what a person says.
///
/// Errors: everything that is wrong, in the order of the fields.
pub fn words(form: &Form) -> Result<Words, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut text = |name: &'static str, most: usize| {
        let text = form.get(name);
        if text.chars().count() > most {
            faults.push(Fault::new(name, "fault_too_long", &most.to_string()));
        }
        text.to_owned()
    };
    let locator = text("locator", MAX_LOCATOR);
    let statement = text("statement", MAX_STATEMENT);
    let contact = text("contact", MAX_CONTACT);
    if statement.is_empty() {
        faults.push(Fault::new("statement", "fault_statement", ""));
    }
    let files = form.names.clone();
    if faults.is_empty() { Ok(Words { statement, locator, contact, files }) } else { Err(faults) }
}
