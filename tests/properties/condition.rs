//! `Condition` with its `Mutex`, against a list of who waits for what.

use anyrt::sync::{Condition, Mutex, MutexGuard};
use proptest::prelude::*;

use crate::waiting::{Waiting, config};

#[derive(Clone, Debug)]
enum Step {
    /// Takes the lock, if it is free, and waits for a notification.
    Wait,
    /// Whoever has the lock waits for a notification.
    WaitAgain,
    /// Takes the lock, if it is free.
    Lock,
    Unlock,
    Notify(usize),
    NotifyAll,
    Poll(usize),
    GiveUp(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => Just(Step::Wait),
        1 => Just(Step::WaitAgain),
        2 => Just(Step::Lock),
        3 => Just(Step::Unlock),
        3 => (0..3usize).prop_map(Step::Notify),
        1 => Just(Step::NotifyAll),
        5 => any::<usize>().prop_map(Step::Poll),
        3 => any::<usize>().prop_map(Step::GiveUp),
    ]
}

/// How far a waiter has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waits,
    /// Was notified, and has not looked.
    Notified,
    /// Stands in the queue of the lock, at this place.
    Locks(usize),
    /// Was handed the lock, and has not looked.
    Locked,
}

struct Waiter<'a> {
    stage: Stage,
    wait: Waiting<'a, MutexGuard<'a, ()>>,
}

#[derive(Default)]
struct Model<'a> {
    held: Option<MutexGuard<'a, ()>>,
    /// In the order in which they came.
    waiters: Vec<Waiter<'a>>,
    /// The next place in the queue of the lock.
    next: usize,
}

impl<'a> Model<'a> {
    fn is_locked(&self) -> bool {
        self.held.is_some()
            || self
                .waiters
                .iter()
                .any(|waiter| waiter.stage == Stage::Locked)
    }

    fn notify(&mut self, count: usize) {
        let waiting = self.waiters.iter_mut();
        for waiter in waiting
            .filter(|waiter| waiter.stage == Stage::Waits)
            .take(count)
        {
            waiter.stage = Stage::Notified;
        }
    }

    /// The lock has been released: the first in its queue has it.
    fn hand_on(&mut self) {
        let place = |waiter: &&mut Waiter<'_>| match waiter.stage {
            Stage::Locks(place) => place,
            _ => usize::MAX,
        };
        let first = self.waiters.iter_mut().min_by_key(place);
        if let Some(first) = first.filter(|first| matches!(first.stage, Stage::Locks(_))) {
            first.stage = Stage::Locked;
        }
    }

    fn wait(&mut self, condition: &'a Condition, guard: MutexGuard<'a, ()>) {
        let Err(wait) = Waiting::start(condition.wait(guard)) else {
            panic!("nobody has notified it");
        };
        self.waiters.push(Waiter {
            stage: Stage::Waits,
            wait,
        });
        self.hand_on();
    }

    fn poll(&mut self, which: usize) {
        let locked = self.is_locked();
        let waiter = &mut self.waiters[which];
        let expected = match waiter.stage {
            Stage::Waits | Stage::Locks(_) => {
                assert!(waiter.wait.poll().is_none());
                return;
            }
            Stage::Notified => !locked,
            Stage::Locked => true,
        };
        let guard = waiter.wait.poll_stage();
        assert_eq!(guard.is_some(), expected);
        if guard.is_some() {
            self.held = guard;
            self.waiters.remove(which);
        } else {
            waiter.stage = Stage::Locks(self.next);
            self.next += 1;
        }
    }

    fn give_up(&mut self, which: usize) {
        let Waiter { stage, wait } = self.waiters.remove(which);
        drop(wait);
        if stage == Stage::Locked {
            self.hand_on();
        }
        if stage != Stage::Waits {
            self.notify(1);
        }
    }
}

fn check(steps: Vec<Step>) {
    let (lock, condition) = (Mutex::new(()), Condition::new());
    let mut model = Model::default();
    for step in steps {
        let waiters = model.waiters.len();
        match step {
            Step::Wait => {
                let guard = lock.try_lock().ok();
                assert_eq!(guard.is_none(), model.is_locked());
                if let Some(guard) = guard {
                    model.wait(&condition, guard);
                }
            }
            Step::WaitAgain => {
                if let Some(guard) = model.held.take() {
                    model.wait(&condition, guard);
                }
            }
            Step::Lock if model.held.is_none() => model.held = lock.try_lock().ok(),
            Step::Unlock => {
                if model.held.take().is_some() {
                    model.hand_on();
                }
            }
            Step::Notify(count) => {
                condition.notify(count);
                model.notify(count);
            }
            Step::NotifyAll => {
                condition.notify_all();
                model.notify(usize::MAX);
            }
            Step::Poll(which) if waiters > 0 => model.poll(which % waiters),
            Step::GiveUp(which) if waiters > 0 => model.give_up(which % waiters),
            Step::Lock | Step::Poll(_) | Step::GiveUp(_) => {}
        }
        let stages = || model.waiters.iter().map(|waiter| waiter.stage);
        let waiting = stages().filter(|stage| *stage == Stage::Waits).count();
        assert_eq!(condition.statistics().waiting, waiting);
        assert_eq!(lock.is_locked(), model.is_locked());
        let queued = stages().filter(|stage| matches!(stage, Stage::Locks(_)));
        assert_eq!(lock.statistics().waiting, queued.count());
        for waiter in &model.waiters {
            let may_go_on = matches!(waiter.stage, Stage::Notified | Stage::Locked);
            assert_eq!(waiter.wait.is_woken(), may_go_on, "{:?}", waiter.stage);
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_notification_is_lost(steps in proptest::collection::vec(step(), 1..40)) {
        check(steps);
    }
}
