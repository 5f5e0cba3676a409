//! Basic authentication: the password itself, in every request ([RFC 7617]).
//!
//! [RFC 7617]: https://www.rfc-editor.org/rfc/rfc7617

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use super::{Credentials, Error};

/// What stands behind `Basic ` in the `Authorization` header: user and password in UTF-8, then in Base64.
///
/// # Errors
/// If the user name has a colon or a control character, which the scheme cannot carry.
pub fn token(credentials: &Credentials) -> Result<Zeroizing<String>, Error> {
    let user = credentials.user().to_string();
    let password = credentials.password().ok_or(Error::NoPassword)?.expose();
    if user.contains(|c: char| c == ':' || c.is_control()) {
        return Err(Error::BasicUserName);
    }
    // Both buffers have their full size from the start: growing would leave copies behind.
    let mut plain = Zeroizing::new(String::with_capacity(user.len() + 1 + password.len()));
    plain.push_str(&user);
    plain.push(':');
    plain.push_str(password);
    let mut token = Zeroizing::new(String::with_capacity(plain.len().div_ceil(3) * 4));
    BASE64_STANDARD.encode_string(plain.as_bytes(), &mut token);
    Ok(token)
}
