//! The guard of everything that is asked over HTTP and is no file of the page.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};

use crate::access::{ADMIN, Access, Caller, Denied, READ, WRITE};
use crate::listener::Peer;
use crate::problem::Problem;

/// These routes behind the guard.
pub(crate) fn guarded(routes: Router, access: &Arc<Access>) -> Router {
    routes.layer(middleware::from_fn_with_state(Arc::clone(access), admit))
}

/// These routes behind the guard, for who may do everything.
pub(crate) fn for_owner(routes: Router, access: &Arc<Access>) -> Router {
    routes.layer(middleware::from_fn_with_state(
        Arc::clone(access),
        admit_owner,
    ))
}

async fn admit_owner(
    State(access): State<Arc<Access>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
    next: Next,
) -> Response {
    admit_with(&access, &peer, request, next, ADMIN).await
}

/// Lets in who bears a token, or, where none is needed, who is on this machine:
/// to look with `operator.read`, to do something with `operator.write`.
async fn admit(
    State(access): State<Arc<Access>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let scope = match *request.method() {
        Method::GET | Method::HEAD => READ,
        _ => WRITE,
    };
    admit_with(&access, &peer, request, next, scope).await
}

async fn admit_with(
    access: &Access,
    peer: &Peer,
    request: Request,
    next: Next,
    scope: &'static str,
) -> Response {
    let caller = access.caller(peer, request.headers()).await;
    if let Err(problem) = check(access, &caller, scope).await {
        return problem.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let never = HeaderValue::from_static("no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(never);
    response
}

/// Whether a caller may ask for something of this scope now. The answer to a
/// wrong token is held back.
///
/// # Errors
/// Why not.
pub(crate) async fn check(
    access: &Access,
    caller: &Caller,
    scope: &'static str,
) -> Result<(), Problem> {
    let now = Instant::now();
    let admitted = access
        .check_pace(caller, now)
        .and_then(|()| access.admit_bearer(caller, now))
        .and_then(|permit| permit.covering(scope));
    if let Err(Denied::Wrong { delay }) = admitted {
        tokio::time::sleep(delay).await;
    }
    admitted.map(drop).map_err(Problem::from)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::time::Duration;

    use axum::routing::get;
    use clawline_core::Secret;
    use tokio::net::TcpListener;
    use tokio::sync::watch;

    use super::*;
    use crate::access::AccessToken;
    use crate::http;
    use crate::origin::Welcome;
    use crate::places::{Places, Room};

    /// A server of one route behind each guard, for as long as the sender lives.
    async fn serve(access: &Arc<Access>) -> (String, watch::Sender<bool>) {
        let all = get(async || "read").post(async || "done");
        let routes = Router::new().route("/", all.clone());
        let owner = Router::new().route("/owner", all);
        let router = guarded(routes, access).merge(for_owner(owner, access));
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", tcp.local_addr().unwrap());
        let (running, stop) = watch::channel(false);
        let places = Places::new(Room::of_this_process());
        tokio::spawn(http::serve(tcp, router, places, stop));
        (url, running)
    }

    fn client() -> reqwest::Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder().no_proxy().build().unwrap()
    }

    #[tokio::test]
    async fn a_network_that_asks_too_much_is_told_when_to_come_back_whatever_its_token() {
        let here = IpAddr::from([127, 0, 0, 1]);
        let tokens = vec![AccessToken::everything(Secret::new("all"))];
        let access = Access::new(tokens, Welcome::default()).behind(vec![here]);
        let caller = Caller {
            peer: "203.0.113.5".parse().unwrap(),
            local: (here, 1).into(),
            is_local: false,
            is_proxied: true,
            origin: None,
            host: String::new(),
            bearer: None,
        };
        // As if it had asked for the next hour already.
        let later = Instant::now() + Duration::from_secs(3_600);
        while access.check_pace(&caller, later).is_ok() {}
        let (url, _running) = serve(&Arc::new(access)).await;
        let client = client();
        for (from, token, status) in [
            ("203.0.113.5", "all", 429),
            ("203.0.113.5", "wrong", 429),
            ("203.0.113.6", "all", 200),
        ] {
            let request = client.get(&url).header("x-forwarded-for", from);
            let answer = request.bearer_auth(token).send().await.unwrap();
            assert_eq!(answer.status(), status, "{from} {token}");
            let says_when = answer.headers().contains_key(header::RETRY_AFTER);
            assert_eq!(says_when, status == 429);
        }
    }

    #[tokio::test]
    async fn each_token_may_do_what_it_is_for() {
        let of = |secret, scope: &str| AccessToken::of(Secret::new(secret), vec![scope.to_owned()]);
        let tokens = vec![
            AccessToken::everything(Secret::new("all")),
            of("reads", "operator.read"),
            of("writes", "operator.write"),
            of("sends", "senders"),
        ];
        let access = Arc::new(Access::new(tokens, Welcome::default()));
        let (url, _running) = serve(&access).await;
        let client = client();
        let owner = format!("{url}owner");
        for (token, look, act, own) in [
            ("all", 200, 200, 200),
            ("reads", 200, 403, 403),
            ("writes", 200, 200, 403),
            ("sends", 403, 403, 403),
            ("none", 401, 401, 401),
        ] {
            for (request, status) in [
                (client.get(&url), look),
                (client.post(&url), act),
                (client.get(&owner), own),
                (client.post(&owner), own),
            ] {
                let answer = request.bearer_auth(token).send().await.unwrap();
                assert_eq!(answer.status(), status, "{token}");
                if status == 403 {
                    let words = answer.text().await.unwrap();
                    assert!(words.contains("it lacks operator."), "{words}");
                }
            }
        }
    }
}
