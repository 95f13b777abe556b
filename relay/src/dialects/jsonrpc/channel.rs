//! The calls as a channel: they are heard, and nothing can be said into one.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::CALLS;
use crate::bus::AccountStatus;
use crate::channels::{Channel, ChannelError, Outbound, Receipt};
use crate::dialects::clients::Clients;

/// The channel `calls`.
#[derive(Debug)]
pub(crate) struct Calls(pub(crate) Arc<Clients>);

impl Channel for Calls {
    fn name(&self) -> &'static str {
        CALLS
    }

    fn send<'a>(
        &'a self,
        _: &'a str,
        _: &'a Outbound,
    ) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        let words = "calls can be read only: their client takes no messages";
        let error = ChannelError::Message(words.to_owned());
        Box::pin(std::future::ready(Err(error)))
    }

    fn accounts(&self) -> Vec<AccountStatus> {
        vec![self.0.account()]
    }
}
