//! The challenges of a refusal: `WWW-Authenticate` (RFC 9110 §11.6.1).

use alloc::string::String;
use alloc::vec::Vec;

use crate::text::taken;

/// The longest value in bytes that is read; servers and browsers stop at 8 to 16 KiB for all
/// headers together. A longer value is not read at all, since its end may contradict its start.
pub const MAX_CHALLENGE_BYTES: usize = 16 * 1024;

/// The most challenges that are read; servers in the field send one to four.
pub const MAX_CHALLENGES: usize = 32;

/// One way to authenticate that a server offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme, in lower case: `bearer`, `dpop`, `basic`.
    pub scheme: String,
    /// The parameters as they were written, without quotes and escapes.
    pub parameters: Vec<(String, String)>,
    /// The value that some schemes, such as `negotiate`, have instead of parameters.
    pub token68: Option<String>,
}

impl Challenge {
    /// Reads a value of the header, or several joined by commas. A malformed part ends the list;
    /// the challenges before it count.
    #[must_use]
    pub fn parse_all(value: &str) -> Vec<Self> {
        let mut challenges = Vec::new();
        if value.len() <= MAX_CHALLENGE_BYTES {
            let mut reader = Reader { rest: value };
            while reader.element(&mut challenges).is_some() {}
        }
        challenges
    }

    /// The parameter with a name, in upper or lower case; the first one, if there are several.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        let found = parameters.find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// The unread rest of the value.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Reads one element between commas: a parameter, or a scheme and its value. None at the end,
    /// and at a malformed part.
    fn element(&mut self, challenges: &mut Vec<Challenge>) -> Option<()> {
        // Elements of a list may be empty (RFC 9110 §5.6.1.2).
        taken(&mut self.rest, &|byte| matches!(byte, b' ' | b'\t' | b','));
        let mut name = self.token()?;
        let has_space = self.skip_space();
        if !self.rest.starts_with('=') {
            if challenges.len() == MAX_CHALLENGES {
                return None;
            }
            let scheme = name.to_ascii_lowercase();
            challenges.push(Challenge { scheme, ..Challenge::default() });
            if self.is_at_end() {
                return Some(());
            }
            if !has_space {
                return None;
            }
            if let Some(token68) = self.token68() {
                challenges.last_mut()?.token68 = Some(token68.into());
                return Some(());
            }
            name = self.token()?;
            self.skip_space();
        }
        let challenge = challenges.last_mut().filter(|challenge| challenge.token68.is_none())?;
        self.rest = self.rest.strip_prefix('=')?;
        self.skip_space();
        let value = match self.rest.strip_prefix('"') {
            Some(rest) => self.quoted(rest)?,
            None => self.token()?.into(),
        };
        challenge.parameters.push((name.into(), value));
        self.skip_space();
        self.is_at_end().then_some(())
    }

    fn is_at_end(&self) -> bool {
        self.rest.is_empty() || self.rest.starts_with(',')
    }

    fn skip_space(&mut self) -> bool {
        !taken(&mut self.rest, &|byte| matches!(byte, b' ' | b'\t')).is_empty()
    }

    /// One character or more of a token (RFC 9110 §5.6.2).
    fn token(&mut self) -> Option<&'a str> {
        let is_allowed = |byte: u8| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
        };
        Some(taken(&mut self.rest, &is_allowed)).filter(|token| !token.is_empty())
    }

    /// A `token68` (RFC 9110 §11.2) and the space after it. None if the characters begin a
    /// parameter.
    fn token68(&mut self) -> Option<&'a str> {
        let is_allowed = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/')
        };
        let start = self.rest;
        taken(&mut self.rest, &is_allowed);
        taken(&mut self.rest, &|byte| byte == b'=');
        let (found, _) = start.split_at_checked(start.len() - self.rest.len())?;
        self.skip_space();
        if !found.is_empty() && self.is_at_end() {
            return Some(found);
        }
        self.rest = start;
        None
    }

    /// The content of a quoted string (RFC 9110 §5.6.4), after its first quote. Letters beyond
    /// ASCII are accepted, control characters except the tab are not.
    fn quoted(&mut self, text: &'a str) -> Option<String> {
        let mut characters = text.chars();
        let mut content = String::new();
        loop {
            let (character, is_escaped) = match characters.next()? {
                '\\' => (characters.next()?, true),
                character => (character, false),
            };
            match character {
                '"' if !is_escaped => {
                    self.rest = characters.as_str();
                    return Some(content);
                }
                control if control.is_ascii_control() && control != '\t' => return None,
                _ => content.push(character),
            }
        }
    }
}

/// What the server demands with a 401.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Other credentials: there were none, or those that were sent are no longer valid.
    Credentials,
    /// The user has to authenticate more strongly, or again. The credentials stay valid.
    StepUp(StepUp),
    /// The client has to send the request again with the server's nonce (RFC 9449 §9). The
    /// credentials stay valid.
    DpopNonce,
}

/// The authentication that is requested (RFC 9470 §3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepUp {
    /// The accepted authentication context class references, separated by spaces, the preferred
    /// first.
    pub acr_values: Option<String>,
    /// How long ago the user may have authenticated, in seconds.
    pub max_age_seconds: Option<u64>,
    /// The scopes that the request needs, separated by spaces (RFC 6750 §3).
    pub scope: Option<String>,
}

impl Refusal {
    /// The demand in the header of a 401. Several challenges are alternatives. But if one of them
    /// says that the token is invalid (RFC 6750 §3.1), neither a stronger authentication nor a
    /// nonce helps.
    #[must_use]
    pub fn of(header: Option<&str>) -> Self {
        let mut refusal = Self::Credentials;
        for challenge in Challenge::parse_all(header.unwrap_or_default()) {
            let is_dpop = challenge.scheme == "dpop";
            if !is_dpop && challenge.scheme != "bearer" {
                continue;
            }
            match challenge.parameter("error") {
                Some("invalid_token") => return Self::Credentials,
                Some("insufficient_user_authentication") if !refusal.is_step_up() => {
                    refusal = Self::StepUp(StepUp::of(&challenge));
                }
                Some("use_dpop_nonce") if is_dpop && !refusal.is_step_up() => {
                    refusal = Self::DpopNonce;
                }
                _ => {}
            }
        }
        refusal
    }

    fn is_step_up(&self) -> bool {
        matches!(self, Self::StepUp(_))
    }
}

impl StepUp {
    fn of(challenge: &Challenge) -> Self {
        let text = |name| challenge.parameter(name).map(String::from);
        // The standard library accepts a sign before a number, the RFC does not.
        let max_age = challenge.parameter("max_age").filter(|age| !age.starts_with('+'));
        Self {
            acr_values: text("acr_values"),
            max_age_seconds: max_age.and_then(|age| age.parse().ok()),
            scope: text("scope"),
        }
    }
}

#[cfg(test)]
mod tests;
