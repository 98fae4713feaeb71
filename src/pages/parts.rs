//! HTML that many pages share, rendered once for each language: the card of each dataset, the panel of ways to browse.
//!
//! A dataset stands in a dozen lists; rendering its card anew in each of them was half of all the work.

use rayon::prelude::*;
use tera::Context;

use crate::pages::view::SiteView;

/// The shared parts of one language.
#[derive(Debug, Default)]
pub struct Parts {
    /// By release index.
    pub cards: Vec<Box<str>>,
    /// The ways to browse, at the side of every list.
    pub panel: String,
}

impl Parts {
    /// Renders the parts of a language.
    ///
    /// Errors: the template's fault.
    pub fn render(site: &SiteView<'_>, language_idx: usize) -> tera::TeraResult<Self> {
        let tera = &site.theme.languages[language_idx].tera;
        let n_releases = site.inputs.publishable.releases().len();
        let cards = (0..n_releases)
            .into_par_iter()
            .map(|release_idx| {
                let mut context = Context::new();
                context.insert("card", &site.card(language_idx, release_idx));
                tera.render("card.html", &context).map(String::into_boxed_str)
            })
            .collect::<tera::TeraResult<_>>()?;
        Ok(Self { cards, panel: tera.render("panel.html", &Context::new())? })
    }
}
