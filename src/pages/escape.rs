//! The one place that makes strings which templates put out as they are: HTML that was made here before.

use tera::Value;

/// HTML that [`crate::markdown`] made.
#[must_use]
pub fn rendered_markdown(html: &str) -> Value {
    Value::safe_string(html)
}

/// HTML that a template of the theme made and that many pages share, such as a dataset's card.
#[must_use]
pub fn rendered_part(html: &str) -> Value {
    Value::safe_string(html)
}
