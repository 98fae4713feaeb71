//! `[endpoint]`: where the form posts to, and how the companion endpoint behaves.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Deserialize;

use crate::model::date::Day;

/// `[endpoint]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointConfig {
    /// Where forms post to.
    pub url: String,
    /// Origins beside the site's own whose pages may post, such as `https://www.example.gov.cn`.
    #[serde(default)]
    pub origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    #[serde(default = "this_machine")]
    pub trusted_proxies: Vec<IpAddr>,
    /// The staff's public keys (`age1…`), to which what people say and attach is sealed; none, and nothing is sealed.
    #[serde(default)]
    pub staff_keys: Vec<String>,
    /// The public key that decisions from another machine are signed with; with it, a build asks for the file of them.
    #[serde(default)]
    pub holds_key: Option<String>,
    /// How much is taken in.
    #[serde(default)]
    pub limits: IntakeLimits,
    /// How long things are kept.
    #[serde(default)]
    pub retention: Retention,
}

/// `[endpoint.limits]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IntakeLimits {
    /// Submissions in an hour from one network (a /24 of IPv4, a /48 of IPv6).
    pub per_network_per_hour: u32,
    /// Submissions in an hour from everywhere.
    pub per_hour: u32,
    /// Suspensions in an hour that follow at once although nothing was worked out for them; more wait for staff.
    pub unproven_suspensions_per_hour: u32,
    /// Suspensions in an hour that follow at once; more wait for staff.
    pub suspensions_per_hour: u32,
    /// MiB of files in an hour from one network.
    pub mib_per_network_per_hour: u32,
    /// The bits of the proof of work; each doubles the work, 16 take a phone about a second.
    pub proof_bits: u8,
    /// All attachments together, in MiB.
    pub store_mib: u64,
}

/// `[endpoint.retention]`: targets of the site's own; a regulation's term for records counts where it is longer.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Months after the end of a case until what people said and attached is erased.
    pub words_months: u16,
    /// Years after the end of a case until its record is erased.
    pub record_years: u16,
}

impl Default for IntakeLimits {
    fn default() -> Self {
        Self {
            per_network_per_hour: 20,
            per_hour: 600,
            unproven_suspensions_per_hour: 10,
            suspensions_per_hour: 60,
            mib_per_network_per_hour: 200,
            proof_bits: 16,
            store_mib: 10 * 1024,
        }
    }
}

impl Default for Retention {
    /// Source: `domain/requirements.md` 1.9.
    fn default() -> Self {
        Self { words_months: 12, record_years: 3 }
    }
}

impl Retention {
    /// The same with the term that the rules set for records, where that is longer.
    #[must_use]
    pub fn at_least(self, record_years: Option<u32>) -> Self {
        let years = record_years.and_then(|years| u16::try_from(years).ok()).unwrap_or_default();
        Self { record_years: self.record_years.max(years), ..self }
    }

    /// What was closed before this moment, seconds since 1970, has its words erased.
    #[must_use]
    pub fn words_before(self, today: Day) -> i64 {
        today.plus_months(-i32::from(self.words_months)).noon_in_china()
    }

    /// What was closed before this moment, seconds since 1970, has its record erased.
    #[must_use]
    pub fn record_before(self, today: Day) -> i64 {
        today.plus_months(-12 * i32::from(self.record_years)).noon_in_china()
    }
}

fn this_machine() -> Vec<IpAddr> {
    vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]
}

impl EndpointConfig {
    /// The path of the address, such as `/cases`.
    #[must_use]
    pub fn path(&self) -> &str {
        let after_scheme = self.url.split_once("://").map_or("", |(_, rest)| rest);
        after_scheme.find('/').map_or("", |at| after_scheme[at..].trim_end_matches('/'))
    }

    /// Whether the address can be posted to: a scheme, a host, a path, and no sign that would end an attribute.
    #[must_use]
    pub fn has_address(&self) -> bool {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte);
        let rest = self.url.strip_prefix("https://").or_else(|| self.url.strip_prefix("http://"));
        rest.is_some_and(|rest| !rest.starts_with('/')) && self.url.bytes().all(is_plain) && self.path().len() > 1
    }
}
