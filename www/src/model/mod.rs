//! The page's model: everything that can be decided without a browser.
//!
//! Nothing here touches the DOM, a clock or the network, so every rule of the
//! page has a native test beside it. The components only draw what they get.

#![forbid(unsafe_code)]

pub mod address;
pub mod announcement;
pub mod attachment;
pub mod connection;
pub mod content;
pub mod conversation;
pub mod credentials;
pub mod draft;
pub mod earlier;
pub mod excerpt;
pub mod handover;
pub mod inline_source;
pub mod links;
pub mod markdown;
pub mod names;
pub mod pairing;
pub mod policy;
pub mod segments;
pub mod state;
pub mod transcript;
pub mod unread;
