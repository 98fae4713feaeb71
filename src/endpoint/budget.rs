//! How much strangers may send: by network and from everywhere, in an hour. Nobody else is asked who they are.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Most networks that are remembered; beyond it those that have their whole budget are forgotten.
const MAX_NETWORKS: usize = 20_000;
/// Seconds of an hour.
const HOUR: f64 = 3600.0;

/// Budgets by network and in total.
pub struct Budgets {
    per_network: f64,
    networks: BTreeMap<IpAddr, Bucket>,
    total: Bucket,
    total_per_hour: f64,
}

/// What is left of a budget, and when that was so.
#[derive(Clone, Copy)]
struct Bucket {
    left: f64,
    at: i64,
}

impl Bucket {
    /// What is left now, when so much comes back in an hour.
    fn left(self, per_hour: f64, now: i64) -> f64 {
        let seconds = f64::from(i32::try_from((now - self.at).max(0)).unwrap_or(i32::MAX));
        (self.left + seconds * per_hour / HOUR).min(per_hour)
    }
}

impl Budgets {
    /// Budgets of so many in an hour, full at first.
    #[must_use]
    pub fn new(per_network: u32, total: u32, now: i64) -> Self {
        let (per_network, total_per_hour) = (f64::from(per_network), f64::from(total));
        Self { per_network, networks: BTreeMap::new(), total: Bucket { left: total_per_hour, at: now }, total_per_hour }
    }

    /// Takes one from the budget of an address's network and from the total.
    ///
    /// Errors: in how many seconds there is one again.
    pub fn take(&mut self, address: IpAddr, now: i64) -> Result<(), u32> {
        self.take_many(address, 1, now)
    }

    /// Takes several at once.
    ///
    /// Errors: in how many seconds there are so many again.
    pub fn take_many(&mut self, address: IpAddr, count: u32, now: i64) -> Result<(), u32> {
        let count = f64::from(count);
        let network = network_of(address);
        let full = Bucket { left: self.per_network, at: now };
        let own = self.networks.get(&network).copied().unwrap_or(full).left(self.per_network, now);
        let total = self.total.left(self.total_per_hour, now);
        let (is_own_enough, is_enough) = (own >= count, total >= count);
        // What is left is written down whatever comes of it, so that a clock that was put back costs nobody an hour.
        let spent = if is_own_enough && is_enough { count } else { 0.0 };
        self.total = Bucket { left: total - spent, at: now };
        if self.networks.len() >= MAX_NETWORKS {
            self.forget(now);
        }
        self.networks.insert(network, Bucket { left: own - spent, at: now });
        match (is_own_enough, is_enough) {
            (true, true) => Ok(()),
            (false, _) => Err(seconds_until(count - own, self.per_network)),
            (true, false) => Err(seconds_until(count - total, self.total_per_hour)),
        }
    }

    /// Forgets networks that have their whole budget; where there are none, all but the newest half.
    fn forget(&mut self, now: i64) {
        let per_network = self.per_network;
        self.networks.retain(|_, bucket| bucket.left(per_network, now) < per_network);
        if self.networks.len() >= MAX_NETWORKS {
            let mut times: Vec<i64> = self.networks.values().map(|bucket| bucket.at).collect();
            times.sort_unstable();
            let middle = times[times.len() / 2];
            self.networks.retain(|_, bucket| bucket.at > middle);
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and a day")]
fn seconds_until(missing: f64, per_hour: f64) -> u32 {
    (missing * HOUR / per_hour.max(0.1)).ceil().clamp(1.0, 86_400.0) as u32
}

/// The network of an address: a /24 of IPv4, a /48 of IPv6.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, c, 0))
        }
        IpAddr::V6(address) => {
            if let Some(address) = address.to_ipv4_mapped() {
                return network_of(IpAddr::V4(address));
            }
            let [a, b, c, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_has_its_budget_and_gets_it_back() {
        let mut budgets = Budgets::new(2, 100, 0);
        assert_eq!(budgets.take(address("10.0.0.1"), 0), Ok(()));
        assert_eq!(budgets.take(address("10.0.0.2"), 0), Ok(()));
        assert_eq!(budgets.take(address("::ffff:10.0.0.3"), 0), Err(1800));
        assert_eq!(budgets.take(address("10.0.1.1"), 0), Ok(()));
        assert_eq!(budgets.take(address("10.0.0.1"), 1800), Ok(()));
        assert_eq!(budgets.take(address("10.0.0.1"), 1801), Err(1799));
        assert_eq!(budgets.take(address("2001:db8:1:2::1"), 0), Ok(()));
        assert_eq!(budgets.take(address("2001:db8:1:3::1"), 0), Ok(()));
        assert!(budgets.take(address("2001:db8:1:4::1"), 0).is_err());
    }

    #[test]
    fn the_total_bounds_everybody_and_memory_is_bounded() {
        let mut budgets = Budgets::new(5, 30_000, 0);
        for idx in 0..30_000_u32 {
            let [_, b, c, _] = (idx << 8).to_be_bytes();
            assert_eq!(budgets.take(IpAddr::V4(Ipv4Addr::new(11, b, c, 1)), 0), Ok(()), "{idx}");
        }
        assert!(budgets.networks.len() <= MAX_NETWORKS);
        assert!(budgets.take(address("12.0.0.1"), 0).is_err());
    }
}
