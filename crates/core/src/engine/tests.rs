//! The engine against a gateway that says what a test tells it to, in virtual
//! time.

mod delivery;
mod disk;
mod following;
mod handshake;
mod led;
mod life;
mod model;
mod numbers;
mod random;
mod refusals;
mod requests;
mod said;
mod scopes;
mod state;
mod waits;
mod world;

use world::{Sent, World, cause, secs};
