//! Whom a `wss` gateway is taken for. It is decided in the TLS handshake: not a
//! byte of HTTP, and no credential, leaves before.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore,
    SignatureScheme,
};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Which certificates of a `wss` gateway are trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Trust {
    /// Those that the system trusts.
    #[default]
    System,
    /// Those signed by an authority in this PEM file, and no others.
    CaFile(PathBuf),
    /// This one certificate, whoever signed it and whatever name it bears.
    Pinned(Fingerprint),
}

/// The SHA-256 of a certificate in DER form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of a certificate.
    #[must_use]
    pub fn of(certificate_der: &[u8]) -> Self {
        Self(Sha256::digest(certificate_der).into())
    }
}

/// What is no fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the fingerprint is not one: write the 64 hex digits that `openssl x509 -noout -fingerprint -sha256 -in FILE` prints, with or without colons"
)]
pub struct FingerprintError;

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    /// 64 hex digits, with or without colons, also behind `sha256:` or
    /// `sha256 Fingerprint=`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower = text.trim().to_ascii_lowercase();
        let digits = lower
            .strip_prefix("sha256 fingerprint=")
            .or_else(|| lower.strip_prefix("sha256:"))
            .unwrap_or(&lower);
        let digits: Vec<u8> = digits
            .bytes()
            .filter(|byte| *byte != b':')
            .map(|byte| char::from(byte).to_digit(16))
            .map(|digit| digit.and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<_>>()
            .ok_or(FingerprintError)?;
        let bytes: Vec<u8> = digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[pair.len() - 1])
            .collect();
        if digits.len() != 64 {
            return Err(FingerprintError);
        }
        bytes.try_into().map(Self).map_err(|_| FingerprintError)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            let colon = if at == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why it is not known whom to trust.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The file cannot be read, or holds no certificate.
    #[error("the ca_file {} cannot be used: {why}; it holds the certificate of the authority that signed the gateway's, as PEM", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The system has no certificates.
    #[error(
        "this system trusts no certificates at all ({0}): install its ca-certificates package, or name a ca_file or a fingerprint"
    )]
    NoSystemRoots(String),
    /// Trust was set for an address without TLS.
    #[error(
        "a ca_file or a fingerprint is set, but the gateway's address begins with ws:// and nothing would be checked: write wss://, or take them out"
    )]
    NoTls,
    /// rustls refused.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// What TLS is done with. Reads files.
pub(crate) fn client_config(trust: &Trust) -> Result<Arc<ClientConfig>, TrustError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let verifier: Arc<dyn ServerCertVerifier> = match trust {
        Trust::System => by_authority(system_roots()?, &provider)?,
        Trust::CaFile(path) => by_authority(roots_in(path)?, &provider)?,
        Trust::Pinned(fingerprint) => Arc::new(Pin {
            fingerprint: *fingerprint,
            algorithms: provider.signature_verification_algorithms,
        }),
    };
    let config = builder
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn by_authority(
    roots: RootCertStore,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, TrustError> {
    let builder = WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(provider));
    let refused = |error| rustls::Error::General(format!("{error}"));
    Ok(builder.build().map_err(refused)?)
}

fn system_roots() -> Result<RootCertStore, TrustError> {
    let loaded = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(loaded.certs);
    if roots.is_empty() {
        let why = loaded.errors.first().map(ToString::to_string);
        return Err(TrustError::NoSystemRoots(
            why.unwrap_or_else(|| "none were found".to_owned()),
        ));
    }
    Ok(roots)
}

fn roots_in(path: &Path) -> Result<RootCertStore, TrustError> {
    let unusable = |why: String| TrustError::CaFile {
        path: path.to_owned(),
        why,
    };
    let certificates =
        CertificateDer::pem_file_iter(path).map_err(|error| unusable(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| unusable(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(unusable("there is no certificate in it".to_owned()));
    }
    Ok(roots)
}

/// Why a handshake failed, if it is a matter of trust.
pub(super) fn distrust(error: &io::Error) -> Option<String> {
    let inner = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    match inner {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(why))) => {
            Some(why.to_string())
        }
        rustls::Error::InvalidCertificate(why) => Some(why.to_string()),
        rustls::Error::NoCertificatesPresented => Some(inner.to_string()),
        _ => None,
    }
}

/// Trusts one certificate. That the other side has its key, the signature of
/// the handshake proves.
#[derive(Debug)]
struct Pin {
    fingerprint: Fingerprint,
    algorithms: WebPkiSupportedAlgorithms,
}

/// Another certificate than the pinned one.
#[derive(Debug, thiserror::Error)]
#[error(
    "its certificate has the fingerprint {0}, which is not the pinned one: look on the gateway's machine whether it is its own, and if so write this one into the settings"
)]
struct NotPinned(Fingerprint);

impl ServerCertVerifier for Pin {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let shown = Fingerprint::of(end_entity);
        if bool::from(shown.0.ct_eq(&self.fingerprint.0)) {
            return Ok(ServerCertVerified::assertion());
        }
        let why = CertificateError::Other(OtherError(Arc::new(NotPinned(shown))));
        Err(rustls::Error::InvalidCertificate(why))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_in_every_form_that_tools_print() {
        let fingerprint = Fingerprint::of(b"certificate");
        let shown = fingerprint.to_string();
        let plain = shown.replace(':', "");
        for text in [
            shown.clone(),
            plain.to_lowercase(),
            format!("sha256 Fingerprint={shown}"),
            format!(" SHA256:{plain}\n"),
        ] {
            assert_eq!(text.parse(), Ok(fingerprint), "{text}");
        }
        for text in [
            "",
            "ab",
            "xyz",
            &plain[2..],
            &format!("{plain}00"),
            &shown[1..],
        ] {
            assert_eq!(text.parse::<Fingerprint>(), Err(FingerprintError), "{text}");
        }
    }

    #[test]
    fn a_ca_file_without_a_certificate_says_what_it_should_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        for content in [
            None,
            Some("not PEM"),
            Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        ] {
            if let Some(content) = content {
                std::fs::write(&path, content).unwrap();
            }
            let error = client_config(&Trust::CaFile(path.clone())).unwrap_err();
            assert!(error.to_string().contains("as PEM"), "{error}");
        }
    }
}
