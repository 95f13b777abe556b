//! Messages about a call.

use crate::dialects::field::{flag, number, object, required_word, text_or_empty, word};
use crate::dialects::payload::json_of;
use crate::dialects::{FieldError, Payload};
use crate::wire::{Object, Writer};

/// A message: what happened, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Message<P> {
    /// What happened.
    pub event: Event<P>,
    /// The client's local time in ISO 8601, without a zone; often empty.
    pub timestamp: String,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<P> {
    /// A call began.
    CallStarted {
        /// The call; so in all the others.
        call_id: String,
        /// The number that is called.
        to_number: String,
        /// What the caller was told to do.
        prompt: String,
        /// What the client adds.
        metadata: Option<P>,
    },
    /// Somebody said something.
    Transcript {
        /// The call.
        call_id: String,
        /// `user` or `assistant`.
        speaker: String,
        /// The words.
        text: String,
        /// They will not change any more.
        is_final: bool,
    },
    /// What was understood.
    StructuredData {
        /// The call.
        call_id: String,
        /// What the caller wants.
        intent: String,
        /// What it is about.
        entities: Option<P>,
        /// In a few words.
        summary: String,
        /// From 0 to 1, as the client says.
        confidence: f64,
    },
    /// Something is done.
    Action {
        /// The call.
        call_id: String,
        /// What, such as `email`.
        action_type: String,
        /// With what.
        parameters: Option<P>,
    },
    /// A call ended.
    CallEnded {
        /// The call.
        call_id: String,
        /// In seconds.
        duration: f64,
        /// Such as `completed`, `failed` or `no-answer`.
        outcome: String,
        /// All words, one line a turn.
        full_transcript: String,
        /// In a few words.
        summary: String,
    },
    /// The client is there.
    Heartbeat,
    /// Something went wrong in a call.
    Error {
        /// The call; empty when it is about none.
        call_id: String,
        /// A code.
        error_code: String,
        /// What, for people.
        error_message: String,
    },
}

const KINDS: &str = "call_started, transcript, structured_data, action, call_ended, heartbeat or \
                     error";

impl<P> Event<P> {
    /// The word on the wire.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::CallStarted { .. } => "call_started",
            Self::Transcript { .. } => "transcript",
            Self::StructuredData { .. } => "structured_data",
            Self::Action { .. } => "action",
            Self::CallEnded { .. } => "call_ended",
            Self::Heartbeat => "heartbeat",
            Self::Error { .. } => "error",
        }
    }

    /// The call that it is about, if it is about one.
    #[must_use]
    pub fn call_id(&self) -> Option<&str> {
        match self {
            Self::CallStarted { call_id, .. }
            | Self::Transcript { call_id, .. }
            | Self::StructuredData { call_id, .. }
            | Self::Action { call_id, .. }
            | Self::CallEnded { call_id, .. }
            | Self::Error { call_id, .. } => Some(call_id.as_str()).filter(|id| !id.is_empty()),
            Self::Heartbeat => None,
        }
    }
}

impl<O: Object> Message<O> {
    /// Reads a message. Its kind stands in `message_type` (so the client's
    /// code) or in `type` (so its document).
    ///
    /// # Errors
    /// When its kind or its call is missing, or a member has another type.
    pub fn read(message: &O) -> Result<Self, FieldError> {
        let kind = match (word(message, "message_type")?, word(message, "type")?) {
            (Some(kind), Some(other)) if kind != other => {
                return Err(FieldError::Contradicts("type", "message_type"));
            }
            (kind, other) => kind.or(other),
        };
        let kind = kind.ok_or(FieldError::Missing("message_type"))?;
        Ok(Self {
            event: Event::read(&kind, message)?,
            timestamp: word(message, "timestamp")?.unwrap_or_default(),
        })
    }
}

impl<O: Object> Event<O> {
    fn read(kind: &str, message: &O) -> Result<Self, FieldError> {
        let call_id = || required_word(message, "call_id");
        let text = |name| text_or_empty(message, name);
        Ok(match kind {
            "call_started" => Self::CallStarted {
                call_id: call_id()?,
                to_number: text("to_number")?,
                prompt: text("prompt")?,
                metadata: object(message, "metadata")?,
            },
            "transcript" => Self::Transcript {
                call_id: call_id()?,
                speaker: text("speaker")?,
                text: text("text")?,
                is_final: flag(message, "is_final")?.unwrap_or(true),
            },
            "structured_data" => Self::StructuredData {
                call_id: call_id()?,
                intent: text("intent")?,
                entities: object(message, "entities")?,
                summary: text("summary")?,
                confidence: number(message, "confidence")?,
            },
            "action" => Self::Action {
                call_id: call_id()?,
                action_type: text("action_type")?,
                parameters: object(message, "parameters")?,
            },
            "call_ended" => Self::CallEnded {
                call_id: call_id()?,
                duration: number(message, "duration")?,
                outcome: text("outcome")?,
                full_transcript: text("full_transcript")?,
                summary: text("summary")?,
            },
            "heartbeat" => Self::Heartbeat,
            "error" => Self::Error {
                call_id: word(message, "call_id")?.unwrap_or_default(),
                error_code: text("error_code")?,
                error_message: text("error_message")?,
            },
            _ => return Err(FieldError::NotOneOf("message_type", KINDS)),
        })
    }
}

impl<P: Payload> Message<P> {
    /// The message as JSON text, its kind under both names.
    pub(super) fn encode(&self) -> String {
        let message = Writer::new()
            .text("type", self.event.kind())
            .text("message_type", self.event.kind());
        let message = self.event.write(message);
        message.text("timestamp", &self.timestamp).end()
    }
}

impl<P: Payload> Event<P> {
    fn write(&self, message: Writer) -> Writer {
        match self {
            Self::CallStarted {
                call_id,
                to_number,
                prompt,
                metadata,
            } => message
                .text("call_id", call_id)
                .text("to_number", to_number)
                .text("prompt", prompt)
                .raw("metadata", &json_of(metadata.as_ref())),
            Self::Transcript {
                call_id,
                speaker,
                text,
                is_final,
            } => message
                .text("call_id", call_id)
                .text("speaker", speaker)
                .text("text", text)
                .flag("is_final", *is_final),
            Self::StructuredData {
                call_id,
                intent,
                entities,
                summary,
                confidence,
            } => message
                .text("call_id", call_id)
                .text("intent", intent)
                .raw("entities", &json_of(entities.as_ref()))
                .text("summary", summary)
                .decimal("confidence", *confidence),
            Self::Action {
                call_id,
                action_type,
                parameters,
            } => message
                .text("call_id", call_id)
                .text("action_type", action_type)
                .raw("parameters", &json_of(parameters.as_ref())),
            Self::CallEnded {
                call_id,
                duration,
                outcome,
                full_transcript,
                summary,
            } => message
                .text("call_id", call_id)
                .decimal("duration", *duration)
                .text("outcome", outcome)
                .text("full_transcript", full_transcript)
                .text("summary", summary),
            Self::Heartbeat => message,
            Self::Error {
                call_id,
                error_code,
                error_message,
            } => message
                .text("call_id", call_id)
                .text("error_code", error_code)
                .text("error_message", error_message),
        }
    }
}
