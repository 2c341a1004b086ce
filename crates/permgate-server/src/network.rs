//! IP networks, as the configuration names those of trusted proxies.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// All addresses with the same first bits, such as `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// Whether the network contains an address. An IPv4 address written as IPv6 counts as IPv4.
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

/// The text is not a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkError;

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write an address such as `10.0.0.7`, or a network such as `10.0.0.0/8`")
    }
}

impl std::error::Error for NetworkError {}
