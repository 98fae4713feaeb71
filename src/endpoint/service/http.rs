//! A request and an answer as the service sees them, whatever server they came by.

use std::io::Read;
use std::net::IpAddr;

/// What is asked.
pub struct Ask<'a> {
    /// The method, such as `POST`.
    pub method: &'a str,
    /// The path, without the query.
    pub path: &'a str,
    /// The query, without the question mark.
    pub query: &'a str,
    /// The headers by lower-case name.
    pub headers: &'a dyn Fn(&str) -> Option<String>,
    /// Who asks.
    pub client: IpAddr,
    /// The body.
    pub body: &'a mut dyn Read,
}

impl Ask<'_> {
    /// A header; empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        (self.headers)(name).unwrap_or_default()
    }

    /// A value of the query, decoded; empty where there is none.
    #[must_use]
    pub fn asked(&self, name: &str) -> String {
        let value = self.query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let plain = value.unwrap_or_default().replace('+', " ");
        crate::model::route::percent_decode(&plain).unwrap_or_default()
    }

    /// Whether a page is wanted rather than JSON.
    #[must_use]
    pub fn wants_page(&self) -> bool {
        self.header("accept").contains("text/html")
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The content type.
    pub content_type: &'static str,
    /// More headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// An answer in JSON.
    #[must_use]
    pub fn json(status: u16, value: &serde_json::Value) -> Self {
        let mut body = value.to_string().into_bytes();
        body.push(b'\n');
        Self { status, content_type: "application/json; charset=utf-8", headers: Vec::new(), body }
    }

    /// An answer as a page.
    #[must_use]
    pub fn page(status: u16, body: Vec<u8>) -> Self {
        Self { status, content_type: "text/html; charset=utf-8", headers: Vec::new(), body }
    }

    /// The same with one header more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
