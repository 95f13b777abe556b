//! The handshake of protocol 4: the way from an open socket to a connection, as
//! a machine of its own. The engine gives it a deadline, feeds it what came, and
//! takes its steps; another wire is another machine behind the same calls.

use crate::device::Proof;
use crate::secret::Secret;
use crate::time::Instant;
use crate::wire::Writer;

/// How this client introduces itself on one socket: asked anew each time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Introduction {
    /// What it can sign in with.
    pub credentials: Credentials,
    /// Its device, `None` when the host can keep no key at all.
    pub device: Option<DeviceKey>,
}

/// What a handshake waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Awaits {
    /// The other side's challenge.
    Challenge,
    /// The signature of the host's key.
    Signature,
    /// The other side's greeting.
    Hello,
}

/// What a handshake wants done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing: it was not waited for.
    Wait,
    /// Have this text signed.
    Sign(Secret),
    /// Send this request; its answer is the greeting.
    Ask {
        method: &'static str,
        params: String,
    },
    /// End it, by this code and in these words.
    Fail(&'static str, String),
}

/// A handshake under way on one socket.
#[derive(Debug)]
pub(crate) enum Handshake {
    Open(Introduction),
    Signing(Proposal),
    Greeting(Proposal),
}

/// What is asked for. What is signed is what is sent, whatever tabs ask for
/// meanwhile.
#[derive(Debug)]
pub(crate) struct Proposal {
    pub(crate) profile: Profile,
    pub(crate) auth: Auth,
    device: Option<DeviceKey>,
    pub(crate) challenge: Challenge,
    /// When the challenge came.
    pub(crate) challenged: Instant,
}

impl Handshake {
    pub(crate) const fn new(introduction: Introduction) -> Self {
        Self::Open(introduction)
    }

    pub(crate) const fn awaits(&self) -> Awaits {
        match self {
            Self::Open(_) => Awaits::Challenge,
            Self::Signing(_) => Awaits::Signature,
            Self::Greeting(_) => Awaits::Hello,
        }
    }

    /// What was sent, once it was.
    pub(crate) const fn proposed(&self) -> Option<&Proposal> {
        match self {
            Self::Greeting(proposal) => Some(proposal),
            Self::Open(_) | Self::Signing(_) => None,
        }
    }

    /// The challenge came: `profile` is what this attempt asks to be.
    pub(crate) fn challenged(
        &mut self,
        now: Instant,
        challenge: Option<Challenge>,
        profile: Profile,
        device_token_refused: bool,
    ) -> Step {
        let Self::Open(introduction) = self else {
            return Step::Wait;
        };
        let Some(challenge) = challenge else {
            return Step::Fail("challenge-invalid", String::new());
        };
        let Introduction {
            credentials,
            device,
        } = std::mem::take(introduction);
        let auth = Auth::choose(&credentials, &profile.scopes, device_token_refused);
        let text = device
            .as_ref()
            .map(|device| proof(&profile, device, &auth, &challenge));
        let proposal = Proposal {
            profile,
            auth,
            device,
            challenge,
            challenged: now,
        };
        match text {
            Some(text) => {
                *self = Self::Signing(proposal);
                Step::Sign(Secret::new(text))
            }
            // Without a key the real gateway grants no scopes, and says so.
            None => self.propose(proposal, None),
        }
    }

    /// The host signed, or says why it could not.
    pub(crate) fn signed(&mut self, signature: Result<String, String>) -> Step {
        if !matches!(self, Self::Signing(_)) {
            return Step::Wait;
        }
        let signature = match signature {
            Ok(signature) => signature,
            Err(why) => return Step::Fail("signing-failed", why),
        };
        match std::mem::replace(self, Self::new(Introduction::default())) {
            Self::Signing(proposal) => self.propose(proposal, Some(&signature)),
            Self::Open(_) | Self::Greeting(_) => Step::Wait,
        }
    }

    fn propose(&mut self, proposal: Proposal, signature: Option<&str>) -> Step {
        let Proposal {
            profile,
            auth,
            device,
            challenge,
            ..
        } = &proposal;
        let signed = device.as_ref().zip(signature);
        let params = connect_params(profile, signed, auth, challenge);
        *self = Self::Greeting(proposal);
        Step::Ask {
            method: "connect",
            params,
        }
    }
}

/// Who this client says it is. Constant over the life of an installation: the
/// gateway pins `platform` and `device_family` to the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientInfo {
    /// One of the ids that the protocol lists, such as `webchat-ui`.
    pub id: String,
    /// One of the modes that the protocol lists, such as `webchat`.
    pub mode: String,
    /// Our own version.
    pub version: String,
    /// `web` in every browser, never the user agent.
    pub platform: String,
    /// For people; the first digits of the device's id are added.
    pub display_name: Option<String>,
    /// BCP 47 tag of the reader's language.
    pub locale: Option<String>,
    /// For the gateway's logs.
    pub user_agent: Option<String>,
}

/// What a client asks to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Who it is.
    pub client: ClientInfo,
    /// `operator` or `node`.
    pub role: String,
    /// Scopes, in the order in which they are sent and signed.
    pub scopes: Vec<String>,
    /// Capabilities.
    pub caps: Vec<String>,
    /// Commands of a node.
    pub commands: Vec<String>,
    /// Permissions of a node, as the JSON text of an object.
    pub permissions: Option<String>,
}

impl Profile {
    /// A chat client in a browser: what the real gateway pairs silently on
    /// loopback.
    #[must_use]
    pub fn webchat(version: &str) -> Self {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            client: ClientInfo {
                id: "webchat-ui".to_owned(),
                mode: "webchat".to_owned(),
                version: version.to_owned(),
                platform: "web".to_owned(),
                display_name: Some("clawline".to_owned()),
                locale: None,
                user_agent: None,
            },
            role: "operator".to_owned(),
            scopes: owned(&["operator.read", "operator.write", "operator.approvals"]),
            caps: owned(&["tool-events", "session-scoped-events"]),
            commands: Vec::new(),
            permissions: None,
        }
    }

    /// The same outside of a browser: what has no `Origin` must not call itself
    /// a page.
    #[must_use]
    pub fn program(version: &str) -> Self {
        let mut profile = Self::webchat(version);
        "gateway-client".clone_into(&mut profile.client.id);
        "backend".clone_into(&mut profile.client.mode);
        profile
    }
}

/// The public half of the device's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceKey {
    /// Lower-case hex SHA-256 of the raw public key.
    pub id: String,
    /// base64url of the raw public key, without padding.
    pub public_key: String,
}

/// A token that a gateway issued to this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceToken {
    /// The token.
    pub token: Secret,
    /// The scopes it was issued for. Asking for more is a refusal.
    pub scopes: Vec<String>,
}

/// Everything this client could sign in with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    /// The gateway's shared token.
    pub token: Option<Secret>,
    /// The gateway's shared password.
    pub password: Option<Secret>,
    /// A one-time set-up code.
    pub bootstrap_token: Option<Secret>,
    /// The token of an earlier pairing.
    pub device_token: Option<DeviceToken>,
}

/// What is really sent as `auth` in one handshake.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Auth {
    token: Option<Secret>,
    password: Option<Secret>,
    bootstrap_token: Option<Secret>,
    device_token: Option<Secret>,
}

impl Auth {
    /// The device's own token first: it goes on when the shared one changes.
    /// After the gateway refused it, and when it was issued for less than is
    /// asked for, what the person entered.
    fn choose(credentials: &Credentials, scopes: &[String], device_token_refused: bool) -> Self {
        let device_token = credentials.device_token.as_ref().filter(|device| {
            !device_token_refused && scopes.iter().all(|scope| device.scopes.contains(scope))
        });
        if let Some(device) = device_token {
            return Self {
                device_token: Some(device.token.clone()),
                ..Self::default()
            };
        }
        Self {
            token: credentials.token.clone(),
            password: credentials.password.clone(),
            bootstrap_token: credentials.bootstrap_token.clone(),
            device_token: None,
        }
    }

    pub(crate) const fn uses_device_token(&self) -> bool {
        self.device_token.is_some()
    }

    /// Whether it is the token that one came in with.
    pub(crate) fn is_token(&self, token: &Secret) -> bool {
        self.device_token.as_ref() == Some(token)
    }

    /// The token that the proof binds. Never the password.
    fn proven(&self) -> &str {
        [&self.token, &self.device_token, &self.bootstrap_token]
            .into_iter()
            .flatten()
            .next()
            .map_or("", Secret::expose)
    }

    fn json(&self) -> Option<String> {
        let expose = |secret: &Option<Secret>| secret.as_ref().map(|s| s.expose().to_owned());
        let json = Writer::new()
            .maybe("token", expose(&self.token).as_deref())
            .maybe("password", expose(&self.password).as_deref())
            .maybe("bootstrapToken", expose(&self.bootstrap_token).as_deref())
            .maybe("deviceToken", expose(&self.device_token).as_deref())
            .end();
        (json != "{}").then_some(json)
    }
}

/// One socket's challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) nonce: String,
    /// The gateway's clock, Unix milliseconds.
    pub(crate) ts: u64,
}

/// The text that the device's key signs.
fn proof(profile: &Profile, device: &DeviceKey, auth: &Auth, challenge: &Challenge) -> String {
    Proof {
        device_id: &device.id,
        client_id: &profile.client.id,
        client_mode: &profile.client.mode,
        role: &profile.role,
        scopes: &profile.scopes,
        signed_at_ms: challenge.ts,
        token: auth.proven(),
        nonce: &challenge.nonce,
        platform: &profile.client.platform,
        device_family: "",
    }
    .text()
}

/// The `params` of `connect`, as JSON text. `signature` is `None` only for a
/// client without a device.
fn connect_params(
    profile: &Profile,
    signed: Option<(&DeviceKey, &str)>,
    auth: &Auth,
    challenge: &Challenge,
) -> String {
    let client = &profile.client;
    // Silent local pairings of one name displace each other, so each
    // installation has a name of its own.
    let short_id = signed.and_then(|(device, _)| device.id.get(..6));
    let named = client.display_name.as_deref().zip(short_id);
    let display_name = named.map(|(name, short_id)| format!("{name} {short_id}"));
    let client = Writer::new()
        .text("id", &client.id)
        .maybe(
            "displayName",
            display_name.as_deref().or(client.display_name.as_deref()),
        )
        .text("version", &client.version)
        .text("platform", &client.platform)
        .text("mode", &client.mode)
        .end();
    let mut params = Writer::new()
        .number("minProtocol", 4)
        .number("maxProtocol", 4)
        .raw("client", &client)
        .text("role", &profile.role)
        .texts("scopes", &profile.scopes)
        .texts("caps", &profile.caps);
    if !profile.commands.is_empty() {
        params = params.texts("commands", &profile.commands);
    }
    if let Some(permissions) = &profile.permissions {
        params = params.raw("permissions", permissions);
    }
    if let Some(auth) = auth.json() {
        params = params.raw("auth", &auth);
    }
    params = params
        .maybe("locale", profile.client.locale.as_deref())
        .maybe("userAgent", profile.client.user_agent.as_deref());
    if let Some((device, signature)) = signed {
        let device = Writer::new()
            .text("id", &device.id)
            .text("publicKey", &device.public_key)
            .text("signature", signature)
            .number("signedAt", challenge.ts)
            .text("nonce", &challenge.nonce)
            .end();
        params = params.raw("device", &device);
    }
    params.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(scopes: &[&str]) -> Credentials {
        Credentials {
            token: Some(Secret::new("shared")),
            device_token: Some(DeviceToken {
                token: Secret::new("device"),
                scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
            }),
            ..Credentials::default()
        }
    }

    #[test]
    fn the_device_token_comes_first_and_the_shared_one_when_it_was_refused() {
        let wanted = ["operator.read".to_owned()];
        let credentials = credentials(&["operator.read", "operator.write"]);
        let first = Auth::choose(&credentials, &wanted, false);
        assert_eq!(first.proven(), "device");
        assert!(first.uses_device_token());
        let second = Auth::choose(&credentials, &wanted, true);
        assert_eq!(second.proven(), "shared");
    }

    #[test]
    fn a_device_token_for_fewer_scopes_is_not_tried() {
        let wanted = ["operator.read".to_owned(), "operator.admin".to_owned()];
        let auth = Auth::choose(&credentials(&["operator.read"]), &wanted, false);
        assert!(!auth.uses_device_token());
    }

    #[test]
    fn a_password_is_sent_but_never_signed() {
        let credentials = Credentials {
            password: Some(Secret::new("hunter2")),
            ..Credentials::default()
        };
        let auth = Auth::choose(&credentials, &[], false);
        assert_eq!(auth.proven(), "");
        assert_eq!(auth.json().as_deref(), Some(r#"{"password":"hunter2"}"#));
        assert!(!format!("{auth:?}{credentials:?}").contains("hunter2"));
    }
}
