//! `OnceCell`, against who makes the value and who waits for it.

use std::{cell::Cell, future::poll_fn, rc::Rc, task::Poll};

use anyrt::sync::OnceCell;
use proptest::prelude::*;

use crate::waiting::{Waiting, config};

#[derive(Clone, Debug)]
enum Step {
    Ask,
    Set(u32),
    /// Whoever makes the value is done, or has failed.
    Finish(Result<u32, ()>),
    Poll(usize),
    GiveUp(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => Just(Step::Ask),
        1 => any::<u32>().prop_map(Step::Set),
        1 => any::<u32>().prop_map(|value| Step::Finish(Ok(value))),
        3 => Just(Step::Finish(Err(()))),
        4 => any::<usize>().prop_map(Step::Poll),
        3 => any::<usize>().prop_map(Step::GiveUp),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waits,
    /// It is its turn, and it has not looked.
    Next,
    Makes,
}

struct Asking<'a> {
    stage: Stage,
    /// What its maker is to give.
    made: Rc<Cell<Option<Result<u32, ()>>>>,
    wait: Waiting<'a, Result<u32, ()>>,
}

#[derive(Default)]
struct Model<'a> {
    value: Option<u32>,
    /// In the order in which they came.
    asking: Vec<Asking<'a>>,
}

impl Model<'_> {
    fn is_taken(&self) -> bool {
        self.asking.iter().any(|one| one.stage != Stage::Waits)
    }

    fn hand_on(&mut self) {
        if let Some(first) = self.asking.first_mut() {
            first.stage = Stage::Next;
        }
    }
}

fn check(steps: Vec<Step>) {
    let cell = OnceCell::new();
    let mut model = Model::default();
    for step in steps {
        let count = model.asking.len();
        match step {
            Step::Ask => {
                let made: Rc<Cell<Option<Result<u32, ()>>>> = Rc::default();
                let makes = Rc::clone(&made);
                let ask = async {
                    let make = || poll_fn(move |_| makes.take().map_or(Poll::Pending, Poll::Ready));
                    cell.get_or_try_init(make).await.copied()
                };
                match Waiting::start(ask) {
                    Ok(value) => assert_eq!(value.ok(), model.value),
                    Err(wait) => {
                        assert_eq!(model.value, None, "it was there");
                        let stage = if model.is_taken() {
                            Stage::Waits
                        } else {
                            Stage::Makes
                        };
                        model.asking.push(Asking { stage, made, wait });
                    }
                }
            }
            Step::Set(value) => {
                let free = model.value.is_none() && !model.is_taken();
                assert_eq!(cell.set(value).is_ok(), free);
                if free {
                    model.value = Some(value);
                }
            }
            Step::Finish(outcome) => {
                let maker = model
                    .asking
                    .iter()
                    .position(|one| one.stage == Stage::Makes);
                if let Some(maker) = maker {
                    let mut maker = model.asking.remove(maker);
                    maker.made.set(Some(outcome));
                    assert_eq!(maker.wait.poll(), Some(outcome));
                    model.value = outcome.ok();
                    model.hand_on();
                }
            }
            Step::Poll(which) if count > 0 => {
                let one = &mut model.asking[which % count];
                let polled = one.wait.poll();
                match (one.stage, model.value) {
                    (Stage::Next, Some(value)) => {
                        assert_eq!(polled, Some(Ok(value)));
                        model.asking.remove(which % count);
                        model.hand_on();
                    }
                    (Stage::Next, None) => {
                        assert_eq!(polled, None);
                        one.stage = Stage::Makes;
                    }
                    _ => assert_eq!(polled, None),
                }
            }
            Step::GiveUp(which) if count > 0 => {
                let gone = model.asking.remove(which % count);
                drop(gone.wait);
                if gone.stage != Stage::Waits {
                    model.hand_on();
                }
            }
            Step::Poll(_) | Step::GiveUp(_) => {}
        }
        assert_eq!(cell.get().copied(), model.value);
        let next = model.asking.iter().filter(|one| one.stage == Stage::Next);
        next.for_each(|one| assert!(one.wait.is_woken()));
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_value_is_made_by_one_at_a_time(steps in proptest::collection::vec(step(), 1..40)) {
        check(steps);
    }
}
