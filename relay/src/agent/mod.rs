//! Who answers.

pub mod echo;
