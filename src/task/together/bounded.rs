//! The future of a bounded run: pulls an item when there is a place for it.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;

use super::{
    feeder::{FEEDER, Places},
    items::Source,
};
use crate::{
    cancel::parked,
    task::branches::{Next, Roster, Schedule},
};

/// How many more items are started with one that was waited for.
const STARTED_BY_ONE_PULL: usize = 31;

/// Where values go.
pub(super) trait Sink<T> {
    /// What the whole run gives.
    type Output;

    /// One more item is being worked on.
    fn admit(&mut self);

    /// The value of the item with this number.
    fn accept(&mut self, item: usize, value: T) -> Next;

    /// The output of a run that has ended; `None` if it was cancelled from outside before it was `complete`.
    fn finish(&mut self, complete: bool) -> Option<Self::Output>;
}

pin_project! {
    /// Works on at most `limit` items at a time.
    pub(super) struct Bounded<S, F, Fut, K>
    where
        S: Source,
        Fut: Future,
    {
        // Dropped in this order: the work, then the region around it.
        #[pin]
        places: Places<S, Fut>,
        schedule: Schedule,
        plan: Plan<F, K>,
        finished: bool,
    }
}

/// What is done with items and values.
struct Plan<F, K> {
    limit: usize,
    work: F,
    sink: K,
    admitted: usize,
    accepted: usize,
}

impl<S: Source, F, Fut: Future, K> Bounded<S, F, Fut, K> {
    pub(super) fn new(source: S, limit: usize, work: F, sink: K) -> Self {
        Self {
            places: Places::new(source),
            schedule: Schedule::new(FEEDER + 1),
            plan: Plan {
                limit,
                work,
                sink,
                admitted: 0,
                accepted: 0,
            },
            finished: false,
        }
    }
}

impl<S, F, Fut, K> Future for Bounded<S, F, Fut, K>
where
    S: Source,
    F: FnMut(S::Item) -> Fut,
    Fut: Future,
    K: Sink<Fut::Output>,
{
    type Output = K::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<K::Output> {
        let mut this = self.project();
        assert!(!*this.finished, "a finished bounded run was polled again");
        this.schedule.stop_if_cut(this.places.as_mut());
        let plan = this.plan;
        ready!(
            this.schedule
                .poll(this.places.as_mut(), cx, |roster, places, index| {
                    if index == FEEDER {
                        plan.pulled(roster, places)
                    } else {
                        plan.completed(roster, places, index)
                    }
                })
        );
        let complete = this.places.is_exhausted() && plan.accepted == plan.admitted;
        this.schedule.resume(|| plan.sink.finish(complete));
        match plan.sink.finish(complete) {
            Some(output) => {
                *this.finished = true;
                Poll::Ready(output)
            }
            None => parked(),
        }
    }
}

impl<F, K> Plan<F, K> {
    /// The feeder has pulled an item, or has found that there is none.
    fn pulled<S, Fut>(&mut self, roster: &mut Roster, mut places: Pin<&mut Places<S, Fut>>) -> Next
    where
        S: Source,
        F: FnMut(S::Item) -> Fut,
        Fut: Future,
        K: Sink<Fut::Output>,
    {
        let item = places.as_mut().take_item();
        // An item that was on its way when the place was cancelled is polled once, as every body is.
        if let Some(item) = item.filter(|_| !roster.is_stopped()) {
            self.start(roster, places.as_mut(), item);
            if S::AT_ONCE {
                self.fill(roster, places.as_mut());
            }
            if places.has_room(self.limit) && places.ask() {
                roster.add(FEEDER);
            }
        }
        Next::GoOn
    }

    /// Starts what there is room for, from a source that gives it at once; not so much that nothing else gets its turn.
    fn fill<S, Fut>(&mut self, roster: &mut Roster, mut places: Pin<&mut Places<S, Fut>>)
    where
        S: Source,
        F: FnMut(S::Item) -> Fut,
        Fut: Future,
        K: Sink<Fut::Output>,
    {
        for _ in 0..STARTED_BY_ONE_PULL {
            if !places.has_room(self.limit) {
                return;
            }
            let Some(item) = places.as_mut().pull() else {
                return;
            };
            self.start(roster, places.as_mut(), item);
        }
    }

    /// The work on an item has ended: its value goes into the sink, and its place to the next item.
    fn completed<S, Fut>(
        &mut self,
        roster: &mut Roster,
        mut places: Pin<&mut Places<S, Fut>>,
        index: usize,
    ) -> Next
    where
        S: Source,
        F: FnMut(S::Item) -> Fut,
        Fut: Future,
        K: Sink<Fut::Output>,
    {
        places.as_mut().leave(index);
        let Some((item, value)) = places.as_mut().take_value(index) else {
            return Next::GoOn;
        };
        self.accepted += 1;
        let next = self.sink.accept(item, value);
        if next != Next::GoOn {
            return next;
        }
        if S::AT_ONCE && !places.is_asked() {
            if let Some(item) = places.as_mut().pull() {
                self.start(roster, places, item);
                return Next::GoOn;
            }
        }
        // Also where nothing may be pulled because of a cancel: the feeder then ends.
        if places.ask() {
            roster.add(FEEDER);
        }
        Next::GoOn
    }

    #[inline]
    fn start<S, Fut>(
        &mut self,
        roster: &mut Roster,
        places: Pin<&mut Places<S, Fut>>,
        item: S::Item,
    ) where
        S: Source,
        F: FnMut(S::Item) -> Fut,
        Fut: Future,
        K: Sink<Fut::Output>,
    {
        let work = (self.work)(item);
        self.sink.admit();
        roster.add(places.start(self.admitted, work));
        self.admitted += 1;
    }
}
