//! What is done beside the loop, because it takes time or would call into the
//! engine while it is drained.

use clawline_core::engine::{Close, Facts, Generation, Input, Introduction};
use clawline_core::wire::{Answer, GatewayError};
use clawline_core::{RequestId, StoreError};
use tokio::task::AbortHandle;

use super::{Host, wall_ms};
use crate::upstream::request::RequestFailed;
use crate::upstream::socket::Socket;
use crate::upstream::store::{Store, StoreFailed};

/// A socket, and how this client introduces itself on it.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) socket: Socket,
    pub(super) introduction: Introduction,
}

/// What was done beside the loop.
#[derive(Debug)]
pub(super) enum Done {
    Opened(Generation, Result<Box<Opened>, Close>),
    Signed(Generation, String),
    Stored(u32, Result<(), StoreFailed>),
    TokenKept(Result<(), StoreFailed>),
    /// An entry cannot be sent: as good as refused.
    Unsendable(Generation, RequestId, &'static str),
    /// A request is larger than the gateway takes.
    Unaskable(RequestId, u64),
    Goodbye,
}

impl<S: Store> Host<S> {
    pub(super) fn spawn(
        &mut self,
        job: impl Future<Output = Done> + Send + 'static,
    ) -> AbortHandle {
        self.jobs.spawn(job)
    }

    pub(super) fn take(&mut self, done: Done) {
        match done {
            Done::Opened(generation, opened) => {
                self.opening.take_if(|(at, _)| *at == generation);
                match opened {
                    Ok(opened) if self.engine.is_opening(generation) => {
                        let Opened {
                            socket,
                            introduction,
                        } = *opened;
                        self.socket = Some((generation, socket));
                        self.left = None;
                        self.input(Input::Opened(generation, introduction));
                    }
                    Ok(_) => {}
                    Err(close) => self.input(Input::Closed(generation, close)),
                }
            }
            Done::Signed(generation, signature) => {
                self.input(Input::Signed(generation, Ok(signature)));
            }
            Done::Stored(id, result) => {
                if let Err(error) = &result {
                    tracing::warn!(%error, gateway = %self.place.destination.gateway(), "upstream");
                }
                let result = result.map_err(|_| StoreError::Failed);
                self.input(Input::Stored {
                    batch: id,
                    result,
                    wall_ms: wall_ms(),
                });
            }
            Done::TokenKept(Err(error)) => {
                tracing::warn!(%error, "the gateway's token for this device");
            }
            Done::Unsendable(generation, id, reason) => {
                let error = GatewayError {
                    message: reason.to_owned(),
                    ..GatewayError::default()
                };
                let facts = Facts::Answer(id, Answer::Refused(error));
                let now = self.now();
                self.engine.handle_frame(now, generation, facts);
            }
            Done::Unaskable(id, limit) => {
                self.engine.forget(id);
                if let Some(asked) = self.asked.remove(&id) {
                    asked.answer(Err(RequestFailed::TooLarge { limit }));
                }
            }
            Done::TokenKept(Ok(())) | Done::Goodbye => {}
        }
    }
}
