//! The register of identifiers, `records/ids.csv`: an address once given stays, an ordinal is never used again.
//!
//! Only entries that the gate cleared are registered, so that neither numbers nor gaps tell of the others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::model::dataset::{Dataset, DatasetId};
use crate::model::digest::Digest;

/// What is known of a dataset that was cleared at some time.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    ordinal: u32,
    /// Whether the id was assigned here, not by the catalog.
    assigned: bool,
    fingerprint: Digest,
    untitled: Digest,
    provider: String,
    title: String,
}

/// The identifiers in use and in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    known: BTreeMap<DatasetId, Known>,
    next_ordinal: u32,
}

const HEADER: [&str; 7] = ["ordinal", "id", "assigned", "provider", "title", "fingerprint", "untitled_fingerprint"];

impl Register {
    /// Reads the register; an absent file is an empty register.
    ///
    /// Errors: when the file is there and does not read; the message names the line.
    pub fn load(path: &Path) -> Result<Self> {
        let mut register = Self::default();
        if !path.exists() {
            return Ok(register);
        }
        let mut reader = csv::Reader::from_path(path).with_context(|| format!("reading {}", path.display()))?;
        for (row_idx, record) in reader.records().enumerate() {
            let record = record.with_context(|| format!("reading {}", path.display()))?;
            let Some((id, known)) = parse_row(&record) else {
                bail!("{} line {}: expected {}", path.display(), row_idx + 2, HEADER.join(","));
            };
            register.next_ordinal = register.next_ordinal.max(known.ordinal + 1);
            if register.known.insert(id.clone(), known).is_some() {
                bail!("{} line {}: `{id}` stands twice", path.display(), row_idx + 2);
            }
        }
        Ok(register)
    }

    /// The file's content.
    ///
    /// Errors: never in practice; the writer writes to memory.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(HEADER)?;
        let mut rows: Vec<(&DatasetId, &Known)> = self.known.iter().collect();
        rows.sort_by_key(|(_, known)| known.ordinal);
        for (id, known) in rows {
            writer.write_record([
                known.ordinal.to_string().as_str(),
                id.as_str(),
                if known.assigned { "yes" } else { "no" },
                &known.provider,
                &known.title,
                known.fingerprint.to_string().as_str(),
                known.untitled.to_string().as_str(),
            ])?;
        }
        writer.into_inner().context("writing the register of identifiers")
    }

    /// Title and provider of a dataset as they were when it was last cleared.
    #[must_use]
    pub fn words_of(&self, id: &str) -> Option<(&str, &str)> {
        let known = self.known.get(&DatasetId::parse(id)?)?;
        Some((&known.title, &known.provider))
    }

    /// The dataset that alone has a title.
    #[must_use]
    pub fn titled(&self, title: &str) -> Option<&DatasetId> {
        let mut found = self.known.iter().filter(|(_, known)| known.title == title).map(|(id, _)| id);
        found.next().filter(|_| found.next().is_none())
    }

    /// The address that was once assigned to an entry without an identifier, as far as it can be told from it alone.
    #[must_use]
    pub fn assigned_to(&self, dataset: &Dataset) -> Option<&DatasetId> {
        let own = describe(dataset, true);
        let is_it = |known: &Known| {
            known.fingerprint == own.fingerprint
                || known.untitled == own.untitled
                || (known.provider == own.provider && known.title == own.title)
        };
        self.known.iter().find(|(_, known)| known.assigned && is_it(known)).map(|(id, _)| id)
    }

    /// Registers datasets that bring their own id or `None`, and answers id and ordinal of each, in the same order.
    ///
    /// A dataset without an id gets the one it had: known by all fields, else by provider and title, else by all
    /// fields but the title, each only where it is the one such on both sides; else a new one from its content.
    pub fn resolve(&mut self, datasets: &[(Option<DatasetId>, &Dataset)]) -> Vec<(DatasetId, u32)> {
        let mut res: Vec<Option<DatasetId>> = datasets.iter().map(|(own, _)| own.clone()).collect();
        let mut used: BTreeSet<DatasetId> = res.iter().flatten().cloned().collect();
        let keys: [fn(&Known) -> String; 3] = [
            |known| known.fingerprint.to_string(),
            |known| format!("{}\n{}", known.provider, known.title),
            |known| known.untitled.to_string(),
        ];
        let fresh: Vec<Known> = datasets.iter().map(|(own, dataset)| describe(dataset, own.is_none())).collect();
        for key_of in keys {
            let mut by_key: BTreeMap<String, (Vec<DatasetId>, Vec<usize>)> = BTreeMap::new();
            for (id, known) in self.known.iter().filter(|(id, known)| known.assigned && !used.contains(*id)) {
                by_key.entry(key_of(known)).or_default().0.push(id.clone());
            }
            for (idx, known) in fresh.iter().enumerate().filter(|(idx, _)| res[*idx].is_none()) {
                if let Some(sides) = by_key.get_mut(&key_of(known)) {
                    sides.1.push(idx);
                }
            }
            for (ids, idxs) in by_key.into_values() {
                if let ([id], [idx]) = (&ids[..], &idxs[..]) {
                    used.insert(id.clone());
                    res[*idx] = Some(id.clone());
                }
            }
        }
        let mut out = Vec::with_capacity(datasets.len());
        for (id, mut known) in res.into_iter().zip(fresh) {
            let id = id.unwrap_or_else(|| {
                let mut seed = known.fingerprint;
                loop {
                    let id = DatasetId::assigned(seed);
                    if !used.contains(&id) && !self.known.contains_key(&id) {
                        used.insert(id.clone());
                        break id;
                    }
                    seed = Digest::of(seed.to_string().as_bytes());
                }
            });
            known.ordinal = self.known.get(&id).map_or(self.next_ordinal, |old| old.ordinal);
            self.next_ordinal = self.next_ordinal.max(known.ordinal + 1);
            out.push((id.clone(), known.ordinal));
            self.known.insert(id, known);
        }
        out
    }
}

fn describe(dataset: &Dataset, assigned: bool) -> Known {
    Known {
        ordinal: 0,
        assigned,
        fingerprint: dataset.fingerprint(),
        untitled: dataset.fingerprint_untitled(),
        provider: dataset.provider.clone(),
        title: dataset.title.clone(),
    }
}

fn parse_row(record: &csv::StringRecord) -> Option<(DatasetId, Known)> {
    let id = DatasetId::parse(record.get(1)?)?;
    let known = Known {
        ordinal: record.get(0)?.parse().ok()?,
        assigned: record.get(2)? == "yes",
        provider: record.get(3)?.to_owned(),
        title: record.get(4)?.to_owned(),
        fingerprint: Digest::parse(record.get(5)?)?,
        untitled: Digest::parse(record.get(6)?)?,
    };
    Some((id, known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dataset(title: &str, summary: &str) -> Dataset {
        Dataset {
            title: title.to_owned(),
            summary: summary.to_owned(),
            provider: "局".to_owned(),
            ..Dataset::default()
        }
    }

    fn ids(register: &mut Register, datasets: &[Dataset]) -> Vec<DatasetId> {
        let input: Vec<_> = datasets.iter().map(|dataset| (None, dataset)).collect();
        register.resolve(&input).into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn a_changed_title_or_summary_keeps_the_address() {
        let mut register = Register::default();
        let first = ids(&mut register, &[dataset("甲", "一"), dataset("乙", "二")]);
        assert_eq!(
            ids(&mut register, &[dataset("乙", "二"), dataset("甲改", "一")]),
            [first[1].clone(), first[0].clone()]
        );
        assert_eq!(ids(&mut register, &[dataset("甲改", "新"), dataset("乙", "二")]), first);
    }

    #[test]
    fn ordinals_are_never_used_again() {
        let mut register = Register::default();
        let one = DatasetId::parse("one");
        let two = DatasetId::parse("two");
        let data = dataset("甲", "");
        assert_eq!(register.resolve(&[(one, &data)])[0].1, 0);
        assert_eq!(register.resolve(&[(two, &data)])[0].1, 1);
    }

    #[test]
    fn the_register_reads_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ids.csv");
        let mut register = Register::default();
        ids(&mut register, &[dataset("甲,\"x\"\n", "一")]);
        crate::records::replace(&path, &register.to_bytes().unwrap()).unwrap();
        assert_eq!(Register::load(&path).unwrap(), register);
    }
}
