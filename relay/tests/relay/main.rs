//! The relay over real sockets: one program, so that it links once.

mod chat;
mod common;
mod devices;
mod durability;
mod handshake;
mod page;
mod published_schema;
mod requests;
mod sessions;
