//! What went wrong, as HTTP says it: problem details (RFC 9457) whose `detail`
//! older clients know.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::access::Denied;
use crate::channels::ChannelError;

/// An answer that says why not.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    /// What is behind a detail that the wire fixes.
    reason: Option<String>,
    /// A word for programs.
    code: Option<&'static str>,
    retry_after: Option<Duration>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            reason: None,
            code: None,
            retry_after: None,
        }
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// A body that is not to be had.
    pub(crate) fn body(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Self> {
        body.map_err(|rejection| Self::new(rejection.status(), rejection.body_text()))
    }
}

impl From<ChannelError> for Problem {
    /// What the sender can mend is a 4xx; else the words are those that clients
    /// of OpenJarvis know, and the reason stands beside them.
    fn from(error: ChannelError) -> Self {
        match error {
            ChannelError::Unknown { .. }
            | ChannelError::Account { .. }
            | ChannelError::Ambiguous(_)
            | ChannelError::Target(_)
            | ChannelError::Message(_) => Self::bad_request(error.to_string()),
            ChannelError::Cannot { .. } => Self {
                code: Some("unsupported"),
                ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string())
            },
            ChannelError::Conflict => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string())
            }
            ChannelError::NotConnected(_) | ChannelError::Failed(_) | ChannelError::Refused(_) => {
                Self {
                    reason: Some(error.to_string()),
                    ..Self::new(StatusCode::BAD_GATEWAY, "Failed to send message")
                }
            }
        }
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let (status, retry_after) = match &denied {
            Denied::Origin(_) | Denied::NotLocal | Denied::Scope(_) => {
                (StatusCode::FORBIDDEN, None)
            }
            Denied::Missing | Denied::Ticket | Denied::Wrong { .. } => {
                (StatusCode::UNAUTHORIZED, None)
            }
            Denied::Locked { left } | Denied::TooFast { left } => {
                (StatusCode::TOO_MANY_REQUESTS, Some(*left))
            }
        };
        Self {
            retry_after,
            ..Self::new(status, denied.to_string())
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(reason) = self.reason {
            body["reason"] = reason.into();
        }
        if let Some(code) = self.code {
            body["code"] = code.into();
        }
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, json);
        if self.status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, bearer);
        }
        if let Some(left) = self.retry_after {
            let seconds = HeaderValue::from(left.as_secs().max(1));
            headers.insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
