//! Whom a gateway's certificate makes it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clawline_relay::config::{ConfigFile, Flags, Loaded};
use clawline_relay::upstream::{
    ConnectError, Fingerprint, Sqlite, Status, Trust, TrustError, Upstream,
};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;
use tokio_rustls::TlsAcceptor;

use super::line::Line;
use super::{config, connect, ready, until};
use crate::common::{Relay, patiently, with_token};

/// An authority of our own making, and a certificate that it signed for this
/// machine.
pub(crate) struct Authority {
    pub(crate) pem: String,
    pub(crate) certificate: CertificateDer<'static>,
    /// Its key, as PKCS #8.
    key: Vec<u8>,
    pub(crate) tls: TlsAcceptor,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // What it signs has another name: else OpenSSL takes that for its own signer.
        params
            .distinguished_name
            .push(DnType::CommonName, "authority of a test");
        let key = KeyPair::generate().unwrap();
        let pem = pem("CERTIFICATE", params.self_signed(&key).unwrap().der());
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap().der().clone();
        let key = key.serialize_der();
        let private = PrivateKeyDer::try_from(key.clone()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], private)
            .unwrap();
        Self {
            pem,
            certificate,
            key,
            tls: TlsAcceptor::from(Arc::new(config)),
        }
    }

    /// The certificate and its key, as other programs read them.
    pub(crate) fn pems(&self) -> (String, String) {
        let certificate = pem("CERTIFICATE", &self.certificate);
        (certificate, pem("PRIVATE KEY", &self.key))
    }

    fn file(&self, folder: &TempDir) -> Trust {
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, &self.pem).unwrap();
        Trust::CaFile(path)
    }
}

fn pem(what: &str, bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let lines = lines.join("\n");
    format!("-----BEGIN {what}-----\n{lines}\n-----END {what}-----\n")
}

/// A gateway behind TLS, and a client that trusts so.
async fn call(authority: &Authority, trust: Trust) -> (Relay, Line, TempDir, Upstream) {
    let relay = Relay::start(with_token()).await;
    let line = Line::with_tls(relay.address(), authority.tls.clone()).await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(&format!("wss://{}", line.address), folder.path());
    config.trust = trust;
    let upstream = connect(config).await;
    (relay, line, folder, upstream)
}

async fn is_distrusted(line: &Line, upstream: &Upstream) -> String {
    let waiting = until(upstream, |status| matches!(status, Status::Waiting { .. })).await;
    let cause = waiting.cause().unwrap().clone();
    assert_eq!(cause.code, "certificate-untrusted", "{cause:?}");
    // It tries again, and says no more than before.
    patiently(line.ended(3)).await;
    assert_eq!(
        line.heard(),
        0,
        "nothing leaves before it is known who is there"
    );
    cause.message
}

#[tokio::test]
async fn a_gateway_whose_authority_is_named_is_trusted() {
    let authority = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    let (_relay, line, _data, upstream) = call(&authority, authority.file(&folder)).await;
    ready(&upstream).await;
    assert!(line.heard() > 0);
    upstream.close().await;
}

#[tokio::test]
async fn a_gateway_of_another_authority_gets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let other = Authority::new().file(&folder);
    // A machine without any authorities refuses to begin.
    let has_roots = !rustls_native_certs::load_native_certs().certs.is_empty();
    for trust in [other]
        .into_iter()
        .chain(has_roots.then_some(Trust::System))
    {
        let (_relay, line, _data, upstream) = call(&Authority::new(), trust).await;
        is_distrusted(&line, &upstream).await;
        upstream.close().await;
    }
}

#[tokio::test]
async fn a_pinned_certificate_is_trusted_whoever_signed_it() {
    let authority = Authority::new();
    let pin = Trust::Pinned(Fingerprint::of(&authority.certificate));
    let (_relay, _line, _data, upstream) = call(&authority, pin).await;
    ready(&upstream).await;
    upstream.close().await;
}

#[tokio::test]
async fn another_certificate_than_the_pinned_one_gets_nothing_and_is_told() {
    let (pinned, shown) = (Authority::new(), Authority::new());
    let pin = Trust::Pinned(Fingerprint::of(&pinned.certificate));
    let (_relay, line, _data, upstream) = call(&shown, pin).await;
    let words = is_distrusted(&line, &upstream).await;
    let fingerprint = Fingerprint::of(&shown.certificate).to_string();
    assert!(words.contains(&fingerprint), "{words}");
    assert!(
        words.contains("write this one into the settings"),
        "{words}"
    );
    upstream.close().await;
}

/// What the file of settings comes to, for a gateway behind TLS.
async fn called(line: &Line, keys: &str) -> (TempDir, Upstream) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clawline.toml");
    let url = line.address;
    let text = format!("[channel]\nenabled = true\ngateway_url = \"wss://{url}\"\n{keys}\n");
    std::fs::write(&path, text).unwrap();
    let loaded = Loaded::read(&ConfigFile::Named(path), &Flags::new()).unwrap();
    assert_eq!(loaded.warnings, []);
    let called = loaded.config.called_gateway(|_| None, folder.path());
    let mut settings = called.unwrap().unwrap();
    let quick = config("", folder.path());
    settings.backoff = quick.backoff;
    settings.token = quick.token;
    std::fs::create_dir_all(&settings.folder).unwrap();
    (folder, connect(settings).await)
}

#[tokio::test]
async fn the_settings_of_the_channel_say_whom_its_gateway_is_taken_for() {
    let (authority, other) = (Authority::new(), Authority::new());
    let relay = Relay::start(with_token()).await;
    let files = tempfile::tempdir().unwrap();
    let ca_file = |one: &Authority, name: &str| {
        let path = files.path().join(name);
        std::fs::write(&path, &one.pem).unwrap();
        format!("ca_file = {path:?}")
    };
    let pin = |one: &Authority| format!("fingerprint = \"{}\"", Fingerprint::of(&one.certificate));
    for keys in [ca_file(&authority, "right.pem"), pin(&authority)] {
        let line = Line::with_tls(relay.address(), authority.tls.clone()).await;
        let (_folder, upstream) = called(&line, &keys).await;
        ready(&upstream).await;
        upstream.close().await;
    }
    for keys in [ca_file(&other, "wrong.pem"), pin(&other)] {
        let line = Line::with_tls(relay.address(), authority.tls.clone()).await;
        let (_folder, upstream) = called(&line, &keys).await;
        is_distrusted(&line, &upstream).await;
        upstream.close().await;
    }
}

#[tokio::test]
async fn trust_that_nothing_would_check_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path()).await.unwrap();
    let mut config = config("ws://127.0.0.1:1", folder.path());
    config.trust = Trust::Pinned(Fingerprint::of(b""));
    let refused = Upstream::connect(config, store).await;
    assert!(matches!(
        refused,
        Err(ConnectError::Trust(TrustError::NoTls))
    ));
}
