//! Public keys of a JSON Web Key Set (RFC 7517), each with the one algorithm that it verifies.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey};
#[cfg(feature = "oidc-rs256")]
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::Deserialize;

#[cfg(feature = "oidc-rs256")]
use super::roca;

/// How many keys of a set are read at most. Providers publish two or three.
const MAX_KEYS: usize = 64;

/// The first byte of a point that is not compressed (SEC 1 §2.3.3).
const UNCOMPRESSED: u8 = 4;

/// A signature algorithm (RFC 7518 §3.1, RFC 8037 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, of keys from 2048 bits.
    #[cfg(feature = "oidc-rs256")]
    Rs256,
}

impl Algorithm {
    /// The algorithm of this name in a token's header; none if it is not supported.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            "ES256" => Some(Self::Es256),
            #[cfg(feature = "oidc-rs256")]
            "RS256" => Some(Self::Rs256),
            _ => None,
        }
    }
}

/// The keys of a set that can verify tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys(Vec<Key>);

#[derive(Clone, Debug)]
pub(super) struct Key {
    id: Option<String>,
    material: Material,
}

#[derive(Clone, Debug)]
enum Material {
    Ed25519(Vec<u8>),
    P256(Vec<u8>),
    #[cfg(feature = "oidc-rs256")]
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
}

/// A key in a set. Unknown members are ignored (RFC 7517 §4).
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    #[cfg(feature = "oidc-rs256")]
    n: Option<String>,
    #[cfg(feature = "oidc-rs256")]
    e: Option<String>,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

impl Keys {
    /// Reads a set. Keys for other uses, or of unsupported algorithms, are left out (RFC 7517 §5),
    /// and so are keys that share an identifier: it would not say which of them a token means.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let set: Set = serde_json::from_slice(text).ok()?;
        let read = set.keys.into_iter().take(MAX_KEYS);
        let jwks: Vec<Jwk> = read.filter_map(|key| serde_json::from_value(key).ok()).collect();
        let is_single = |id: &Option<String>| {
            id.is_none() || jwks.iter().filter(|other| other.kid == *id).count() == 1
        };
        let keys = jwks.iter().filter(|jwk| is_single(&jwk.kid));
        Some(Self(keys.filter_map(Key::new).collect()))
    }

    /// The key for a token: the key that it names; if it names none, the only key of its algorithm.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&Key> {
        let fits = |key: &&Key| key.algorithm() == algorithm;
        match id {
            Some(id) => self.0.iter().find(|key| key.id.as_deref() == Some(id)).filter(fits),
            None => {
                let mut fitting = self.0.iter().filter(fits);
                let only = fitting.next()?;
                fitting.next().is_none().then_some(only)
            }
        }
    }

    /// Whether there is a key of this name, of any algorithm.
    pub(super) fn holds(&self, id: &str) -> bool {
        self.0.iter().any(|key| key.id.as_deref() == Some(id))
    }

    /// The number of keys that can verify tokens.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Key {
    fn new(jwk: &Jwk) -> Option<Self> {
        let verifies = jwk.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && jwk.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !verifies {
            return None;
        }
        let key = Self { id: jwk.kid.clone(), material: Material::new(jwk)? };
        // A key that names an algorithm is only for that algorithm.
        let pinned = jwk.alg.as_deref().map(Algorithm::named);
        pinned.is_none_or(|pinned| pinned == Some(key.algorithm())).then_some(key)
    }

    fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Ed25519(_) => Algorithm::EdDsa,
            Material::P256(_) => Algorithm::Es256,
            #[cfg(feature = "oidc-rs256")]
            Material::Rsa { .. } => Algorithm::Rs256,
        }
    }

    /// Whether a signature over some bytes was made with this key.
    pub(super) fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Ed25519(key) => {
                UnparsedPublicKey::new(&ED25519, key).verify(signed, signature)
            }
            Material::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature)
            }
            #[cfg(feature = "oidc-rs256")]
            Material::Rsa { modulus, exponent } => {
                RsaPublicKeyComponents { n: modulus, e: exponent }.verify(
                    &RSA_PKCS1_2048_8192_SHA256,
                    signed,
                    signature,
                )
            }
        }
        .is_ok()
    }
}

impl Material {
    fn new(jwk: &Jwk) -> Option<Self> {
        match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("OKP", Some("Ed25519")) => Some(Self::Ed25519(coordinate(jwk.x.as_deref()?)?)),
            ("EC", Some("P-256")) => {
                let (x, y) = (coordinate(jwk.x.as_deref()?)?, coordinate(jwk.y.as_deref()?)?);
                Some(Self::P256([&[UNCOMPRESSED], x.as_slice(), &y].concat()))
            }
            #[cfg(feature = "oidc-rs256")]
            ("RSA", _) => {
                let modulus = decode(jwk.n.as_deref()?)?;
                let exponent = decode(jwk.e.as_deref()?)?;
                // CVE-2017-15361: such a key can be factored.
                (!roca::is_weak(&modulus)).then_some(Self::Rsa { modulus, exponent })
            }
            _ => None,
        }
    }
}

/// Decodes 32 bytes, as curves of 256 bits have them (RFC 7518 §6.2.1.2, RFC 8037 §2).
fn coordinate(text: &str) -> Option<Vec<u8>> {
    decode(text).filter(|bytes| bytes.len() == 32)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests;
