//! What the companion endpoint reads of strangers, each part alone: forms and attachments.
//!
//! [`multipart`] reads the body of a form with bounded memory. [`attachment`] decides by content, never by name, whether
//! a file is one of the few accepted kinds. The server that takes them in comes with issue 5.

pub mod attachment;
pub mod multipart;
