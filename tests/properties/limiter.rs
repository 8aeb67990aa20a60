//! `CapacityLimiter` against a total, a count and a list, while the total changes.

use anyrt::sync::{CapacityLimiter, Token};
use proptest::prelude::*;

use crate::waiting::{Waiting, config};

#[derive(Clone, Debug)]
enum Step {
    /// In the name of a key of its own, or of the guard.
    Acquire(bool),
    TryAcquire(bool),
    Poll(usize),
    GiveUp(usize),
    Drop(usize),
    Resize(Option<usize>),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => any::<bool>().prop_map(Step::Acquire),
        1 => any::<bool>().prop_map(Step::TryAcquire),
        3 => any::<usize>().prop_map(Step::Poll),
        3 => any::<usize>().prop_map(Step::GiveUp),
        3 => any::<usize>().prop_map(Step::Drop),
        2 => proptest::option::weighted(0.9, 0..4usize).prop_map(Step::Resize),
    ]
}

/// What is borrowed, until it is dropped.
enum Held<'a> {
    Guard(#[expect(dead_code, reason = "it is dropped")] Token),
    Key(&'a CapacityLimiter, u64),
}

impl<'a> Held<'a> {
    async fn acquire(limiter: &'a CapacityLimiter, key: Option<u64>) -> Self {
        let Some(key) = key else {
            return Self::Guard(limiter.acquire().await);
        };
        limiter.acquire_for(key).await.unwrap();
        Self::Key(limiter, key)
    }

    fn try_acquire(limiter: &'a CapacityLimiter, key: Option<u64>) -> Option<Self> {
        let Some(key) = key else {
            return limiter.try_acquire().ok().map(Self::Guard);
        };
        limiter.try_acquire_for(key).ok()?;
        Some(Self::Key(limiter, key))
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Self::Key(limiter, key) = self {
            limiter.release_for(*key).unwrap();
        }
    }
}

struct Waiter<'a> {
    granted: bool,
    wait: Waiting<'a, Held<'a>>,
}

struct Model<'a> {
    total: Option<usize>,
    borrowed: usize,
    held: Vec<Held<'a>>,
    waiting: Vec<Waiter<'a>>,
}

impl Model<'_> {
    fn has_room(&self) -> bool {
        self.total.is_none_or(|total| self.borrowed < total)
    }

    fn free(&self) -> bool {
        self.waiting.iter().all(|waiter| waiter.granted) && self.has_room()
    }

    fn serve(&mut self) {
        while self.has_room() {
            let Some(next) = self.waiting.iter_mut().find(|waiter| !waiter.granted) else {
                break;
            };
            next.granted = true;
            self.borrowed += 1;
        }
    }
}

fn check(steps: Vec<Step>) {
    let limiter = CapacityLimiter::new(2);
    let mut model = Model {
        total: Some(2),
        borrowed: 0,
        held: Vec::new(),
        waiting: Vec::new(),
    };
    for (number, step) in (0..).zip(steps) {
        match step {
            Step::Acquire(by_key) => {
                let free = model.free();
                match Waiting::start(Held::acquire(&limiter, by_key.then_some(number))) {
                    Ok(token) => {
                        assert!(free);
                        model.borrowed += 1;
                        model.held.push(token);
                    }
                    Err(wait) => {
                        assert!(!free);
                        model.waiting.push(Waiter {
                            granted: false,
                            wait,
                        });
                    }
                }
            }
            Step::TryAcquire(by_key) => {
                let free = model.free();
                let token = Held::try_acquire(&limiter, by_key.then_some(number));
                assert_eq!(token.is_some(), free);
                model.borrowed += usize::from(free);
                model.held.extend(token);
            }
            Step::Poll(which) if !model.waiting.is_empty() => {
                let which = which % model.waiting.len();
                let polled = model.waiting[which].wait.poll();
                assert_eq!(polled.is_some(), model.waiting[which].granted);
                if polled.is_some() {
                    model.waiting.remove(which);
                    model.held.extend(polled);
                }
            }
            Step::GiveUp(which) if !model.waiting.is_empty() => {
                let waiter = model.waiting.remove(which % model.waiting.len());
                drop(waiter.wait);
                model.borrowed -= usize::from(waiter.granted);
                model.serve();
            }
            Step::Drop(which) if !model.held.is_empty() => {
                drop(model.held.swap_remove(which % model.held.len()));
                model.borrowed -= 1;
                model.serve();
            }
            Step::Resize(total) => {
                limiter.set_total_tokens(total);
                model.total = total;
                model.serve();
            }
            Step::Poll(_) | Step::GiveUp(_) | Step::Drop(_) => {}
        }
        let statistics = limiter.statistics();
        assert_eq!(statistics.borrowed, model.borrowed);
        let queued = model.waiting.iter().filter(|waiter| !waiter.granted);
        assert_eq!(statistics.waiting, queued.count());
        for waiter in &model.waiting {
            assert_eq!(waiter.wait.is_woken(), waiter.granted);
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_limiter_is_a_total_a_count_and_a_list(steps in proptest::collection::vec(step(), 1..40)) {
        check(steps);
    }
}
