//! `artifacts.get`, `artifacts.download`: the files that came with messages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Call};
use crate::dialects::gateway::frames::Failure;
use crate::media::MediaError;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params {
    artifact_id: String,
}

/// What is known of a file.
pub(super) async fn get(call: Call) -> Answer {
    let id = call.params::<Params>()?.artifact_id;
    let about = call.gateway.media.about(&id).await?;
    let about = about.ok_or_else(|| unknown(&id))?;
    let artifact = artifact(&id, &about.name, &about.mime, about.bytes);
    Ok(Some(json!({ "artifact": artifact })))
}

/// A file, with its bytes.
pub(super) async fn download(call: Call) -> Answer {
    let id = call.params::<Params>()?.artifact_id;
    let file = call.gateway.media.file(&id).await?;
    let file = file.ok_or_else(|| unknown(&id))?;
    let bytes = i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
    Ok(Some(json!({
        "artifact": artifact(&id, &file.name, &file.mime, bytes),
        "encoding": "base64",
        "data": STANDARD.encode(&file.bytes),
    })))
}

fn artifact(id: &str, name: &str, mime: &str, bytes: i64) -> Value {
    json!({
        "id": id,
        "type": if mime.starts_with("image/") { "image" } else { "document" },
        "title": if name.is_empty() { id } else { name },
        "mimeType": mime,
        "sizeBytes": bytes,
        "source": "upload",
        "download": { "mode": "bytes" },
    })
}

fn unknown(id: &str) -> Failure {
    let id: String = id.chars().take(128).collect();
    Failure::invalid(format!(
        "unknown artifact id {id:?}: it had to make room, or never was here"
    ))
}

impl From<MediaError> for Failure {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Full => Self::unavailable(error.to_string(), 60_000),
            MediaError::Folder(error) => {
                tracing::error!(%error, "the folder of attachments does not work");
                Self::unavailable("files cannot be kept or read now", 5_000)
            }
            MediaError::Store(error) => error.into(),
        }
    }
}
