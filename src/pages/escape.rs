//! The one place that makes a string which templates put out as it is.

use tera::Value;

/// HTML that [`crate::markdown`] made: the only markup that does not come from a template.
#[must_use]
pub fn rendered_markdown(html: &str) -> Value {
    Value::safe_string(html)
}
