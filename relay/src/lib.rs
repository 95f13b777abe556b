//! Hosts the WebChat page and an embedded OpenClaw gateway, so that everything
//! works with nothing else installed.
//!
//! From the outside in: [`cli`] reads the command line, [`serve`] runs one server of a
//! [`config`], [`routes`] answers HTTP, [`gateway`] speaks WebSocket protocol 4,
//! `agent` answers people, [`store`] keeps what must outlive the process, and
//! [`owner`] is what `clawline-relay devices` does beside a running server.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod agent;
pub mod cli;
pub mod clock;
pub mod config;
mod data_folder;
pub mod gateway;
pub mod headers;
pub mod ids;
pub mod listener;
pub mod log;
pub mod origin;
pub mod owner;
pub mod owner_command;
pub mod page;
pub mod routes;
pub mod serve;
pub mod store;
