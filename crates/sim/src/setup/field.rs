//! What people bring, and what stands between them and the gateway: each of it
//! is there in some worlds only.

use std::fmt;

use crate::rng::Rng;

/// The knobs of what the field reports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// The host may fail to get its sign-in data, or wait for it for ever.
    pub sign_in: bool,
    /// Out of 100 messages, so many have files that are read first.
    pub files: u64,
    /// Out of 100 messages, so many are refused by the store alone.
    pub unkeepable: u64,
    /// Out of 100 messages, so many end the connection that carries them.
    pub deadly: u64,
    /// Out of 100 messages, so many are answered and never have a row.
    pub rowless: u64,
    /// Something between ends a connection with 1009 at a larger message.
    pub largest: Option<u64>,
    /// The gateway refuses to show any history.
    pub blind: bool,
    /// Sessions are reset while they are open.
    pub resets: bool,
    /// Connections may lack the scope to write.
    pub scopes: bool,
    /// The gateway may report losses without end.
    pub gaps: bool,
    /// Out of 100 tabs, so many write before their app connects.
    pub late: u64,
}

impl Field {
    /// Draws a world's share of it.
    pub(super) fn draw(rng: &mut Rng) -> Self {
        if rng.percent(25) {
            return Self::default();
        }
        Self {
            sign_in: rng.percent(30),
            files: rng.pick(&[0, 0, 10, 30]),
            unkeepable: rng.pick(&[0, 0, 0, 8, 20]),
            deadly: rng.pick(&[0, 0, 0, 3, 10]),
            rowless: rng.pick(&[0, 0, 5, 20]),
            largest: rng.pick(&[None, None, None, Some(600), Some(60_000), Some(200_000)]),
            blind: rng.percent(8),
            resets: rng.percent(25),
            scopes: rng.percent(25),
            gaps: rng.percent(15),
            late: rng.pick(&[0, 0, 30]),
        }
    }

    /// The same without one of it, for a shorter trace.
    pub(super) fn simpler(&self) -> Vec<Self> {
        let change = |change: &dyn Fn(&mut Self)| {
            let mut field = self.clone();
            change(&mut field);
            field
        };
        vec![
            change(&|field| field.sign_in = false),
            change(&|field| field.largest = None),
            change(&|field| field.blind = false),
            change(&|field| field.late = 0),
        ]
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(largest) = self.largest {
            write!(f, "; a proxy ends what is larger than {largest} bytes")?;
        }
        if self.blind {
            write!(f, "; history is refused")?;
        }
        if self.late > 0 {
            write!(f, "; {} % of tabs connect later", self.late)?;
        }
        Ok(())
    }
}
