//! Where a request comes from: the address behind the proxies that are trusted.

use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::state::AppState;

/// The header to which each proxy appends the address that it was called from.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// How many bits of an IPv6 address stand for one customer of a provider: who has one address has
/// 2^64 of them.
const IPV6_BITS: u32 = 64;

/// The address that a connection comes from; kept with each of its requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connected(pub(crate) IpAddr);

/// One who asks, as far as budgets are concerned: an IPv4 address, or a network of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Peer(IpAddr);

impl Peer {
    /// The peer of an address.
    pub(crate) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => {
                let mask = u128::MAX << (128 - IPV6_BITS);
                Ipv6Addr::from_bits(address.to_bits() & mask).into()
            }
        })
    }

    /// The peer of a request: the rightmost address that is no trusted proxy. What stands to the
    /// left of it may be invented.
    fn read(connected: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let is_trusted = |address: IpAddr| trusted.iter().any(|proxies| proxies.contains(address));
        let mut peer = connected;
        let values: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
        let hops = values.iter().rev().flat_map(|value| {
            // A value that is no text is one hop that cannot be read.
            value.to_str().unwrap_or("?").rsplit(',')
        });
        for hop in hops {
            if !is_trusted(peer) {
                break;
            }
            // The proxy before it vouches for nothing that can be read: then it counts itself.
            let Some(address) = address(hop.trim()) else { break };
            peer = address;
        }
        Self::of(peer)
    }
}

/// An address as proxies write it: alone, in brackets, or with a port.
fn address(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split_once(']')?.0.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    }
    text.split_once(':')?.0.parse::<Ipv4Addr>().ok().map(IpAddr::V4)
}

impl FromRequestParts<AppState> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        // Without a connection, in one process with the caller, all are one peer.
        let connected = parts.extensions.get::<Connected>();
        let connected = connected.map_or(Ipv4Addr::UNSPECIFIED.into(), |connected| connected.0);
        Ok(Self::read(connected, &parts.headers, &state.config().trusted_proxies))
    }
}

/// Addresses with the same first bits, such as `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// Whether an address is one of it. An IPv4 address that is written as IPv6 counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(address)) => {
                own.to_bits().checked_shr(32 - self.bits).unwrap_or(0)
                    == address.to_bits().checked_shr(32 - self.bits).unwrap_or(0)
            }
            (IpAddr::V6(own), IpAddr::V6(address)) => {
                own.to_bits().checked_shr(128 - self.bits).unwrap_or(0)
                    == address.to_bits().checked_shr(128 - self.bits).unwrap_or(0)
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let address: IpAddr = address.parse().map_err(|_| NetworkError)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| NetworkError))?;
        if bits > most { Err(NetworkError) } else { Ok(Self { address, bits }) }
    }
}

/// A text is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkError;

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write an address such as `10.0.0.7`, or a network such as `10.0.0.0/8`")
    }
}

impl std::error::Error for NetworkError {}

#[cfg(test)]
mod tests;
