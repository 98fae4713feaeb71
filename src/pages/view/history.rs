//! What is on record of a dataset: published, changed, taken off the site.

use crate::gate::Release;
use crate::pages::view::{Fact, Scope};
use crate::records::history::{Step, What};

/// How many steps a page tells.
const MAX_STEPS: usize = 12;

/// What is on record of the dataset, the latest first.
pub(super) fn history(scope: Scope<'_>, release: &Release) -> Vec<Fact> {
    let steps = scope.site.inputs.history.of(release.cleared.id.as_str());
    let text = |what: &What| match what {
        What::Published => scope.strings.get("history_published").to_owned(),
        What::Changed => scope.strings.get("history_changed").to_owned(),
        What::Left(Some(approval)) => scope.strings.fill(
            "history_left_approved",
            &[("body", &approval.body), ("reference", &approval.reference), ("article", &approval.article)],
        ),
        What::Left(None) => scope.strings.get("history_left").to_owned(),
    };
    let fact = |step: &Step| Fact { label: scope.strings.day(step.day), value: text(&step.what) };
    steps.iter().rev().take(MAX_STEPS).map(fact).collect()
}
