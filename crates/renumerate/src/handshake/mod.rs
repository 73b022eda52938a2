//! Handshake tokens of the vendor's newer contract. They are signed locally, without any network I/O.

mod sign;
#[cfg(not(target_family = "wasm"))]
mod signer;
mod token;

#[cfg(not(target_family = "wasm"))]
pub use signer::HandshakeSigner;
#[cfg(all(feature = "client", not(target_family = "wasm")))]
pub(crate) use signer::create_token;
pub use token::HandshakeToken;
