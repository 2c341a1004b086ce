//! Checks that a configured origin is spelled as browsers send it: no other spelling ever matches.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Why an origin can never match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OriginError {
    /// There is no `://`, or no scheme before it.
    Scheme,
    /// There is text after the host and the port.
    Path,
    /// There is a user name, or a character that no host contains.
    Host,
    /// The port is the default one, which browsers leave out, or is not a port.
    Port,
    /// Browsers send it in another spelling.
    Spelling(String),
}

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme => f.write_str("it has no scheme"),
            Self::Path => f.write_str("it goes on after the host; end it there, without `/`"),
            Self::Host => {
                f.write_str("its host is not valid; write it in ASCII, without a user name or `*`")
            }
            Self::Port => f.write_str(
                "its port is not valid, or is the default port, which browsers leave out",
            ),
            Self::Spelling(right) => write!(f, "browsers send `{right}`"),
        }
    }
}

/// Checks that an origin is in the form of the header `Origin` (RFC 6454 §6.2, WHATWG HTML
/// §7.1.1). Schemes other than `http` and `https` are those of applications with a web view.
pub(crate) fn check(origin: &str) -> Result<(), OriginError> {
    let (scheme, rest) = origin.split_once("://").ok_or(OriginError::Scheme)?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    if !is_scheme {
        return Err(OriginError::Scheme);
    }
    if rest.contains(['/', '?', '#', '\\']) {
        return Err(OriginError::Path);
    }
    let lower = origin.to_ascii_lowercase();
    if lower != origin {
        return Err(OriginError::Spelling(lower));
    }
    let (host, port) = if rest.starts_with('[') {
        let end = rest.find(']').ok_or(OriginError::Host)?;
        let (host, port) = rest.split_at_checked(end + 1).ok_or(OriginError::Host)?;
        let inside = host.trim_start_matches('[').trim_end_matches(']');
        let address: Ipv6Addr = inside.parse().map_err(|_| OriginError::Host)?;
        let written = in_hexadecimal(address);
        if written != inside {
            return Err(OriginError::Spelling(format!("{scheme}://[{written}]{port}")));
        }
        (host, port)
    } else {
        rest.split_at_checked(rest.find(':').unwrap_or(rest.len())).ok_or(OriginError::Host)?
    };
    if !host.starts_with('[') && !is_host(host) {
        return Err(OriginError::Host);
    }
    let Some(port) = port.strip_prefix(':') else {
        return if port.is_empty() { Ok(()) } else { Err(OriginError::Port) };
    };
    let number: u16 = port.parse().map_err(|_| OriginError::Port)?;
    let default = matches!((scheme, number), ("http" | "ws", 80) | ("https" | "wss", 443));
    let is_port = number > 0 && number.to_string() == port && !default;
    if is_port { Ok(()) } else { Err(OriginError::Port) }
}

/// Whether a host is a name or an IPv4 address, in the spelling that browsers use.
fn is_host(host: &str) -> bool {
    let is_name = !host.is_empty()
        && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
        && !host.starts_with('.')
        && !host.contains("..");
    // A host whose last label is a number is an IPv4 address (WHATWG URL §3.5).
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let is_number =
        !last.is_empty() && (last.chars().all(|c| c.is_ascii_digit()) || last.starts_with("0x"));
    is_name && (!is_number || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.to_string() == host))
}

/// Browsers write an IPv6 address in hexadecimal only, also one that contains an IPv4 address.
fn in_hexadecimal(address: Ipv6Addr) -> String {
    let written = address.to_string();
    let Some((front, last)) = written.rsplit_once(':') else { return written };
    let Ok(last) = last.parse::<Ipv4Addr>() else { return written };
    let [a, b, c, d] = last.octets().map(u16::from);
    format!("{front}:{:x}:{:x}", a << 8 | b, c << 8 | d)
}

#[cfg(test)]
mod tests;
