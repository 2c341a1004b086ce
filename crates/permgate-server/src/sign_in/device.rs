//! The cookie of a device on which a user has signed in before.
//!
//! It grants nothing. It shows that attempts from this device come from a person who once knew the
//! password, so that strangers who guess at the same name cannot lock its owner out (OWASP, "Slow
//! down online guessing attacks with device cookies"). It is bound to one user name, contains only
//! a random number and a code over both, and has its own budget of failures.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::secret::{Mac, RandomnessError, base64url, random_bytes};

/// How long a device is known after its last sign-in, in seconds: half a year.
const MAX_AGE_SECONDS: u32 = 180 * 24 * 60 * 60;

/// The random number of a device.
pub(crate) type DeviceNumber = [u8; 16];

/// Makes and recognises device cookies.
pub(crate) struct Devices {
    mac: Mac,
    is_secure: bool,
}

impl Devices {
    pub(crate) fn new(mac: &Mac, is_secure: bool) -> Self {
        Self { mac: mac.derive("permgate device cookie"), is_secure }
    }

    /// The device of a request, if this user name has signed in on it before.
    pub(crate) fn known(&self, headers: &HeaderMap, username: &str) -> Option<DeviceNumber> {
        let cookies = headers.get_all(header::COOKIE).iter();
        let cookies = cookies.filter_map(|value| value.to_str().ok());
        let mut pairs = cookies
            .flat_map(|text| text.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.name());
        pairs.find_map(|(_, value)| {
            let (number, code) = value.split_once('.')?;
            let number = URL_SAFE_NO_PAD.decode(number).ok()?.try_into().ok()?;
            let code = URL_SAFE_NO_PAD.decode(code).ok()?;
            self.mac.verify(&message(&number, username), &code).then_some(number)
        })
    }

    /// The `Set-Cookie` of a device on which this user name has just signed in.
    pub(crate) fn cookie(&self, username: &str) -> Result<String, RandomnessError> {
        let random = random_bytes()?;
        let mut number: DeviceNumber = [0; 16];
        for (byte, random) in number.iter_mut().zip(random) {
            *byte = random;
        }
        let code = base64url(&self.mac.sign(&message(&number, username)));
        let (name, number) = (self.name(), base64url(&number));
        let secure = if self.is_secure { "; Secure" } else { "" };
        Ok(format!(
            "{name}={number}.{code}; Path=/; HttpOnly; SameSite=Strict; \
             Max-Age={MAX_AGE_SECONDS}{secure}"
        ))
    }

    fn name(&self) -> &'static str {
        if self.is_secure { "__Host-permgate_device" } else { "permgate_device" }
    }
}

fn message(number: &DeviceNumber, username: &str) -> Vec<u8> {
    [&number[..], username.as_bytes()].concat()
}
