//! The boundary named by a request's Content-Type.

use super::parameters::{parameters, split};

/// The greatest length of a boundary, in characters (RFC 2046 section 5.1.1).
const LONGEST: usize = 70;

/// Gives the boundary of a `multipart/form-data` Content-Type, quoted or not.
///
/// None if the type is another, or the boundary is missing, repeated or not 1 to 70 bchars (RFC 2046 section 5.1.1).
/// Without quotes the characters `()+,/:=?` are accepted too, as many clients send them so.
#[must_use]
pub fn boundary_of(content_type: &str) -> Option<String> {
    let (kind, rest) = split(content_type);
    if !kind.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameters(rest)?.into_iter().find(|parameter| parameter.key == "boundary")?.value;
    is_boundary(&boundary).then_some(boundary)
}

/// Whether the text is 1 to 70 bchars and does not end in a space (RFC 2046 section 5.1.1).
pub(super) fn is_boundary(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
        && !text.ends_with(' ')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte))
}
