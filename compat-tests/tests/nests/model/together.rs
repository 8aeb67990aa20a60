//! `gather` and `race` (rule T12).

use std::task::Poll;

use super::{End, Ended, Runner, World, told};
use crate::nest::Block;

/// `gather` or `race`.
pub(super) struct Together<'a> {
    race: bool,
    pub(super) branches: Vec<Branch<'a>>,
    opened: u64,
    /// No branch is wanted any more.
    stopped: bool,
    winner: Option<Ended>,
    panicked: bool,
}

pub(super) struct Branch<'a> {
    region: usize,
    body: Option<Runner<'a>>,
    polled: bool,
    value: Option<Ended>,
}

impl Branch<'_> {
    pub(super) fn holds(&self) -> bool {
        self.body.as_ref().is_some_and(Runner::holds)
    }

    pub(super) fn drop_at(&mut self, world: &mut World) {
        if let Some(mut body) = self.body.take() {
            body.drop_at(world);
        }
    }
}

impl<'a> Together<'a> {
    pub(super) fn new(race: bool, branches: &'a [Block], around: usize, world: &mut World) -> Self {
        let branches = branches
            .iter()
            .map(|block| {
                let region = world.below(around);
                Branch {
                    region,
                    body: Some(Runner::new(block, region)),
                    polled: false,
                    value: None,
                }
            })
            .collect();
        Self {
            race,
            branches,
            opened: world.now,
            stopped: false,
            winner: None,
            panicked: false,
        }
    }

    pub(super) fn poll(&mut self, world: &mut World) -> Poll<(String, Ended)> {
        let again = self.branches.iter().any(|branch| branch.polled);
        for index in 0..self.branches.len() {
            let branch = &mut self.branches[index];
            if branch.body.is_none() || self.stopped && !branch.polled {
                continue;
            }
            branch.polled = true;
            let Poll::Ready(ended) = Runner::poll_and_look(&mut branch.body, world) else {
                continue;
            };
            match ended {
                None => {}
                Some(Err(End::Panicked)) => {
                    self.panicked = true;
                    self.stop(world);
                }
                Some(ended) if self.race && !self.stopped => {
                    // Their tasks ran side by side, and no time has passed.
                    world.tied |= again && world.now == self.opened;
                    self.winner = Some(ended);
                    self.stop(world);
                }
                // A loser in which something held.
                Some(_) if self.race => {}
                Some(ended) => branch.value = Some(ended),
            }
        }
        if self.branches.iter().any(|branch| branch.body.is_some()) {
            return Poll::Pending;
        }
        if self.panicked {
            return Poll::Ready(told(Err(End::Panicked)));
        }
        if self.race {
            return self
                .winner
                .map_or(Poll::Pending, |ended| Poll::Ready(told(ended)));
        }
        let values: Option<Vec<_>> = self.branches.iter().map(|branch| branch.value).collect();
        let Some(values) = values else {
            return Poll::Pending;
        };
        Poll::Ready(told(values.into_iter().collect()))
    }

    /// The others are dropped where they are suspended, unless something in them holds.
    fn stop(&mut self, world: &mut World) {
        self.stopped = true;
        for branch in &mut self.branches {
            if branch.holds() {
                world.cancel(branch.region);
            } else {
                branch.drop_at(world);
            }
        }
    }
}
