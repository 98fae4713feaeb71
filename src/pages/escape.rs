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

/// JSON that stands in a script element: no text in it can end the element.
#[must_use]
pub fn json_in_script(value: &serde_json::Value) -> Value {
    Value::safe_string(&crate::metadata::schema_org::script_text(value))
}
