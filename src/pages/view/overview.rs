//! How many cases there were and how they were handled; numbers so small that they could point at somebody are not given.

use serde::Serialize;

use crate::calendar::WorkingDays;
use crate::cases::deadlines::{Timeliness, timeliness};
use crate::cases::overview::Filed;
use crate::cases::{CaseKind, Ending};
use crate::model::date::Day;
use crate::pages::strings::count;
use crate::pages::view::{Fact, Scope};

/// Counts below this are not given.
const FEWEST: usize = 5;

#[derive(Serialize)]
pub(super) struct OverviewView {
    kinds: Vec<Row>,
    outcomes: Vec<Fact>,
}

#[derive(Serialize)]
struct Row {
    label: String,
    received: String,
    decided: String,
    in_time: String,
    days: String,
}

/// The overview; nothing where there was no case yet.
pub(super) fn view(scope: Scope<'_>) -> Option<OverviewView> {
    let cases = scope.site.inputs.cases;
    if cases.is_empty() {
        return None;
    }
    let kinds = CaseKind::ALL.into_iter().filter_map(|kind| row(scope, kind)).collect();
    let outcomes = Ending::ALL.into_iter().filter_map(|ending| {
        let n = cases.iter().filter(|case| case.outcome == Some(ending)).count();
        let label = scope.strings.get(&format!("ending_{}", ending.code_name())).to_owned();
        (n > 0).then(|| Fact { label, value: number(scope, n) })
    });
    Some(OverviewView { kinds, outcomes: outcomes.collect() })
}

fn number(scope: Scope<'_>, n: usize) -> String {
    if n > 0 && n < FEWEST { scope.strings.get("overview_few").to_owned() } else { count(n as u64) }
}

fn row(scope: Scope<'_>, kind: CaseKind) -> Option<Row> {
    let inputs = scope.site.inputs;
    let cases: Vec<&Filed> = inputs.cases.iter().filter(|case| case.kind == kind).collect();
    let decided: Vec<&Filed> = cases.iter().copied().filter(|case| case.decided_at.is_some()).collect();
    let in_time = |case: &&&Filed| {
        let by = (inputs.regime, inputs.days);
        timeliness(kind, (case.received_at, case.decided_at), by, inputs.as_of) == Timeliness::InTime
    };
    let by = (inputs.regime, inputs.days);
    let has_period = timeliness(kind, (0, None), by, inputs.as_of) != Timeliness::NoPeriod;
    let days: Vec<usize> = decided.iter().filter_map(|case| working_days(case, inputs.days)).collect();
    let average = match days.len() {
        n if n < FEWEST => "-".to_owned(),
        n => {
            let tenths = days.iter().sum::<usize>() * 10 / n;
            format!("{}.{}", tenths / 10, tenths % 10)
        }
    };
    (!cases.is_empty()).then(|| Row {
        label: scope.strings.get(&format!("ask_{}", kind.code_name())).to_owned(),
        received: number(scope, cases.len()),
        decided: number(scope, decided.len()),
        in_time: if has_period { number(scope, decided.iter().filter(in_time).count()) } else { "-".to_owned() },
        days: average,
    })
}

/// How many working days it took, the day of receipt not counted; `None` in a year that is not published.
fn working_days(case: &Filed, days: &WorkingDays) -> Option<usize> {
    let (mut day, last) = (Day::in_china(case.received_at)?, Day::in_china(case.decided_at?)?);
    let mut res = 0;
    while day < last {
        day = day.plus_days(1);
        res += usize::from(days.kind(day).ok()?.counts());
    }
    Some(res)
}
