//! What the companion endpoint has to do with strangers, each part alone: connections, forms and attachments.
//!
//! [`guard`] takes connections and hands on whole requests within limits. [`multipart`] reads the body of a form with bounded memory. [`attachment`] decides by content, never by name, whether
//! a file is one of the few accepted kinds. The server that takes them in comes with issue 5.

pub mod attachment;
pub mod guard;
pub mod multipart;
