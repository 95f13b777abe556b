//! The page's model: everything that can be decided without a browser.
//!
//! Nothing here touches the DOM, a clock or the network, so every rule of the
//! page has a native test beside it. The components only draw what they get.

#![forbid(unsafe_code)]

pub mod address;
pub mod announcement;
pub mod attachment;
pub mod channel;
pub mod connection;
pub mod content;
pub mod conversation;
pub mod credentials;
pub mod difference;
pub mod draft;
pub mod excerpt;
pub mod follow;
pub mod growth;
pub mod handover;
pub mod layout;
pub mod links;
pub mod markdown;
pub mod names;
pub mod pairing;
pub mod policy;
pub mod recipient;
pub mod segments;
pub mod sessions;
pub mod state;
pub mod transcript;
pub mod unread;
pub mod whatsapp;
pub mod words;
