//! The wires. Each dialect projects the one domain onto one protocol; they know
//! nothing of each other, and [`accept`] gives each socket to the one it is for.

pub(crate) mod accept;
pub(crate) mod attend;
pub(crate) mod bridge;
pub(crate) mod chat;
pub(crate) mod clients;
pub(crate) mod follow;
pub mod gateway;
pub(crate) mod hub;
pub(crate) mod jsonrpc;
pub(crate) mod open;
pub(crate) mod queue;
#[cfg(test)]
mod rig;
pub(crate) mod rooms;
pub(crate) mod seats;
pub(crate) mod socket;
pub(crate) mod visited;
