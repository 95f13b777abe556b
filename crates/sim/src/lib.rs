//! The simulator: the real engine of clawline against a model of the gateway,
//! a faulty network, faulty stores and clocks that jump, in virtual time.
//!
//! A seed draws a world ([`setup::Setup`]) and a script ([`script::Step`]);
//! both are then played ([`world::World`]) and judged after every step
//! ([`judge::Judge`]). A seed that fails is cut down to the few steps that it
//! takes ([`shrink`]).
#![forbid(unsafe_code)]

pub mod gateway;
pub mod judge;
pub mod rng;
pub mod script;
pub mod seed;
pub mod setup;
pub mod shrink;
pub mod world;
