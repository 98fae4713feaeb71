//! What the staff's commands share: the store, the rules, the day, and how a case is told.

use anyhow::{Context, Result, bail};

use crate::calendar::WorkingDays;
use crate::cases::deadlines::{self, Due};
use crate::cases::seal::{Keys, Seal};
use crate::cases::store::{Entry, Put, Refused, Store};
use crate::cases::{Case, Event, Step, recorder};
use crate::cli::case::args::BookArgs;
use crate::cli::case::words::{due_words, refusal_words, state_words};
use crate::cli::{locale, print};
use crate::diag::Lang;
use crate::effects::LiveSite;
use crate::model::date::Day;
use crate::rules::Regime;
use crate::site::{EndpointConfig, Site};

/// What cases are judged by.
pub struct Book {
    /// The store.
    pub store: Store,
    /// The site's configuration.
    pub site: Site,
    /// The rules in force.
    pub regime: Regime,
    /// Working days.
    pub days: WorkingDays,
    /// The day in China.
    pub today: Day,
    /// The site.
    pub live: LiveSite,
    /// The staff's private keys.
    pub keys: Option<Keys>,
    /// The language of messages.
    pub lang: Lang,
}

impl Book {
    /// Opens the store of a site, and puts on record what was on file and not yet on record when a process was killed.
    ///
    /// Errors: when the configuration is wrong or the machine fails.
    pub fn open(args: &BookArgs, lang: Lang) -> Result<Self> {
        let live = LiveSite::new(&args.site, args.out.as_deref())?;
        let site = live.site()?;
        let staff_keys = site.endpoint.iter().flat_map(|endpoint: &EndpointConfig| &endpoint.staff_keys);
        let seal = Seal::new(staff_keys.map(String::as_str)).context("site.toml: [endpoint] staff_keys")?;
        let state = args.state.clone().unwrap_or_else(|| args.site.join("cases"));
        let book = Self {
            store: Store::open(&state, seal)?,
            regime: live.regime(&site)?,
            days: live.days()?,
            site,
            today: locale::today().context("the clock shows no day between 1900 and 2100")?,
            live,
            keys: args.key.as_deref().map(Keys::load).transpose()?,
            lang,
        };
        book.put_on_record()?;
        Ok(book)
    }

    /// Puts every step that is on file on the hash-chained record, without anything that was said.
    ///
    /// Errors: when the store or the record fails.
    pub fn put_on_record(&self) -> Result<()> {
        recorder::record(&self.store, &self.live.folders.chain())
    }

    /// What is still to be done in a case.
    pub fn due(&self, case: &Case) -> Vec<Due> {
        deadlines::open(case, &self.regime, &self.days)
    }

    /// A case by its receipt.
    ///
    /// Errors: when there is none.
    pub fn case(&self, receipt: &str) -> Result<Case> {
        match self.store.case(receipt)? {
            Some(case) => Ok(case),
            None => bail!("没有回执号为 {receipt} 的案件 / there is no case {receipt}"),
        }
    }

    /// Adds a bare step to a case, where the rules let it follow, and tells what is due next.
    ///
    /// Errors: when the rules do not let it follow, when there is no such case, or the machine fails.
    pub fn step(&mut self, receipt: &str, by: &str, step: Step) -> Result<Case> {
        let event = Event { at: locale::now(), actor: by.to_owned(), step };
        let said = crate::cases::Words::default();
        self.add(receipt, Entry::bare(&event, &said))
    }

    /// Adds an entry to a case, where the rules let it follow, and tells what is due next.
    ///
    /// Errors: as [`Book::step`].
    pub fn add(&mut self, receipt: &str, entry: Entry<'_>) -> Result<Case> {
        let Self { store, regime, lang, .. } = self;
        let step = entry.event.step.clone();
        let allow = |case: &Case| {
            let told = |why| refusal_words(why, case, regime, *lang);
            case.may_follow(&step, regime).map_err(told)
        };
        let case = match store.append(receipt, entry, None, allow)? {
            Ok(Put::New(case) | Put::Known(case)) => case,
            Ok(Put::Conflict) => bail!("the key was used for another entry"),
            Err(Refused::Unknown) => bail!("没有回执号为 {receipt} 的案件 / there is no case {receipt}"),
            Err(Refused::NotAllowed(why)) => bail!(why),
        };
        self.put_on_record()?;
        self.tell(&case);
        Ok(case)
    }

    /// Tells where a case stands and what is due.
    pub fn tell(&self, case: &Case) {
        print::note(&format!("{}\t{}", case.receipt, state_words(case.state(), self.lang)));
        for due in self.due(case) {
            print::note(&due_words(&due, self.today, self.lang));
        }
    }
}
