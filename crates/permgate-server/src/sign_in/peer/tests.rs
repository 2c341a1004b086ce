//! The address that counts as the peer, with and without trusted proxies.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue};

use super::Peer;
use crate::network::Network;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn read(connected: &str, forwarded: &[&'static str], trusted: &[&str]) -> Peer {
    let mut headers = HeaderMap::new();
    for value in forwarded {
        headers.append("x-forwarded-for", HeaderValue::from_static(value));
    }
    let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
    Peer::read(ip(connected), &headers, &trusted)
}

#[test]
fn the_peer_is_the_rightmost_address_that_is_not_a_trusted_proxy() {
    for (connected, forwarded, trusted, expected) in [
        // Without a trusted proxy, the header is ignored.
        ("192.0.2.1", &["198.51.100.7"][..], &[][..], "192.0.2.1"),
        ("192.0.2.1", &[][..], &["192.0.2.1"][..], "192.0.2.1"),
        ("192.0.2.1", &["198.51.100.7"][..], &["192.0.2.1"][..], "198.51.100.7"),
        ("192.0.2.1", &["1.1.1.1, 198.51.100.7"][..], &["192.0.2.0/24"][..], "198.51.100.7"),
        ("192.0.2.1", &["198.51.100.7,192.0.2.9"][..], &["192.0.2.0/24"][..], "198.51.100.7"),
        ("192.0.2.1", &["198.51.100.7", "192.0.2.9"][..], &["192.0.2.0/24"][..], "198.51.100.7"),
        ("192.0.2.1", &["198.51.100.7:4711"][..], &["192.0.2.1"][..], "198.51.100.7"),
        ("192.0.2.1", &["[2001:db8::1]:4711"][..], &["192.0.2.1"][..], "2001:db8::"),
        ("::ffff:192.0.2.1", &["198.51.100.7"][..], &["192.0.2.1"][..], "198.51.100.7"),
        // An address that cannot be read ends the search.
        ("192.0.2.1", &["198.51.100.7, unknown"][..], &["192.0.2.1"][..], "192.0.2.1"),
        ("192.0.2.1", &["198.51.100.7, "][..], &["192.0.2.1"][..], "192.0.2.1"),
        ("192.0.2.1", &["192.0.2.2"][..], &["192.0.2.0/24"][..], "192.0.2.2"),
    ] {
        let peer = read(connected, forwarded, trusted);
        assert_eq!(peer, Peer(ip(expected)), "{connected} {forwarded:?} {trusted:?}");
    }
}

#[test]
fn all_ipv6_addresses_with_the_same_64_bits_are_one_peer() {
    let peer = |text| Peer::of(ip(text));
    assert_eq!(peer("2001:db8:1:2::1"), peer("2001:db8:1:2:ffff::9"));
    assert_ne!(peer("2001:db8:1:2::1"), peer("2001:db8:1:3::1"));
    assert_ne!(peer("192.0.2.1"), peer("192.0.2.2"));
    assert_eq!(peer("::ffff:192.0.2.1"), peer("192.0.2.1"));
}

#[test]
fn a_network_is_an_address_with_or_without_a_number_of_bits() {
    for (network, address, expected) in [
        ("10.0.0.0/8", "10.255.0.1", true),
        ("10.0.0.0/8", "11.0.0.1", false),
        ("10.0.0.7", "10.0.0.7", true),
        ("10.0.0.7", "10.0.0.8", false),
        ("0.0.0.0/0", "203.0.113.9", true),
        ("0.0.0.0/0", "2001:db8::1", false),
        ("2001:db8::/32", "2001:db8:ffff::1", true),
        ("::1", "::1", true),
        ("::/0", "2001:db8::1", true),
    ] {
        let network: Network = network.parse().unwrap();
        assert_eq!(network.contains(ip(address)), expected, "{network:?} {address}");
    }
    for bad in ["", "10.0.0.0/33", "10.0.0/8", "::1/129", "localhost", "10.0.0.0/", "10.0.0.0/-1"] {
        assert!(bad.parse::<Network>().is_err(), "{bad}");
    }
}
