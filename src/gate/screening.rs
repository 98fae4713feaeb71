//! Screening's suspicions against recorded grounds.
//!
//! A suspicion that refuses closes the dataset unless grounds of its kind name every one of its columns.

use std::collections::BTreeSet;

use crate::decisions::grounds::{Ground, UNSCREENED};
use crate::diag::{Code, Finding, Place};
use crate::gate::{ClearedDataset, Evidence, Rules};
use crate::model::dataset::Dataset;
use crate::screening::kind::is_id;
use crate::screening::{Suspicion, Verdict, screen_texts};

/// The kind in grounds for columns that only together are personal.
const COMBINATION: &str = "combination";

/// The first ground of a kind that screening never finds.
#[must_use]
pub fn unknown_kind(grounds: &[Ground]) -> Option<&Ground> {
    let is_known = |ground: &&Ground| [COMBINATION, UNSCREENED].contains(&ground.kind.as_str()) || is_id(&ground.kind);
    grounds.iter().find(|ground| !is_known(ground))
}

/// The grounds of one dataset, and which of them were needed.
pub struct Weighing<'a> {
    dataset: &'a ClearedDataset,
    grounds: Vec<(usize, &'a Ground)>,
    used: &'a mut BTreeSet<usize>,
}

impl<'a> Weighing<'a> {
    /// Begins with the grounds that name a dataset.
    pub fn new(dataset: &'a ClearedDataset, rules: &Rules<'a>, used: &'a mut BTreeSet<usize>) -> Self {
        let grounds = &rules.decisions.grounds;
        let is_named = |ground: &Ground| {
            ground.dataset == dataset.id.as_str()
                || (!dataset.dataset.identifier.is_empty() && ground.dataset == dataset.dataset.identifier)
        };
        // What is to be decided one day allows nothing today.
        let is_named = |ground: &Ground| is_named(ground) && ground.date <= rules.as_of;
        let grounds = grounds.iter().enumerate().filter(|(_, ground)| is_named(ground)).collect();
        Self { dataset, grounds, used }
    }

    /// Turns suspicions, and parts that could not be looked into, into findings.
    pub fn weigh(mut self, evidence: &mut Evidence) -> Vec<Finding> {
        let mut res = Vec::new();
        for (file, part, suspicion) in std::mem::take(&mut evidence.suspicions) {
            let of_part = if part.is_empty() { String::new() } else { format!(" · {part}") };
            let place = Place::file(format!("datasets/{file}{of_part}"));
            res.push(self.finding(place, &suspicion));
        }
        for (field, texts) in texts_of(&self.dataset.dataset) {
            for suspicion in screen_texts(field, texts) {
                res.push(self.finding(self.dataset.place.clone(), &suspicion));
            }
        }
        let unseen = std::mem::take(&mut evidence.findings);
        evidence.findings = unseen
            .into_iter()
            .map(|finding| {
                let parts: Vec<String> = finding.expected.split('、').map(str::to_owned).collect();
                let is_unseen = finding.code == Code::NotScreened;
                let named = finding.found.split(" · ").next().unwrap_or_default();
                let sha256 = evidence.unseen.get(named).map(ToString::to_string).unwrap_or_default();
                if is_unseen && self.is_granted(UNSCREENED, &parts, &format!("datasets/{named}"), &sha256) {
                    applied(finding.place, &finding.expected)
                } else {
                    finding
                }
            })
            .collect();
        res.into_iter().map(|finding| finding.about(&self.dataset.dataset.title)).collect()
    }

    fn finding(&mut self, place: Place, suspicion: &Suspicion) -> Finding {
        let file = place.file.clone().unwrap_or_default();
        // Without the name of the sheet or of the member.
        let file = file.split(" · ").next().unwrap_or_default();
        let finding = finding_of(place, suspicion);
        let kind = if suspicion.verdict == Verdict::Combination { COMBINATION.to_owned() } else { suspicion.kind.id() };
        if suspicion.verdict.refuses() && self.is_granted(&kind, &suspicion.columns, file, "") {
            return applied(finding.place, &suspicion.words());
        }
        finding
    }

    /// Whether grounds of a kind name all of some columns of a file; `sha256` is asked for where nobody can look into it.
    fn is_granted(&mut self, kind: &str, columns: &[String], file: &str, sha256: &str) -> bool {
        let fits = |ground: &Ground| ground.kind == kind && ground.holds_in(file) && ground.sha256 == sha256;
        let of_kind: Vec<&(usize, &Ground)> = self.grounds.iter().filter(|(_, ground)| fits(ground)).collect();
        let names = |ground: &Ground, column: &String| ground.columns.contains(column);
        let is_granted =
            !columns.is_empty() && columns.iter().all(|column| of_kind.iter().any(|(_, ground)| names(ground, column)));
        if is_granted {
            let needed = of_kind.iter().filter(|(_, ground)| columns.iter().any(|column| names(ground, column)));
            self.used.extend(needed.map(|(idx, _)| *idx));
        }
        is_granted
    }
}

/// A suspicion as it is told where no ground is known.
#[must_use]
pub fn finding_of(place: Place, suspicion: &Suspicion) -> Finding {
    let code = match suspicion.verdict {
        Verdict::Identifier => Code::PersonalData,
        Verdict::Header => Code::PersonalHeader,
        Verdict::Combination => Code::PersonalCombination,
        Verdict::Doubt => Code::PersonalDoubt,
        Verdict::Coincidence => Code::PersonalCoincidence,
    };
    let mut place = place.in_column(suspicion.columns.join("、"));
    // Rows are counted after the header; a person counts the header.
    place.row = suspicion.first_row.map(|row| row + 1).or(place.row);
    Finding::new(code, place).expected(suspicion.words())
}

fn applied(place: Place, words: &str) -> Finding {
    Finding::new(Code::GroundApplied, place).expected(words)
}

/// The texts of an entry that its page shows, by the name of their field.
fn texts_of(dataset: &Dataset) -> Vec<(&'static str, Vec<&str>)> {
    let mut items: Vec<&str> = Vec::new();
    for item in &dataset.items {
        items.extend([item.name.as_str(), item.format.as_str(), item.description.as_str()]);
    }
    vec![
        ("title", vec![&dataset.title]),
        ("abstract", dataset.summary.lines().collect()),
        ("provider_name", vec![&dataset.provider]),
        ("collecting_body", vec![&dataset.collecting_body]),
        ("reviewing_body", vec![&dataset.reviewing_body]),
        ("theme", vec![&dataset.theme, &dataset.industry, &dataset.category, &dataset.scenario]),
        ("update_frequency", vec![&dataset.frequency_text]),
        ("source", vec![&dataset.source]),
        ("temporal", vec![&dataset.temporal]),
        ("spatial", vec![&dataset.spatial]),
        ("contact_phone", vec![&dataset.contact_phone]),
        ("contact_email", vec![&dataset.contact_email]),
        ("keywords", dataset.keywords.iter().map(String::as_str).collect()),
        ("items", items),
    ]
}
