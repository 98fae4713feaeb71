//! What is answered about a case: where it stands and whether its dataset is open, as a page or as JSON.

use anyhow::{Context, Result};

use super::http::{Ask, Reply};
use super::view::{By, CaseView, Standing};
use super::wrong::Wrong;
use super::{Service, lock};
use crate::cases::Case;
use crate::pages::case_pages::CasePage;
use crate::publish::takedown::is_offered;
use crate::records::chain::End;
use crate::records::holds::{Change, Holds};

impl Service {
    /// Whether a dataset is open now, by the holds on record and the live folder; nothing where none is meant.
    fn standing(&self, dataset: &str) -> Result<Option<Standing>> {
        if dataset.is_empty() {
            return Ok(None);
        }
        let folders = &self.settings.live.folders;
        let mut known = lock(&self.holds);
        let (end, holds) = &mut *known;
        if holds.read_on(&folders.chain(), end).is_err() {
            // A record that was put back from a copy is another one, and is read from its beginning.
            (*end, *holds) = (End::START, Holds::default());
            holds.read_on(&folders.chain(), end)?;
        }
        Ok(Some(match holds.of(dataset).map(|hold| hold.change) {
            Some(Change::Withdrawal) => Standing::Withdrawn,
            Some(_) => Standing::Suspended,
            // What was resumed comes back with the next build.
            None if is_offered(&folders.out, dataset)? => Standing::Open,
            None => Standing::Absent,
        }))
    }

    /// A case as its person sees it.
    pub(super) fn shown(&self, case: &Case, idx: usize) -> Result<serde_json::Value, Wrong> {
        let personal = lock(&self.reader).personal(&case.receipt, None)?;
        let dataset = case.submission().map(|submission| submission.dataset.as_str()).unwrap_or_default();
        let by = By {
            regime: &self.regime,
            days: &self.days,
            strings: self.pages.strings(idx),
            url: self.settings.endpoint.url.trim_end_matches('/'),
            standing: self.standing(dataset)?,
        };
        Ok(serde_json::to_value(CaseView::new(case, &personal, &by)).context("writing the state of a case")?)
    }

    /// The page of a case with what is wrong with what was sent for it.
    pub(super) fn case_with(&self, case: &Case, secret: &str, wrong: &Wrong, idx: usize) -> Result<Vec<u8>, Wrong> {
        let shown = CasePage { case: self.shown(case, idx)?, secret, is_receipt: false };
        Ok(self.pages.status(idx, Some(&shown), &wrong.told(self.pages.strings(idx)), &case.receipt)?)
    }

    /// The answer that shows a case to who has its secret; to programs the secret is told with the receipt alone.
    pub(super) fn reply_with(
        &self,
        ask: &Ask<'_>,
        status: u16,
        page: CasePage<'_>,
        idx: usize,
    ) -> Result<Reply, Wrong> {
        if ask.wants_page() {
            let receipt = page.case["receipt"].as_str().unwrap_or_default().to_owned();
            return Ok(Reply::page(status, self.pages.status(idx, Some(&page), "", &receipt)?));
        }
        let CasePage { mut case, secret, is_receipt } = page;
        if is_receipt {
            case["secret"] = secret.into();
        }
        Ok(Reply::json(status, &case))
    }
}
