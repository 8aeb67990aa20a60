//! `Event` and `Barrier`, against lists of who waits.

use anyrt::sync::{Barrier, BarrierOutcome, Event};
use proptest::prelude::*;

use crate::waiting::{Waiting, config};

#[derive(Clone, Debug)]
enum Step {
    Wait,
    Poll(usize),
    GiveUp(usize),
    Set,
}

fn step(sets: u32) -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => Just(Step::Wait),
        4 => any::<usize>().prop_map(Step::Poll),
        3 => any::<usize>().prop_map(Step::GiveUp),
        sets + 1 => Just(Step::Set),
    ]
}

/// Who waits, and whether it was let through.
type Waiters<'a, T> = Vec<(bool, Waiting<'a, T>)>;

fn let_through<T>(waiters: &mut Waiters<'_, T>) {
    for (through, _) in waiters {
        *through = true;
    }
}

fn waiting<T>(waiters: &Waiters<'_, T>) -> usize {
    waiters.iter().filter(|(through, _)| !through).count()
}

/// Polls one of those who wait: what it gives if it was let through.
fn poll<T>(waiters: &mut Waiters<'_, T>, which: usize) -> Option<T> {
    if waiters.is_empty() {
        return None;
    }
    let which = which % waiters.len();
    let (through, wait) = &mut waiters[which];
    let polled = wait.poll();
    assert_eq!(polled.is_some(), *through);
    if polled.is_some() {
        waiters.remove(which);
    }
    polled
}

fn give_up<T>(waiters: &mut Waiters<'_, T>, which: usize) {
    if !waiters.is_empty() {
        waiters.remove(which % waiters.len());
    }
}

fn check_event(steps: Vec<Step>) {
    let event = Event::new();
    let (mut set, mut waiters) = (false, Waiters::new());
    for step in steps {
        match step {
            Step::Wait => match Waiting::start(event.wait()) {
                Ok(()) => assert!(set),
                Err(wait) => {
                    assert!(!set);
                    waiters.push((false, wait));
                }
            },
            Step::Poll(which) => {
                poll(&mut waiters, which);
            }
            Step::GiveUp(which) => give_up(&mut waiters, which),
            Step::Set => {
                event.set();
                set = true;
                let_through(&mut waiters);
            }
        }
        let statistics = event.statistics();
        assert_eq!(
            (statistics.set, statistics.waiting),
            (set, waiting(&waiters))
        );
        for (through, wait) in &waiters {
            assert_eq!(wait.is_woken(), *through);
        }
    }
}

fn check_barrier(parties: usize, steps: Vec<Step>) {
    let barrier = Barrier::new(parties);
    let mut waiters: Waiters<'_, BarrierOutcome> = Waiters::new();
    for step in steps {
        match step {
            Step::Wait => {
                let opens = waiting(&waiters) + 1 >= parties;
                match Waiting::start(barrier.wait()) {
                    Ok(outcome) => {
                        assert!(opens && outcome.is_leader());
                        let_through(&mut waiters);
                    }
                    Err(wait) => {
                        assert!(!opens);
                        waiters.push((false, wait));
                    }
                }
            }
            Step::Poll(which) => {
                let outcome = poll(&mut waiters, which);
                assert!(outcome.is_none_or(|outcome| !outcome.is_leader()));
            }
            Step::GiveUp(which) => give_up(&mut waiters, which),
            Step::Set => {}
        }
        assert_eq!(barrier.statistics().waiting, waiting(&waiters));
        for (through, wait) in &waiters {
            assert_eq!(wait.is_woken(), *through);
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_event_happens_once(steps in proptest::collection::vec(step(1), 1..40)) {
        check_event(steps);
    }

    #[test]
    fn so_many_meet(parties in 0..5usize, steps in proptest::collection::vec(step(0), 1..40)) {
        check_barrier(parties, steps);
    }
}
