//! The pages that the endpoint answers with: the form with what was typed, a receipt, the state of a case. They are the
//! site's own templates, made ready once and filled for each answer.

use serde::Serialize;
use serde_json::Value;
use tera::{Context, Tera};

use anyhow::{Context as _, Result};

use crate::pages::facets::Facets;
use crate::pages::plan::{self, Page};
use crate::pages::theme::Theme;
use crate::pages::{Inputs, Strings, view};

/// The pages in every language of the site.
pub struct CasePages {
    languages: Vec<LanguagePages>,
}

struct LanguagePages {
    strings: Strings,
    tera: Tera,
    form: Context,
    status: Context,
}

/// What was typed into the form, and what is wrong with it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Filled {
    /// The values of fields by name.
    pub values: Values,
    /// What is wrong, in the order of the fields.
    pub errors: Vec<FieldError>,
    /// The same by field.
    pub wrong: Wrong,
    /// What is wrong as a whole.
    pub problem: String,
}

/// The values of the form.
#[derive(Clone, Debug, Default, Serialize)]
#[expect(missing_docs, reason = "named as the fields of the form")]
pub struct Values {
    pub kind: String,
    pub dataset: String,
    pub grounds: Vec<String>,
    pub claims: Vec<String>,
    pub locator: String,
    pub statement: String,
    pub contact: String,
    pub guardian: bool,
}

/// What is wrong with each field; empty where nothing is.
#[derive(Clone, Debug, Default, Serialize)]
#[expect(missing_docs, reason = "named as the fields of the form")]
pub struct Wrong {
    pub kind: String,
    pub dataset: String,
    pub grounds: String,
    pub locator: String,
    pub statement: String,
    pub evidence: String,
    pub contact: String,
}

impl Filled {
    /// What was typed, with what is wrong with it.
    #[must_use]
    pub fn new(values: Values, errors: Vec<FieldError>, problem: String) -> Self {
        let of = |name: &str| errors.iter().find(|error| error.name == name).map(|error| error.message.clone());
        let of = |name| of(name).unwrap_or_default();
        let wrong = Wrong {
            kind: of("kind"),
            dataset: of("dataset"),
            grounds: of("grounds"),
            locator: of("locator"),
            statement: of("statement"),
            evidence: of("evidence"),
            contact: of("contact"),
        };
        Self { values, errors, wrong, problem }
    }
}

/// A field that must be mended.
#[derive(Clone, Debug, Serialize)]
pub struct FieldError {
    /// The name of the field.
    pub name: String,
    /// What to do.
    pub message: String,
}

/// A letter.
#[derive(Clone, Debug, Serialize)]
pub struct Letter {
    /// What it is called.
    pub title: String,
    /// The number of the case.
    pub number: String,
    /// To whom.
    pub to: String,
    /// What it says.
    pub paragraphs: Vec<String>,
    /// What is due, for the file.
    pub due: Vec<String>,
    /// The day, in words.
    pub day: String,
}

/// The page of a case.
pub struct CasePage<'a> {
    /// The case as its person sees it.
    pub case: Value,
    /// The secret, which the forms of the page send again; empty where they are left out.
    pub secret: &'a str,
    /// Whether it is the receipt, which tells the secret.
    pub is_receipt: bool,
}

impl CasePages {
    /// Makes the pages ready.
    ///
    /// Shape: `inputs` publish nothing; only what every page shares is taken from them.
    /// Errors: when an address cannot be a file name, or a view cannot be turned into template values.
    pub fn new(inputs: &Inputs<'_>, mut theme: Theme) -> Result<Self> {
        let facets = Facets::new(inputs.publishable.releases(), inputs.as_of);
        let jobs = plan::plan(inputs, &facets)?
            .map_err(|_| anyhow::anyhow!("two pages want one address: run kaishu check"))?;
        view::share(inputs, &facets, &mut theme);
        let site = view::SiteView { inputs, facets: &facets, theme: &theme, parts: Vec::new() };
        let mut languages = Vec::new();
        for (idx, language) in theme.languages.iter().enumerate() {
            let context = |is_it: fn(&Page<'_>) -> bool| {
                let job = jobs.iter().find(|job| job.language_idx == idx && is_it(&job.page));
                Ok::<_, anyhow::Error>(site.context(job.context("the plan lacks a page")?)?.1)
            };
            languages.push(LanguagePages {
                strings: language.strings.clone(),
                tera: language.tera.clone(),
                form: context(|page| matches!(page, Page::Objection))?,
                status: context(|page| matches!(page, Page::Status))?,
            });
        }
        Ok(Self { languages })
    }

    /// The index of a language by its tag; the site's main language where it has none such.
    #[must_use]
    pub fn language_of(&self, tag: &str) -> Option<usize> {
        self.languages.iter().position(|language| language.strings.tag.eq_ignore_ascii_case(tag))
    }

    /// The first language of an `Accept-Language` that the site has, by its main part; the site's main language else.
    #[must_use]
    pub fn negotiate(&self, accepted: &str) -> usize {
        let main = |tag: &str| tag.split('-').next().unwrap_or_default().trim().to_ascii_lowercase();
        let wanted = accepted.split(',').map(|part| main(part.split(';').next().unwrap_or_default()));
        wanted
            .into_iter()
            .find_map(|tag| self.languages.iter().position(|language| main(&language.strings.tag) == tag))
            .unwrap_or_default()
    }

    /// The strings of a language.
    #[must_use]
    pub fn strings(&self, language_idx: usize) -> &Strings {
        &self.languages[language_idx.min(self.languages.len() - 1)].strings
    }

    /// The form with what was typed.
    ///
    /// Errors: when a template has a mistake.
    pub fn form(&self, language_idx: usize, filled: &Filled) -> Result<Vec<u8>> {
        let language = &self.languages[language_idx];
        let mut context = language.form.clone();
        context.extend(Context::from_serialize(filled)?);
        render(language, "objection.html", &context)
    }

    /// The state of a case, or why there is nothing to show.
    ///
    /// Errors: when a template has a mistake.
    pub fn status(
        &self,
        language_idx: usize,
        page: Option<&CasePage<'_>>,
        problem: &str,
        receipt: &str,
    ) -> Result<Vec<u8>> {
        let language = &self.languages[language_idx];
        let mut context = language.status.clone();
        let is_receipt = page.is_some_and(|page| page.is_receipt);
        if is_receipt {
            context.insert("heading", language.strings.get("receipt_title"));
        }
        context.insert("case", &page.map(|page| &page.case));
        context.insert("secret", page.map_or("", |page| page.secret));
        context.insert("is_receipt", &is_receipt);
        context.insert("problem", problem);
        context.insert("receipt", receipt);
        render(language, "status.html", &context)
    }
}

impl CasePages {
    /// A letter as a page to print.
    ///
    /// Errors: when the template has a mistake.
    pub fn letter(&self, language_idx: usize, letter: &Letter) -> Result<Vec<u8>> {
        let mut context = Context::new();
        context.insert("letter", letter);
        render(&self.languages[language_idx], "letter.html", &context)
    }
}

fn render(language: &LanguagePages, template: &str, context: &Context) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    language.tera.render_to(template, context, &mut bytes).with_context(|| format!("rendering {template}"))?;
    Ok(bytes)
}
