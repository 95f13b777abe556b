//! The relay over real sockets: one program, so that it links once.

mod acts;
mod another_user;
mod base_path;
mod bridge;
mod calls;
mod channel_command;
mod chat;
mod chat_dialect;
mod command_line;
mod common;
mod crowds;
mod device;
mod devices;
mod doors;
mod durability;
mod failing_disk;
mod handshake;
mod http;
mod hub;
mod killed;
mod linking;
mod load;
mod media;
mod model;
mod older_database;
mod openclaw;
mod paces;
mod page;
mod passage;
mod program;
mod published_schema;
mod recordings;
mod requests;
mod rest;
#[cfg(target_os = "linux")]
mod scarce;
mod session_list;
mod sessions;
mod switches;
mod ticks;
mod tokens;
mod traces;
mod upstream;
mod webhooks;
#[cfg(all(unix, feature = "test-whatsapp"))]
mod whatsapp;
