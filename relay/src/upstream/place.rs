//! Which gateway, and under which name its outbox is kept.

use clawline_core::DeviceKey;

use super::destination::Destination;
use super::{Config, ConnectError};

/// What each attempt needs to know of the gateway.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) destination: Destination,
    /// One for each gateway, device and role.
    pub(super) outbox: String,
}

impl Place {
    /// Reads certificates: a file that is missing is found at the start.
    pub(super) fn new(config: &Config, device: &DeviceKey) -> Result<Self, ConnectError> {
        let destination = Destination::new(&config.address, &config.trust)?;
        let gateway = destination.gateway();
        let outbox = format!("{gateway} {} {}", device.id, config.profile.role);
        Ok(Self {
            destination,
            outbox,
        })
    }
}
