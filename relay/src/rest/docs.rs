//! The description of the routes, and a viewer for it. Both are there for
//! everybody who reaches the page: they hold nothing of the owner's.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};
use utoipa_swagger_ui::Config;

use super::{acts, channels, events, link, metrics};

const DESCRIPTION: &str = "/v1/openapi.json";
const VIEWER: &str = "/v1/docs/";

/// Only what the viewer needs beyond the page's own: it writes styles into its
/// elements and has a picture in its script. Scripts are files of ours.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'";

/// Why a request failed (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProblemDetails {
    r#type: String,
    title: String,
    status: u16,
    /// For people; clients of OpenJarvis read it.
    detail: String,
    /// What is behind it, where the words of `detail` are fixed.
    reason: Option<String>,
    /// A word for programs: `unsupported` where the channel has no such thing.
    code: Option<String>,
}

#[derive(OpenApi)]
#[openapi(
    // Seen from the description, so that it is right below a proxy's path too.
    servers((url = "..")),
    info(title = "clawline-relay", description = "Channels of the relay over HTTP."),
    paths(
        channels::list,
        channels::send,
        acts::react,
        acts::edit,
        acts::delete,
        channels::status,
        events::events,
        link::link,
        link::begin,
        link::unlink,
        metrics::metrics
    ),
    components(schemas(ProblemDetails)),
    security(("token" = [])),
    modifiers(&Token)
)]
struct Description;

/// Tokens come in the `Authorization` header.
struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// The routes.
pub(super) fn routes() -> Router {
    // Relative, so that it is found below a proxy's path too.
    let config = Arc::new(Config::new(["../openapi.json"]).validator_url("none"));
    let index = Arc::clone(&config);
    Router::new()
        .route(DESCRIPTION, get(async || Json(Description::openapi())))
        .route("/v1/docs", get(async || Redirect::permanent("docs/")))
        .route(VIEWER, get(async move || file("", index)))
        .route(
            "/v1/docs/{*file}",
            get(async move |Path(name): Path<String>| file(&name, config)),
        )
}

fn file(name: &str, config: Arc<Config<'static>>) -> Response {
    match utoipa_swagger_ui::serve(name, config) {
        Ok(Some(file)) => {
            let mut response = file.bytes.into_owned().into_response();
            let headers = response.headers_mut();
            if let Ok(kind) = HeaderValue::from_str(&file.content_type) {
                headers.insert(header::CONTENT_TYPE, kind);
            }
            let policy = HeaderValue::from_static(POLICY);
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            response
        }
        Ok(None) | Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
