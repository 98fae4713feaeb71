//! Pages: what can be published, put into templates and staged.
//!
//! 1. [`theme`] loads templates, strings and assets.
//! 2. [`facets`] sorts the datasets into the ways to browse.
//! 3. [`plan`] lists every page with its path.
//! 4. [`parts`] renders once what many pages share.
//! 5. [`view`] makes for each page a plain value of texts, lists and flags; the templates do the rest.
//!
//! Nothing in a template is looked up or computed; only [`escape`] makes a text that is put out as it is.

pub mod case_pages;
mod contrast;
mod escape;
pub(crate) mod facets;
mod parts;
pub(crate) mod plan;
mod strings;
pub mod theme;
mod view;

use anyhow::Result;
use rayon::prelude::*;
use tera::Context;

use crate::calendar::WorkingDays;
use crate::cases::overview::Filed;
use crate::catalog::content::ContentPage;
use crate::diag::Finding;
use crate::exports::package::Package;
use crate::gate::Publishable;
use crate::metadata::{Issuer, Record};
use crate::model::date::Day;
use crate::model::route::Route;
use crate::records::history::History;
use crate::records::holds::Holds;
use crate::rules::Regime;
use crate::rules::licences::Licences;
use crate::site::Site;
use crate::stage::Stage;

use facets::Facets;
use parts::Parts;
use plan::Job;
pub use strings::{Strings, showable, size, two_lines};
use theme::Theme;

/// Everything that pages are made of.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// What the team says.
    pub site: &'a Site,
    /// The regime in force.
    pub regime: &'a Regime,
    /// The licence register.
    pub licences: &'a Licences,
    /// What is on record of each dataset, this publication included.
    pub history: &'a History,
    /// What keeps datasets off the site.
    pub holds: &'a Holds,
    /// The cases on record.
    pub cases: &'a [Filed],
    /// Working days.
    pub days: &'a WorkingDays,
    /// The day the site is built for.
    pub as_of: Day,
    /// What may be published.
    pub publishable: &'a Publishable,
    /// The packages, one for each release in the same order.
    pub packages: &'a [Package],
    /// The content pages.
    pub content: &'a [ContentPage],
}

impl<'a> Inputs<'a> {
    /// Whose names and rules stand in metadata.
    #[must_use]
    pub fn issuer(&self) -> Issuer<'a> {
        Issuer { site: self.site, regime: self.regime, as_of: self.as_of }
    }

    /// Every released dataset with its archive, in the order of ordinals.
    pub fn records(&self) -> impl Iterator<Item = Record<'a>> {
        let issuer = self.issuer();
        let packages: &'a [Package] = self.packages;
        self.publishable.releases().iter().zip(packages).map(move |(release, package)| Record {
            release,
            zip: package.zip.as_ref(),
            issuer,
        })
    }
}

/// What rendering made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// How many pages, in all languages.
    pub n_pages: usize,
}

/// Renders every page and copies every asset into the stage.
///
/// Findings: PATH_CLASH, THEME_INVALID; none of them leaves a site that may be committed.
/// Errors: when the stage cannot be written.
pub fn render(
    inputs: &Inputs<'_>,
    theme: Theme,
    stage: &Stage,
    done: &(dyn Fn() + Sync),
) -> Result<std::result::Result<Rendered, Vec<Finding>>> {
    let facets = Facets::new(inputs.publishable.releases(), inputs.as_of);
    let jobs = match plan::plan(inputs, &facets)? {
        Ok(jobs) => jobs,
        Err(findings) => return Ok(Err(findings)),
    };
    let mut theme = theme;
    for (route, bytes) in &theme.assets {
        stage.put(route, bytes)?;
    }
    view::share(inputs, &facets, &mut theme);
    let mut site = view::SiteView { inputs, facets: &facets, theme: &theme, parts: Vec::new() };
    for language_idx in 0..theme.languages.len() {
        match Parts::render(&site, language_idx) {
            Ok(parts) => site.parts.push(parts),
            Err(error) => return Ok(Err(vec![theme::template_finding(&error, &inputs.site.theme)])),
        }
    }
    let faults: Vec<Option<Finding>> = jobs
        .par_iter()
        .map_init(Vec::new, |buffer, job| {
            let res = render_one(&site, job, stage, buffer);
            done();
            res
        })
        .collect::<Result<_>>()?;
    let first = faults.into_iter().flatten().next();
    Ok(match first {
        Some(finding) => Err(vec![finding]),
        None => Ok(Rendered { n_pages: jobs.len() }),
    })
}

/// Renders the pages that stand in the place of a dataset which is kept off the site, one for each language, and the
/// overview of notices.
///
/// Shape: `inputs` publish nothing; only what every page shares is taken from them.
/// Errors: when a template has a mistake or an address cannot be a file name.
pub fn render_held(inputs: &Inputs<'_>, theme: &mut Theme, id: &str) -> Result<Vec<(Route, Vec<u8>)>> {
    let facets = Facets::new(inputs.publishable.releases(), inputs.as_of);
    let jobs =
        plan::plan(inputs, &facets)?.map_err(|_| anyhow::anyhow!("two pages want one address: run kaishu check"))?;
    view::share(inputs, &facets, theme);
    let site = view::SiteView { inputs, facets: &facets, theme, parts: Vec::new() };
    let folder = format!("datasets/{id}");
    let mut res = Vec::new();
    for job in jobs.into_iter().filter(|job| job.folder == folder || job.folder == "notices") {
        let (template, context) = site.context(&job)?;
        let mut bytes = Vec::new();
        site.theme.languages[job.language_idx].tera.render_to(template, &context, &mut bytes)?;
        res.push((job.route, bytes));
    }
    Ok(res)
}

/// Renders one page by way of a buffer that is used again; a fault of the template is a finding.
fn render_one(
    site: &view::SiteView<'_>,
    job: &Job<'_>,
    stage: &Stage,
    buffer: &mut Vec<u8>,
) -> Result<Option<Finding>> {
    let (template, context): (&str, Context) = site.context(job)?;
    buffer.clear();
    match site.theme.languages[job.language_idx].tera.render_to(template, &context, &mut *buffer) {
        Ok(()) => {
            stage.put(&job.route, buffer)?;
            Ok(None)
        }
        Err(error) => Ok(Some(theme::template_finding(&error, &site.inputs.site.theme))),
    }
}
