//! Hosts the WebChat page and an embedded OpenClaw gateway, so that everything
//! works with nothing else installed.
//!
//! From the outside in: [`cli`] reads the command line, [`config`] the settings,
//! [`doctor`] looks for what is amiss, [`serve`] runs one server, [`routes`] answers HTTP, [`dialects`] speak over WebSocket, [`access`]
//! says who may do what, [`channels`] reach people, the [`inbox`] takes messages in
//! and lets [`agents`] answer them, the [`bus`] tells what happened, [`webhooks`] tell it to web servers of others, [`store`] keeps
//! what must outlive the process, and [`owner`] is what `clawline-relay devices`
//! does beside a running server.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod access;
pub mod account;
pub mod agents;
pub mod base_path;
pub mod bus;
pub mod channels;
pub mod cli;
pub mod clock;
pub mod config;
mod data_folder;
pub mod dialects;
pub mod doctor;
mod forwarded;
mod guesses;
pub mod headers;
mod http;
mod http_access;
mod idempotency;
pub mod ids;
pub mod inbox;
pub(crate) mod limits;
mod listener;
pub mod log;
pub mod media;
mod neighbours;
pub mod origin;
pub mod owner;
pub mod owner_command;
pub mod owner_senders;
mod pace;
pub mod page;
mod paint;
pub mod passage;
mod places;
mod printable;
mod problem;
mod readiness;
mod requests;
mod rest;
pub mod retention;
pub mod routes;
pub mod serve;
pub mod store;
mod tasks;
pub mod trace;
pub mod upstream;
pub mod webhooks;
