//! `RwLock`, and `Mutex` as one that is only written, against a list of who asked for what.

use anyrt::sync::{Mutex, MutexGuard, ReadGuard, RwLock, WriteGuard};
use proptest::prelude::*;

use crate::waiting::{Waiting, config};

#[derive(Clone, Debug)]
enum Step {
    Read,
    Write,
    TryRead,
    TryWrite,
    Poll(usize),
    GiveUp(usize),
    Drop(usize),
}

fn step(reads: bool) -> impl Strategy<Value = Step> {
    let reads = u32::from(reads);
    prop_oneof![
        4 * reads + 1 => Just(if reads == 1 { Step::Read } else { Step::Write }),
        3 => Just(Step::Write),
        reads + 1 => Just(if reads == 1 { Step::TryRead } else { Step::TryWrite }),
        1 => Just(Step::TryWrite),
        4 => any::<usize>().prop_map(Step::Poll),
        3 => any::<usize>().prop_map(Step::GiveUp),
        4 => any::<usize>().prop_map(Step::Drop),
    ]
}

/// A lock, and what its guards are.
trait Lock {
    type Guard<'a>
    where
        Self: 'a;

    fn read(&self) -> Result<Self::Guard<'_>, Waiting<'_, Self::Guard<'_>>>;
    fn write(&self) -> Result<Self::Guard<'_>, Waiting<'_, Self::Guard<'_>>>;
    fn try_read(&self) -> Option<Self::Guard<'_>>;
    fn try_write(&self) -> Option<Self::Guard<'_>>;
    /// Adds one to the value if the guard may write, and gives the value.
    fn count(guard: &mut Self::Guard<'_>) -> u32;
    /// How many wait.
    fn waiting(&self) -> usize;
}

#[allow(clippy::large_enum_variant)]
enum EitherGuard<'a> {
    Read(ReadGuard<'a, u32>),
    Write(WriteGuard<'a, u32>),
}

impl Lock for RwLock<u32> {
    type Guard<'a> = EitherGuard<'a>;

    fn read(&self) -> Result<EitherGuard<'_>, Waiting<'_, EitherGuard<'_>>> {
        Waiting::start(async { EitherGuard::Read(RwLock::read(self).await) })
    }

    fn write(&self) -> Result<EitherGuard<'_>, Waiting<'_, EitherGuard<'_>>> {
        Waiting::start(async { EitherGuard::Write(RwLock::write(self).await) })
    }

    fn try_read(&self) -> Option<EitherGuard<'_>> {
        RwLock::try_read(self).ok().map(EitherGuard::Read)
    }

    fn try_write(&self) -> Option<EitherGuard<'_>> {
        RwLock::try_write(self).ok().map(EitherGuard::Write)
    }

    fn count(guard: &mut EitherGuard<'_>) -> u32 {
        match guard {
            EitherGuard::Read(guard) => **guard,
            EitherGuard::Write(guard) => {
                **guard += 1;
                **guard
            }
        }
    }

    fn waiting(&self) -> usize {
        self.statistics().waiting
    }
}

impl Lock for Mutex<u32> {
    type Guard<'a> = MutexGuard<'a, u32>;

    fn read(&self) -> Result<MutexGuard<'_, u32>, Waiting<'_, MutexGuard<'_, u32>>> {
        self.write()
    }

    fn write(&self) -> Result<MutexGuard<'_, u32>, Waiting<'_, MutexGuard<'_, u32>>> {
        Waiting::start(self.lock())
    }

    fn try_read(&self) -> Option<MutexGuard<'_, u32>> {
        self.try_write()
    }

    fn try_write(&self) -> Option<MutexGuard<'_, u32>> {
        self.try_lock().ok()
    }

    fn count(guard: &mut MutexGuard<'_, u32>) -> u32 {
        **guard += 1;
        **guard
    }

    fn waiting(&self) -> usize {
        self.statistics().waiting
    }
}

struct Holder<'a, L: Lock + 'a> {
    writes: bool,
    guard: L::Guard<'a>,
}

struct Waiter<'a, L: Lock + 'a> {
    writes: bool,
    granted: bool,
    wait: Waiting<'a, L::Guard<'a>>,
}

struct Model<'a, L: Lock> {
    readers: usize,
    writer: bool,
    written: u32,
    held: Vec<Holder<'a, L>>,
    waiting: Vec<Waiter<'a, L>>,
}

impl<'a, L: Lock> Model<'a, L> {
    fn possible(&self, writes: bool) -> bool {
        !self.writer && (!writes || self.readers == 0)
    }

    fn free(&self, writes: bool) -> bool {
        self.waiting.iter().all(|waiter| waiter.granted) && self.possible(writes)
    }

    fn lend(&mut self, writes: bool) {
        if writes {
            self.writer = true;
        } else {
            self.readers += 1;
        }
    }

    fn give_back(&mut self, writes: bool) {
        if writes {
            self.writer = false;
        } else {
            self.readers -= 1;
        }
    }

    fn serve(&mut self) {
        for place in 0..self.waiting.len() {
            if self.waiting[place].granted {
                continue;
            }
            let writes = self.waiting[place].writes;
            if !self.possible(writes) {
                break;
            }
            self.lend(writes);
            self.waiting[place].granted = true;
        }
    }

    fn hold(&mut self, writes: bool, mut guard: L::Guard<'a>) {
        if writes {
            self.written += 1;
        }
        assert_eq!(L::count(&mut guard), self.written);
        self.held.push(Holder { writes, guard });
    }

    fn ask(&mut self, writes: bool, outcome: Result<L::Guard<'a>, Waiting<'a, L::Guard<'a>>>) {
        let free = self.free(writes);
        match outcome {
            Ok(guard) => {
                assert!(free);
                self.lend(writes);
                self.hold(writes, guard);
            }
            Err(wait) => {
                assert!(!free);
                self.waiting.push(Waiter {
                    writes,
                    granted: false,
                    wait,
                });
            }
        }
    }

    fn ask_at_once(&mut self, writes: bool, guard: Option<L::Guard<'a>>) {
        assert_eq!(guard.is_some(), self.free(writes));
        if let Some(guard) = guard {
            self.lend(writes);
            self.hold(writes, guard);
        }
    }
}

/// `reads` is false for a lock that is only written.
fn check<L: Lock>(lock: &L, reads: bool, steps: Vec<Step>) {
    let mut model: Model<'_, L> = Model {
        readers: 0,
        writer: false,
        written: 0,
        held: Vec::new(),
        waiting: Vec::new(),
    };
    for step in steps {
        match step {
            Step::Read => model.ask(!reads, lock.read()),
            Step::Write => model.ask(true, lock.write()),
            Step::TryRead => model.ask_at_once(!reads, lock.try_read()),
            Step::TryWrite => model.ask_at_once(true, lock.try_write()),
            Step::Poll(which) if !model.waiting.is_empty() => {
                let which = which % model.waiting.len();
                let polled = model.waiting[which].wait.poll();
                assert_eq!(polled.is_some(), model.waiting[which].granted);
                if let Some(guard) = polled {
                    let writes = model.waiting.remove(which).writes;
                    model.hold(writes, guard);
                }
            }
            Step::GiveUp(which) if !model.waiting.is_empty() => {
                let waiter = model.waiting.remove(which % model.waiting.len());
                drop(waiter.wait);
                if waiter.granted {
                    model.give_back(waiter.writes);
                }
                model.serve();
            }
            Step::Drop(which) if !model.held.is_empty() => {
                let holder = model.held.swap_remove(which % model.held.len());
                drop(holder.guard);
                model.give_back(holder.writes);
                model.serve();
            }
            Step::Poll(_) | Step::GiveUp(_) | Step::Drop(_) => {}
        }
        let queued = model.waiting.iter().filter(|waiter| !waiter.granted);
        assert_eq!(lock.waiting(), queued.count());
        for waiter in &model.waiting {
            assert_eq!(waiter.wait.is_woken(), waiter.granted);
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_lock_that_is_read_and_written(steps in proptest::collection::vec(step(true), 1..40)) {
        check(&RwLock::new(0), true, steps);
    }

    #[test]
    fn a_mutex(steps in proptest::collection::vec(step(false), 1..40)) {
        check(&Mutex::new(0), false, steps);
    }
}
