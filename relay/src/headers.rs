//! What every answer of the page's server carries.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::base_path::BasePath;

/// The Content-Security-Policy of the page.
///
/// `host` is the checked `Host` of the request: `'self'` in `connect-src` does
/// not cover WebSockets in every browser, so our own are named. `gateways` are
/// WebSocket origins like `ws://127.0.0.1:18789`. Only a page below a path names
/// its own base.
#[must_use]
pub fn content_security_policy(host: &str, gateways: &[String], base: &BasePath) -> String {
    let mut connect = format!("'self' ws://{host} wss://{host}");
    for gateway in gateways {
        connect.push(' ');
        connect.push_str(gateway);
    }
    [
        "default-src 'none'",
        if base.is_root() {
            "base-uri 'none'"
        } else {
            "base-uri 'self'"
        },
        "object-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "media-src 'self' blob:",
        "manifest-src 'self'",
        "worker-src 'self'",
        &format!("connect-src {connect}"),
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    .join("; ")
}

/// Adds the headers that do not depend on what is asked.
pub fn harden(headers: &mut HeaderMap) {
    const FIXED: [(HeaderName, &str); 6] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), clipboard-write=(self)",
        ),
    ];
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
