//! Device identity: the text that a device signs to prove that it holds its key.
//!
//! Keys and signatures belong to the host (WebCrypto, `ed25519-dalek`); this
//! module knows only what is signed. Measured against openclaw 2026.9.6: the
//! key is Ed25519, `publicKey` and `signature` are base64url without padding,
//! and the device id is the lower-case hex SHA-256 of the 32 raw key bytes.

/// What one signature binds together, named `v3` on the wire.
///
/// Every field is bound by value: a gateway builds the same text from the
/// `connect` params it got and checks the signature over it.
#[derive(Debug, Clone, Copy)]
pub struct Proof<'a> {
    /// Lower-case hex SHA-256 of the raw public key.
    pub device_id: &'a str,
    /// `params.client.id`.
    pub client_id: &'a str,
    /// `params.client.mode`.
    pub client_mode: &'a str,
    /// `params.role`.
    pub role: &'a str,
    /// `params.scopes`, in the order in which they are sent.
    pub scopes: &'a [String],
    /// `params.device.signedAt` in Unix milliseconds: the challenge's `ts`,
    /// never the device's own clock (the gateway allows ±120 s of its own).
    pub signed_at_ms: u64,
    /// `auth.token`, else `auth.deviceToken`, else `auth.bootstrapToken`, else
    /// empty. A password is never part of the proof.
    pub token: &'a str,
    /// The nonce of this socket's challenge.
    pub nonce: &'a str,
    /// `params.client.platform`, empty when absent.
    pub platform: &'a str,
    /// `params.client.deviceFamily`, empty when absent.
    pub device_family: &'a str,
}

impl Proof<'_> {
    /// The UTF-8 text to sign (payload version 3).
    #[must_use]
    pub fn text(&self) -> String {
        let scopes = self.scopes.join(",");
        let signed_at = self.signed_at_ms.to_string();
        let platform = self.platform.trim().to_ascii_lowercase();
        let family = self.device_family.trim().to_ascii_lowercase();
        [
            "v3",
            self.device_id,
            self.client_id,
            self.client_mode,
            self.role,
            &scopes,
            &signed_at,
            self.token,
            self.nonce,
            &platform,
            &family,
        ]
        .join("|")
    }
}
