//! Recognises RSA keys that a faulty library generated (ROCA, CVE-2017-15361) and that can be
//! factored.
//!
//! The primes of such keys are `k * M + 65537^a mod M`, where `M` is a product of small primes. So
//! the modulus is a power of 65537 modulo each of these small primes, which happens by chance to at
//! most one key in 2^27 (Nemec et al., "The Return of Coppersmith's Attack", §3).

/// The small primes that divide `M` for every affected key length.
const PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/// Whether a modulus, in big-endian bytes, has the fingerprint of a weak key.
pub(super) fn is_weak(modulus: &[u8]) -> bool {
    PRIMES.iter().all(|&prime| {
        let residue = modulus.iter().fold(0, |rest, &byte| (rest * 256 + u32::from(byte)) % prime);
        is_power(residue, prime)
    })
}

/// Whether a number is a power of 65537 modulo a prime.
fn is_power(number: u32, prime: u32) -> bool {
    let mut power = 1;
    loop {
        if power == number {
            return true;
        }
        power = power * (65537 % prime) % prime;
        if power == 1 {
            return false;
        }
    }
}
