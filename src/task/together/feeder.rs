//! The items of a bounded run, and the places for those that are being worked on.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use anyrt_core::{
    context::{self, Region},
    tree::{Deadline, Kind, NodeRef},
};
use pin_project_lite::pin_project;

use super::items::Source;
use crate::task::branches::{AnySlot, Slot, SlotState, Slots};

pin_project! {
    /// Pulls items, in a region of its own.
    pub(super) struct Feeder<S>
    where
        S: Source,
    {
        region: Region,
        #[pin]
        source: Option<S>,
        item: Option<S::Item>,
        // It was asked for an item and has not answered.
        asked: bool,
        // Its answer is under way.
        waiting: bool,
        // It has answered that there is none.
        ended: bool,
    }

    impl<S> PinnedDrop for Feeder<S>
    where
        S: Source,
    {
        fn drop(this: Pin<&mut Self>) {
            this.vacate();
        }
    }
}

impl<S: Source> Feeder<S> {
    fn new(source: S) -> Self {
        Self {
            region: Region::new(Kind::Scope, Deadline::Never),
            source: Some(source),
            item: None,
            asked: true,
            waiting: false,
            ended: false,
        }
    }

    /// Pulls from a source that is never pending, and therefore in no region of its own.
    #[inline]
    fn pull(self: Pin<&mut Self>) -> Option<S::Item> {
        let mut this = self.project();
        if context::is_cancelled() {
            if this
                .source
                .as_ref()
                .as_pin_ref()
                .is_some_and(|source| source.is_empty())
            {
                *this.ended = true;
                this.source.set(None);
            }
            return None;
        }
        let mut cx = Context::from_waker(Waker::noop());
        let answer = this.source.as_mut().as_pin_mut()?.poll_item(&mut cx);
        if let Poll::Ready(None) = answer {
            *this.ended = true;
            this.source.set(None);
        }
        match answer {
            Poll::Ready(item) => item,
            Poll::Pending => None,
        }
    }
}

impl<S: Source> AnySlot for Feeder<S> {
    /// Completed with each item, and at the end without one. In a cancelled region nothing is pulled; a source that says
    /// of itself that it is empty has ended all the same.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> SlotState {
        let mut this = self.project();
        let region = &*this.region;
        context::enter(region, None, || {
            let Some(source) = this.source.as_mut().as_pin_mut() else {
                return SlotState::Vacant;
            };
            let answer = if *this.waiting || !context::is_cancelled() {
                source.poll_item(cx)
            } else if source.is_empty() {
                Poll::Ready(None)
            } else {
                Poll::Pending
            };
            *this.waiting = answer.is_pending();
            match answer {
                Poll::Pending => {
                    if region.existing_node().is_none() {
                        context::node();
                    }
                    return SlotState::Pending;
                }
                Poll::Ready(Some(item)) => *this.item = Some(item),
                Poll::Ready(None) => {
                    *this.ended = true;
                    this.source.set(None);
                }
            }
            *this.asked = false;
            SlotState::Completed
        })
    }

    fn is_occupied(&self) -> bool {
        self.asked && self.source.is_some()
    }

    fn node(&self) -> Option<&NodeRef> {
        self.region.existing_node()
    }

    fn vacate(self: Pin<&mut Self>) {
        let mut this = self.project();
        if this.source.is_some() {
            context::enter_where_it_is(this.region, None, || this.source.set(None));
        }
        this.region.end();
    }
}

/// The number of the feeder.
pub(super) const FEEDER: usize = 0;

/// The number of the first place.
const FIRST_PLACE: usize = 1;

pin_project! {
    /// The feeder and the places, each of which serves one item after the other.
    pub(super) struct Places<S, Fut>
    where
        S: Source,
        Fut: Future,
    {
        // Dropped in this order: the work, then where it came from.
        places: Vec<Place<Fut>>,
        vacant: Vec<usize>,
        #[pin]
        feeder: Feeder<S>,
    }
}

struct Place<Fut: Future> {
    slot: Pin<Box<Slot<Fut>>>,
    item: usize,
}

impl<S: Source, Fut: Future> Places<S, Fut> {
    pub(super) fn new(source: S) -> Self {
        Self {
            places: Vec::new(),
            vacant: Vec::new(),
            feeder: Feeder::new(source),
        }
    }

    /// Whether there is nothing to come.
    pub(super) fn is_exhausted(&self) -> bool {
        self.feeder.ended
    }

    /// The item that the feeder has pulled.
    pub(super) fn take_item(self: Pin<&mut Self>) -> Option<S::Item> {
        self.project().feeder.project().item.take()
    }

    /// What became of the item in the place `index`, and its number.
    pub(super) fn take_value(self: Pin<&mut Self>, index: usize) -> Option<(usize, Fut::Output)> {
        let place = self.project().places.get_mut(index - FIRST_PLACE)?;
        Some((place.item, place.slot.as_mut().take()?))
    }

    /// Puts the work on an item into a place; returns which.
    pub(super) fn start(self: Pin<&mut Self>, item: usize, work: Fut) -> usize {
        let this = self.project();
        let number = match this.vacant.pop() {
            Some(number) => {
                let place = &mut this.places[number];
                place.item = item;
                place.slot.as_mut().put(work);
                number
            }
            None => {
                let slot = Box::pin(Slot::new(Some(work)));
                this.places.push(Place { slot, item });
                this.places.len() - 1
            }
        };
        FIRST_PLACE + number
    }

    /// The work in a place has ended.
    pub(super) fn leave(self: Pin<&mut Self>, index: usize) {
        self.project().vacant.push(index - FIRST_PLACE);
    }

    /// Whether fewer than `limit` places are taken.
    pub(super) fn has_room(&self, limit: usize) -> bool {
        self.places.len() - self.vacant.len() < limit
    }

    /// The next item, from a source that gives it at once.
    pub(super) fn pull(self: Pin<&mut Self>) -> Option<S::Item> {
        self.project().feeder.pull()
    }

    /// Asks the feeder for an item; whether it is to be polled for that.
    pub(super) fn ask(self: Pin<&mut Self>) -> bool {
        let feeder = self.project().feeder.project();
        feeder.source.is_some() && !std::mem::replace(feeder.asked, true)
    }

    /// Whether the feeder was asked and has not answered.
    pub(super) fn is_asked(&self) -> bool {
        self.feeder.asked
    }
}

impl<S: Source, Fut: Future> Slots for Places<S, Fut> {
    fn count(&self) -> usize {
        FIRST_PLACE + self.places.len()
    }

    fn slot(self: Pin<&mut Self>, index: usize) -> Pin<&mut dyn AnySlot> {
        let this = self.project();
        match index {
            FEEDER => this.feeder,
            _ => this.places[index - FIRST_PLACE].slot.as_mut(),
        }
    }

    // Of known types, so that the poll of one job after the other is one piece of code.
    #[inline]
    fn poll_slot(self: Pin<&mut Self>, index: usize, cx: &mut Context<'_>) -> SlotState {
        let this = self.project();
        match index {
            FEEDER => this.feeder.poll(cx),
            _ => this.places[index - FIRST_PLACE].slot.as_mut().poll(cx),
        }
    }

    #[inline]
    fn is_occupied(self: Pin<&mut Self>, index: usize) -> bool {
        match index {
            FEEDER => self.feeder.is_occupied(),
            _ => self.places[index - FIRST_PLACE].slot.is_occupied(),
        }
    }
}
