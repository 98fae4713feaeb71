//! The decision, by column and for the table as a whole.
//!
//! A column of identity numbers proves itself in nearly every cell; a column of serial numbers of the same length does so
//! in one cell of eleven (MOD 11-2) or ten (Luhn). So hits are weighed against relatives: half of them settles it, and so
//! does a share that chance does not reach. One identity number in free text settles it, whatever stands beside it.
//!
//! Source: `domain/requirements.md` 5.1 to 5.4.

use super::column::{ColumnScreen, Found};
use super::header::has_role;
use super::kind::{BY_VALUE, Kind, Role};
use super::{Suspicion, Verdict};

/// Below this many rows a group of equal quasi-identifiers is too small. Source: requirements 5.4, k < 5.
pub const MIN_GROUP: u64 = 5;
/// How many standard deviations rule chance out. Source: the tail of the normal distribution; one in a million is beyond.
const DEVIATIONS: f64 = 4.7534;

/// What the table as a whole tells about its columns.
pub struct Context {
    /// Rows are bodies: a register of firms or offices.
    pub is_of_bodies: bool,
    /// Rows are people.
    pub is_of_people: bool,
    /// Rows have a name that is no person's: a facility, a place.
    pub is_of_places: bool,
}

/// Whether a header tells of a person what nobody tells of a body.
fn describes_a_person(column: &ColumnScreen) -> bool {
    has_role(&column.kinds, Role::Sensitive)
        || column.kinds.iter().any(|kind| matches!(kind, Kind::Sex | Kind::Ethnicity | Kind::Age | Kind::Marriage))
}

/// Whether a header means the address that people write to: a body's own, where rows are no people.
fn is_for_letters(column: &ColumnScreen) -> bool {
    column.kinds.contains(&Kind::Address) && (column.header.contains("通讯") || column.header.contains("通信"))
}

/// Whether a header says that its numbers are people's own.
fn is_private(header: &str) -> bool {
    ["家庭", "住宅", "本人", "个人", "监护人", "家长"].iter().any(|word| header.contains(word))
}

impl Context {
    /// Reads it off the columns.
    #[must_use]
    pub fn of(columns: &[ColumnScreen]) -> Self {
        let names_a_person = |column: &ColumnScreen| {
            has_role(&column.kinds, Role::Name)
                || (has_role(&column.kinds, Role::Identifier)
                    && !column
                        .kinds
                        .iter()
                        .all(|kind| matches!(kind, Kind::Plate | Kind::Email | Kind::Ip | Kind::BankCard)))
                || (has_role(&column.kinds, Role::Attribute) && !is_for_letters(column))
                || column.found[Kind::ResidentId as usize].whole * 2 > column.n_filled
        };
        Self {
            is_of_bodies: columns.iter().any(|column| column.kinds.contains(&Kind::Organisation) && column.is_filled())
                && !columns.iter().any(|column| describes_a_person(column) && column.n_filled > 0),
            is_of_people: columns.iter().any(|column| names_a_person(column) && column.n_filled > 0),
            is_of_places: columns.iter().any(|column| column.header.contains("名称")),
        }
    }
}

/// Judges the columns of a table, then what they are together.
#[must_use]
pub fn judge(columns: &[ColumnScreen], smallest_group: Option<u64>) -> Vec<Suspicion> {
    let context = Context::of(columns);
    let mut res: Vec<Suspicion> = columns.iter().flat_map(|column| judge_column(column, &context)).collect();
    res.extend(judge_together(columns, &context, smallest_group, &res));
    res
}

fn suspicion(verdict: Verdict, kind: Kind, column: &ColumnScreen, found: Option<&Found>) -> Suspicion {
    Suspicion {
        verdict,
        kind,
        columns: vec![column.header.clone()],
        n_found: found.map_or(column.n_plain(), Found::n),
        n_filled: column.n_filled,
        first_row: found.and_then(|found| found.first_row),
        samples: found.map_or_else(Vec::new, |found| found.samples.clone()),
        smallest_group: None,
    }
}

fn judge_column(column: &ColumnScreen, context: &Context) -> Vec<Suspicion> {
    let mut res: Vec<Suspicion> = BY_VALUE
        .into_iter()
        .filter_map(|kind| {
            let found = &column.found[kind as usize];
            Some(suspicion(judge_values(column, kind, found, context)?, kind, column, Some(found)))
        })
        .collect();
    // Every kind that the header names and the values have not proven.
    let told: Vec<Kind> = res.iter().filter(|found| found.verdict.refuses()).map(|found| found.kind).collect();
    let is_document_told = told.iter().any(|kind| is_document(*kind));
    let untold = |kind: &&Kind| !(told.contains(kind) || (**kind == Kind::ResidentId && is_document_told));
    res.extend(column.kinds.iter().filter(untold).filter_map(|kind| judge_header(column, *kind, context)));
    res
}

/// What the values say; `None` where there is nothing to say.
fn judge_values(column: &ColumnScreen, kind: Kind, found: &Found, context: &Context) -> Option<Verdict> {
    if found.n() == 0 {
        return None;
    }
    let is_named = column.kinds.contains(&kind) || (is_document(kind) && column.kinds.contains(&Kind::ResidentId));
    let most = found.whole * 2 >= column.n_filled;
    let stands_out =
        |hits: u64, all: u64, chance: f64| hits > 0 && (hits * 2 >= all || is_beyond_chance(hits, all, chance));
    let proven = |chance: f64, inside: bool| {
        if is_named || inside || stands_out(found.whole, found.whole_relatives, chance) {
            Verdict::Identifier
        } else {
            Verdict::Coincidence
        }
    };
    let inside = |chance: f64| stands_out(found.inside, found.inside_relatives, chance);
    match kind {
        // In the number of a permit, which the header says it is, chance has its say.
        Kind::ResidentId | Kind::ForeignPrId if column.is_code => Some(proven(1.0 / 11.0, inside(1.0 / 11.0))),
        Kind::ResidentId | Kind::ForeignPrId => Some(proven(1.0 / 11.0, found.inside > 0)),
        // A few whole cells may be chance; a card in a remark is none.
        Kind::BankCard if !is_named && found.inside == 0 && found.whole < 3 => Some(Verdict::Coincidence),
        Kind::BankCard => Some(proven(0.1, inside(0.1))),
        // Serial numbers that begin like a mobile number follow one another; numbers of people do not.
        Kind::Mobile if column.is_code && !is_named && found.inside == 0 && column.n_serial * 2 >= found.whole => {
            Some(Verdict::Doubt)
        }
        Kind::Mobile => Some(proven(0.06, inside(0.06))),
        Kind::OldResidentId => {
            let is_clear = found.whole >= 5 && found.whole * 10 >= found.whole_relatives * 8;
            match (is_named, is_clear && found.whole * 2 >= column.n_filled) {
                (false, false) => None,
                (false, true) if column.is_code => Some(Verdict::Doubt),
                _ => Some(Verdict::Identifier),
            }
        }
        Kind::Passport | Kind::HkMacauPermit | Kind::HomeReturnPermit => match (is_named, most && found.whole >= 10) {
            (true, _) => Some(Verdict::Identifier),
            (false, true) if !column.is_code => Some(Verdict::Doubt),
            _ => None,
        },
        Kind::Plate | Kind::Ip => Some(if is_named || most { Verdict::Identifier } else { Verdict::Doubt }),
        Kind::Email => {
            Some(if context.is_of_bodies && !context.is_of_people { Verdict::Doubt } else { Verdict::Identifier })
        }
        _ => None,
    }
}

/// Whether a header for identity papers in general also means this kind.
fn is_document(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::OldResidentId | Kind::ForeignPrId | Kind::Passport | Kind::HkMacauPermit | Kind::HomeReturnPermit
    )
}

/// Whether so many hits among so many are more than chance: the normal approximation to the binomial, on the safe side
/// for the few by asking for five hits more than chance gives.
#[expect(clippy::cast_precision_loss, reason = "counts of cells; a digit less does not matter")]
fn is_beyond_chance(n_hits: u64, n_all: u64, chance: f64) -> bool {
    let (hits, all) = (n_hits as f64, n_all as f64);
    let deviation = (all * chance * (1.0 - chance)).sqrt();
    hits > all * chance + 5.0 && hits > all * chance + DEVIATIONS * deviation
}

/// What follows from one kind that the header names and the values have not proven.
fn judge_header(column: &ColumnScreen, kind: Kind, context: &Context) -> Option<Suspicion> {
    if !matches!(kind.role(), Role::Identifier | Role::Attribute | Role::Name) {
        return None;
    }
    let mostly_public = column.n_uscc * 2 > column.n_filled;
    let n_landlines = column.found[Kind::Landline as usize].n();
    let is_office_phone = kind == Kind::Mobile && n_landlines * 2 >= column.n_filled && !is_private(&column.header);
    let is_email_of_office = kind == Kind::Email && column.found[Kind::Email as usize].n() == 0;
    // Where people write to a body: its own address.
    let is_of_body = kind == Kind::Address && is_for_letters(column) && !context.is_of_people;
    let verdict = match kind.role() {
        Role::Name if column.n_filled == 0 => return None,
        // Nothing but masked values, or none yet: the next export may hold more.
        _ if column.n_plain() == 0 => Verdict::Doubt,
        _ if mostly_public || is_office_phone || is_email_of_office => return None,
        _ if is_of_body => Verdict::Doubt,
        // Account numbers and addresses of a body are its own.
        Role::Identifier if context.is_of_bodies && matches!(kind, Kind::BankCard | Kind::Ip | Kind::Email) => {
            Verdict::Doubt
        }
        Role::Identifier if has_digits(kind) && column.n_numeric * 10 < column.n_plain() => Verdict::Doubt,
        Role::Identifier | Role::Attribute => Verdict::Header,
        _ if !column.holds_names() => return None,
        _ => Verdict::Doubt,
    };
    Some(suspicion(verdict, kind, column, None))
}

/// Whether values of a kind are numbers of known lengths, so that other words under its header are something else.
fn has_digits(kind: Kind) -> bool {
    matches!(kind, Kind::ResidentId | Kind::Mobile | Kind::BankCard | Kind::Plate | Kind::Ip | Kind::Passport)
}

/// What columns are together: a name beside something personal, or groups that are too small.
fn judge_together(
    columns: &[ColumnScreen],
    context: &Context,
    smallest_group: Option<u64>,
    found: &[Suspicion],
) -> Option<Suspicion> {
    let named = columns.iter().find(|column| has_role(&column.kinds, Role::Name) && column.holds_names());
    let is_with =
        |role: Role| columns.iter().filter(move |column| has_role(&column.kinds, role) && column.n_plain() > 0);
    let is_place = |column: &&ColumnScreen| context.is_of_places && column.kinds.contains(&Kind::Track);
    let quasi: Vec<&ColumnScreen> = is_with(Role::Quasi).filter(|column| !is_place(column)).collect();
    // A number that was masked is still a person's beside the name.
    let masked = columns.iter().filter(|column| has_role(&column.kinds, Role::Identifier) && column.n_masked > 0);
    let sensitive: Vec<&ColumnScreen> = is_with(Role::Sensitive).collect();
    let headers = |columns: &[&ColumnScreen]| columns.iter().map(|column| column.header.clone()).collect::<Vec<_>>();
    if let Some(named) = named.filter(|_| !context.is_of_bodies) {
        let others: Vec<&ColumnScreen> = quasi.iter().chain(&sensitive).copied().chain(masked).collect();
        let is_refused = |column: &&&ColumnScreen| {
            !found.iter().any(|other| other.verdict.refuses() && other.columns.contains(&column.header))
        };
        let others: Vec<&ColumnScreen> = others.iter().filter(is_refused).copied().collect();
        if !others.is_empty() {
            let mut res = suspicion(Verdict::Combination, Kind::Name, named, None);
            res.columns.extend(headers(&others));
            res.smallest_group = Some(1);
            return Some(res);
        }
    }
    let counts_people = columns.iter().any(|column| column.kinds.contains(&Kind::Counted));
    let first = *quasi.first()?;
    // Where something is, is no person's, as long as nothing else speaks of people.
    let is_about_places = quasi.iter().all(|column| column.kinds.contains(&Kind::Track)) && !context.is_of_people;
    if quasi.len() < 2 || counts_people || is_about_places || smallest_group.is_none_or(|rows| rows >= MIN_GROUP) {
        return None;
    }
    // Rows that nobody says are people: only a hint.
    let verdict = if context.is_of_people { Verdict::Combination } else { Verdict::Doubt };
    let mut res = suspicion(verdict, first.kinds[0], first, None);
    res.columns = headers(&quasi);
    res.smallest_group = smallest_group;
    Some(res)
}
