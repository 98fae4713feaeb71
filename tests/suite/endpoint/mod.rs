//! What strangers send: forms and attachments.

mod attachment_checks;
mod attachment_properties;
mod common;
mod intake_properties;
mod multipart_properties;
mod multipart_reads;
mod multipart_refuses;
mod samples;
