//! What the team has decided and has on paper, in files beside the catalog: approvals of lowered classes, grounds for
//! publishing what screening found, transforms that mask it.
//!
//! Every decision names who took it, when and on which rule: an entry that leaves one out is an error, not a decision.

pub mod approvals;
pub mod grounds;
pub mod transforms;

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::diag::{Code, Finding, Place};
use crate::model::digest::Digest;
use crate::site::toml_finding;
use approvals::Approval;
use grounds::Ground;
use transforms::Transform;

/// All decisions of a site.
#[derive(Debug, Default)]
pub struct Decisions {
    /// `datasets/approvals.toml`.
    pub approvals: Vec<Approval>,
    /// `datasets/grounds.toml`.
    pub grounds: Vec<Ground>,
    /// `datasets/transforms.toml`.
    pub transforms: Vec<Transform>,
    /// The files that were read, with their digests, for the record.
    pub files: Vec<(String, Digest)>,
}

impl Decisions {
    /// Reads the files that are there.
    ///
    /// Errors: a finding that names file and line.
    pub fn load(root: &Path) -> Result<Self, Box<Finding>> {
        let mut res = Self::default();
        if let Some(file) = res.read::<approvals::File>(root, approvals::FILE)? {
            res.approvals = file.approval;
        }
        if let Some(file) = res.read::<grounds::File>(root, grounds::FILE)? {
            res.grounds = file.ground;
        }
        if let Some(file) = res.read::<transforms::File>(root, transforms::FILE)? {
            res.transforms = file.transform;
        }
        for transform in &res.transforms {
            transform.check().map_err(|why| invalid(transforms::FILE, &transform.column, why))?;
        }
        for ground in &res.grounds {
            ground.check().map_err(|why| invalid(grounds::FILE, &ground.dataset, why))?;
        }
        for approval in &res.approvals {
            approval.check().map_err(|why| invalid(approvals::FILE, &approval.dataset, why))?;
        }
        Ok(res)
    }

    fn read<T: DeserializeOwned>(&mut self, root: &Path, file: &str) -> Result<Option<T>, Box<Finding>> {
        let text = match std::fs::read_to_string(root.join(file)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(invalid(file, "", &error.to_string())),
        };
        self.files.push((file.to_owned(), Digest::of(text.as_bytes())));
        // Days may stand with quotation marks or without.
        let quoted = quote_days(&text);
        toml::from_str(&quoted).map(Some).map_err(|error| toml_finding(Code::DecisionInvalid, file, &quoted, &error))
    }
}

/// A file with quotation marks around the days of `date = 2026-11-21`; lines stay where they are.
fn quote_days(text: &str) -> String {
    let quoted = |line: &str| {
        let (key, rest) = line.split_once('=')?;
        let day = rest.trim().get(..10)?;
        let is_day = key.trim() == "date" && crate::model::date::Day::parse_iso(day).is_some();
        is_day.then(|| line.replacen(day, &format!("\"{day}\""), 1))
    };
    text.split_inclusive('\n').map(|line| quoted(line).unwrap_or_else(|| line.to_owned())).collect()
}

fn invalid(file: &str, found: &str, why: &str) -> Box<Finding> {
    Box::new(Finding::new(Code::DecisionInvalid, Place::file(file)).found(found).expected(why))
}

/// Errors: the name of the first text that is empty.
fn all_filled(texts: &[(&'static str, &str)]) -> Result<(), &'static str> {
    match texts.iter().find(|(_, text)| text.trim().is_empty()) {
        Some((name, _)) => Err(name),
        None => Ok(()),
    }
}
