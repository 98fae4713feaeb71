//! A table whose columns are dropped, generalised or masked before anything sees them.

use crate::batch::{Batch, Builder, Cell};
use crate::decisions::transforms::{How, Transform};
use crate::readers::{Each, Notice, Outcome, Reader, Trouble};

/// A table with the team's transforms applied.
pub struct Transformed<'a> {
    inner: Box<dyn Reader>,
    transforms: &'a [&'a Transform],
    columns: Vec<String>,
    /// For each transform how many values there were, and how many came out.
    counts: Vec<(u64, u64)>,
}

impl<'a> Transformed<'a> {
    /// Applies transforms to a table.
    pub fn new(inner: Box<dyn Reader>, transforms: &'a [&'a Transform]) -> Self {
        let columns = kept(&plan_of(inner.columns(), transforms), inner.columns());
        Self { inner, transforms, columns, counts: vec![(0, 0); transforms.len()] }
    }

    /// Whether the table has a column that a transform is about, with values that it can read: one that turns every
    /// value into nothing is meant for another column.
    pub fn has(&self, transform: &Transform) -> bool {
        let idx = self.transforms.iter().position(|known| std::ptr::eq(*known, transform));
        let (n_before, n_after) = idx.map_or((0, 0), |idx| self.counts[idx]);
        let is_lost = transform.how != How::Drop && n_before > 0 && n_after == 0;
        self.inner.columns().contains(&transform.column) && !is_lost
    }
}

/// What is done to each column.
type Plan<'a> = Vec<Option<&'a Transform>>;

fn plan_of<'a>(columns: &[String], transforms: &[&'a Transform]) -> Plan<'a> {
    columns.iter().map(|column| transforms.iter().copied().find(|transform| transform.column == *column)).collect()
}

fn is_dropped(transform: Option<&Transform>) -> bool {
    transform.is_some_and(|transform| transform.how == How::Drop)
}

fn kept(plan: &Plan<'_>, columns: &[String]) -> Vec<String> {
    plan.iter()
        .zip(columns)
        .filter(|(transform, _)| !is_dropped(**transform))
        .map(|(_, column)| column.clone())
        .collect()
}

fn transformed(batch: &Batch, plan: &Plan<'_>, count: &mut dyn FnMut(&Transform, bool)) -> Batch {
    let n_kept = plan.iter().filter(|transform| !is_dropped(**transform)).count();
    let mut builder = Builder::new(n_kept);
    for row_idx in 0..batch.n_rows() {
        // A column that nobody knew of is left out; the reading begins again with its name.
        let cells = batch.row(row_idx).chain(std::iter::repeat(Cell::Missing));
        for (transform, cell) in plan.iter().zip(cells) {
            if is_dropped(*transform) {
                continue;
            }
            match transform.zip(cell.text()) {
                Some((transform, text)) => {
                    let value = transform.apply(text);
                    count(transform, value.is_some());
                    builder.push(value.as_deref().map_or(Cell::Missing, Cell::Text));
                }
                None => builder.push(cell),
            }
        }
    }
    builder.take()
}

impl Reader for Transformed<'_> {
    fn part(&self) -> &str {
        self.inner.part()
    }

    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn is_typed(&self) -> bool {
        self.inner.is_typed()
    }

    fn read(&mut self, each: &mut Each<'_>) -> Result<Outcome, Trouble> {
        let before = self.inner.columns().to_vec();
        let plan = plan_of(&before, self.transforms);
        let (transforms, counts) = (self.transforms, &mut self.counts);
        counts.fill((0, 0));
        let mut count = |transform: &Transform, is_read: bool| {
            let idx = transforms.iter().position(|known| std::ptr::eq(*known, transform));
            if let Some((n_before, n_after)) = idx.map(|idx| &mut counts[idx]) {
                *n_before += 1;
                *n_after += u64::from(is_read);
            }
        };
        let outcome = self
            .inner
            .read(&mut |batches| each(batches.iter().map(|batch| transformed(batch, &plan, &mut count)).collect()))?;
        let after = self.inner.columns();
        self.columns = kept(&plan_of(after, self.transforms), after);
        Ok(if after == before { outcome } else { Outcome::Again })
    }

    fn notices(&self) -> Vec<Notice> {
        self.inner.notices()
    }

    fn beside(&self) -> Vec<String> {
        self.inner.beside()
    }
}
