//! One seed: its world, its script, and how it went.

use std::panic::{self, AssertUnwindSafe};

use crate::judge::{Tally, Violation};
use crate::rng::Rng;
use crate::script::{self, Step};
use crate::setup::Setup;
use crate::world::World;

/// What a seed stands for.
#[derive(Debug, Clone)]
pub struct Case {
    /// The world.
    pub setup: Setup,
    /// What happens to it.
    pub script: Vec<Step>,
}

/// How it went.
#[derive(Debug)]
pub struct Outcome {
    /// What happened, in numbers.
    pub tally: Tally,
    /// The first broken promise.
    pub broken: Option<Violation>,
    /// Line by line, when it was wanted.
    pub trace: Vec<String>,
}

impl Case {
    /// The case of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let setup = Setup::draw(&mut rng);
        let script = script::draw(&mut rng, &setup);
        Self { setup, script }
    }

    /// Plays it. A panic is a broken promise like any other.
    #[must_use]
    pub fn play(&self, traced: bool) -> Outcome {
        let mut world = None;
        let played = panic::catch_unwind(AssertUnwindSafe(|| {
            world
                .insert(World::new(&self.setup, traced))
                .play(&self.script)
        }));
        let broken = match played {
            Ok(result) => result.err(),
            Err(what) => Some(Violation {
                promise: "panic",
                what: words(&*what),
                at: 0,
            }),
        };
        let (tally, trace) = world.map_or_else(Default::default, |mut world| {
            (world.judge.tally, world.take_trace())
        });
        Outcome {
            tally,
            broken,
            trace,
        }
    }
}

fn words(what: &(dyn std::any::Any + Send)) -> String {
    let text = what.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| what.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}
