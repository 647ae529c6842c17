//! The secret that the server gives to whoever started it.
//!
//! Other pages in the same browser, and other users of the same machine, can reach a server at 127.0.0.1 too. They do not know
//! the token, so they cannot start runs.

use axum::http::{HeaderMap, header};
use std::fmt;
use subtle::ConstantTimeEq as _;

/// The protocol that client and server agree on; the token is offered beside it, since browsers let pages set no headers.
pub(super) const PROTOCOL: &str = "playground";
/// What the offer of a token begins with.
const OFFER: &str = "token.";

/// 256 random bits, spelt in hexadecimal.
#[derive(Clone)]
pub(super) struct Token(String);

impl Token {
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// Whether a request offers the protocol together with this token. How long it takes does not depend on how much of a
    /// wrong token is right.
    pub(super) fn is_offered(&self, headers: &HeaderMap) -> bool {
        let offers = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
        let offers: Vec<_> = offers
            .filter_map(|offer| offer.to_str().ok())
            .flat_map(|offer| offer.split(','))
            .map(str::trim)
            .collect();
        let mut tokens = offers.iter().filter_map(|offer| offer.strip_prefix(OFFER));
        // One guess a request.
        let (token, more) = (tokens.next().unwrap_or_default(), tokens.next());
        bool::from(token.as_bytes().ct_eq(self.0.as_bytes())) && more.is_none() && offers.contains(&PROTOCOL)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offers(token: &Token, offer: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, offer.parse().unwrap());
        token.is_offered(&headers)
    }

    #[test]
    fn only_the_token_opens() {
        let (token, other) = (Token::random().unwrap(), Token::random().unwrap());
        assert_eq!(token.to_string().len(), 64);
        assert!(offers(&token, &format!("playground, token.{token}")));
        assert!(offers(&token, &format!("token.{token},playground")));
        for wrong in [
            format!("playground, token.{other}"),
            format!("token.{token}"),
            format!("playground, {token}"),
            format!("playground, token.{other}, token.{token}"),
            format!("playground, token.{token}0"),
            format!("playground, token.{}", &token.to_string()[..63]),
            "playground, token.".to_owned(),
            "playground".to_owned(),
        ] {
            assert!(!offers(&token, &wrong), "{wrong}");
        }
        assert!(!token.is_offered(&HeaderMap::new()));
    }
}
