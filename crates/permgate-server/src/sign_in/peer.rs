//! The address that a request comes from, behind trusted proxies.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::config::Config;
use crate::network::Network;

/// The header to which each proxy appends the address of its client.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// How many bits of an IPv6 address identify one customer of a provider: a customer with one
/// address has 2^64 of them.
const IPV6_BITS: u32 = 64;

/// The address of a connection; stored with each of its requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connected(pub(crate) IpAddr);

/// A peer, to which budgets apply: an IPv4 address, or a network of IPv6.
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

    /// The peer of a request: the rightmost address that is not a trusted proxy. Addresses to the
    /// left of it may be forged.
    fn read(connected: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let is_trusted = |address: IpAddr| trusted.iter().any(|proxies| proxies.contains(address));
        let mut peer = connected;
        let values: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
        let hops = values.iter().rev().flat_map(|value| {
            // A value that is not text counts as one hop that cannot be read.
            value.to_str().unwrap_or("?").rsplit(',')
        });
        for hop in hops {
            if !is_trusted(peer) {
                break;
            }
            // This entry cannot be read, so the last proxy that could be read counts as the peer.
            let Some(address) = address(hop.trim()) else { break };
            peer = address;
        }
        Self::of(peer)
    }
}

/// Reads an address as proxies write it: alone, in brackets, or with a port.
fn address(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split_once(']')?.0.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    }
    text.split_once(':')?.0.parse::<Ipv4Addr>().ok().map(IpAddr::V4)
}

impl<S: AsRef<Config> + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        // Without a connection, when caller and server share a process, all requests have the same
        // peer.
        let connected = parts.extensions.get::<Connected>();
        let connected = connected.map_or(Ipv4Addr::UNSPECIFIED.into(), |connected| connected.0);
        Ok(Self::read(connected, &parts.headers, &state.as_ref().trusted_proxies))
    }
}

#[cfg(test)]
mod tests;
