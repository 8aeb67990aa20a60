//! `Semaphore` against a counter and a list.

use anyrt::sync::{Permits, Semaphore};
use proptest::prelude::*;

use crate::waiting::{Waiting, config};

#[derive(Clone, Debug)]
enum Step {
    Acquire(usize),
    TryAcquire(usize),
    /// Polls one of those that wait.
    Poll(usize),
    /// Drops one of those that wait, granted or not.
    GiveUp(usize),
    /// Drops the permits of one.
    Drop(usize),
    /// Takes the permits of one out for good.
    Forget(usize),
    Release(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4usize).prop_map(Step::Acquire),
        1 => (0..4usize).prop_map(Step::TryAcquire),
        3 => any::<usize>().prop_map(Step::Poll),
        3 => any::<usize>().prop_map(Step::GiveUp),
        3 => any::<usize>().prop_map(Step::Drop),
        1 => any::<usize>().prop_map(Step::Forget),
        1 => (0..3usize).prop_map(Step::Release),
    ]
}

/// The maximum of the semaphore.
const MAXIMUM: usize = 5;

#[derive(Default)]
struct Model<'a> {
    available: usize,
    held: Vec<Permits<'a>>,
    /// In the order in which they came.
    waiting: Vec<Waiter<'a>>,
}

struct Waiter<'a> {
    count: usize,
    granted: bool,
    wait: Waiting<'a, Permits<'a>>,
}

impl Model<'_> {
    fn queued(&self) -> usize {
        self.waiting.iter().filter(|waiter| !waiter.granted).count()
    }

    /// The first of those not granted get theirs, as long as there is enough.
    fn serve(&mut self) {
        for waiter in self.waiting.iter_mut().filter(|waiter| !waiter.granted) {
            if waiter.count > self.available {
                break;
            }
            self.available -= waiter.count;
            waiter.granted = true;
        }
    }

    /// All permits, those that are out included.
    fn total(&self) -> usize {
        let held: usize = self.held.iter().map(Permits::count).sum();
        let granted = self.waiting.iter().filter(|waiter| waiter.granted);
        self.available + held + granted.map(|waiter| waiter.count).sum::<usize>()
    }

    fn free(&self, count: usize) -> bool {
        self.queued() == 0 && count <= self.available
    }
}

fn check(steps: Vec<Step>) {
    let semaphore = Semaphore::with_maximum(2, MAXIMUM).unwrap();
    let mut model = Model {
        available: 2,
        ..Model::default()
    };
    for step in steps {
        match step {
            Step::Acquire(count) => {
                let free = model.free(count);
                match Waiting::start(semaphore.acquire_many(count)) {
                    Ok(permits) => {
                        assert!(free, "{count} were not free");
                        model.available -= count;
                        model.held.push(permits);
                    }
                    Err(wait) => {
                        assert!(!free, "{count} were free");
                        model.waiting.push(Waiter {
                            count,
                            granted: false,
                            wait,
                        });
                    }
                }
            }
            Step::TryAcquire(count) => {
                let free = model.free(count);
                if let Ok(permits) = semaphore.try_acquire_many(count) {
                    assert!(free);
                    model.available -= count;
                    model.held.push(permits);
                } else {
                    assert!(!free);
                }
            }
            Step::Poll(which) if !model.waiting.is_empty() => {
                let which = which % model.waiting.len();
                let waiter = &mut model.waiting[which];
                if let Some(permits) = waiter.wait.poll() {
                    assert!(waiter.granted && permits.count() == waiter.count);
                    model.held.push(permits);
                    model.waiting.remove(which);
                } else {
                    assert!(!waiter.granted);
                }
            }
            Step::GiveUp(which) if !model.waiting.is_empty() => {
                let waiter = model.waiting.remove(which % model.waiting.len());
                drop(waiter.wait);
                if waiter.granted {
                    model.available += waiter.count;
                }
                model.serve();
            }
            Step::Drop(which) if !model.held.is_empty() => {
                let permits = model.held.swap_remove(which % model.held.len());
                model.available += permits.count();
                drop(permits);
                model.serve();
            }
            Step::Forget(which) if !model.held.is_empty() => {
                model.held.swap_remove(which % model.held.len()).forget();
            }
            Step::Release(count) => {
                let possible = model.total() + count <= MAXIMUM;
                assert_eq!(semaphore.release(count).is_ok(), possible);
                if possible {
                    model.available += count;
                    model.serve();
                }
            }
            Step::Poll(_) | Step::GiveUp(_) | Step::Drop(_) | Step::Forget(_) => {}
        }
        let statistics = semaphore.statistics();
        assert_eq!(statistics.available, model.available);
        assert_eq!(statistics.waiting, model.queued());
        for waiter in &model.waiting {
            assert_eq!(waiter.wait.is_woken(), waiter.granted);
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_semaphore_is_a_counter_and_a_list(steps in proptest::collection::vec(step(), 1..40)) {
        check(steps);
    }
}
