//! Plain values that every stage shares; no I/O and no other kaishu module is used here.

pub mod column;
pub mod coordinates;
pub mod dataset;
pub mod date;
pub mod digest;
pub mod field;
pub mod format;
pub mod frequency;
pub mod openness;
pub mod route;
pub mod table;
pub mod text;
