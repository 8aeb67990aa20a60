//! First come, first served: the queue of those who wait for a lock, a permit or an item.
//!
//! Every primitive that makes tasks wait is built on this one queue, so that order and drop safety
//! are the same in all of them. The queue is plain data; it lives inside the lock of the primitive
//! that owns it, next to the state it guards.
//!
//! # How it is used
//!
//! Whoever finds nothing free enters the queue ([`push_back`](WaitQueue::push_back)) and keeps a
//! [`Ticket`]. Whoever gives something back hands it over to the first waiter
//! ([`grant_first`](WaitQueue::grant_first)): it belongs to that waiter from then on, although it has
//! not been polled yet, so that nobody can overtake. A waiter leaves the queue exactly once
//! ([`remove`](WaitQueue::remove)): when it finds itself granted, or when it is dropped.
//!
//! # Rules for the owner
//!
//! - A waiter that is dropped *after* the grant owns what it was granted: the owner passes it on to
//!   the next.
//! - Wakers are cloned before the lock, and woken and dropped after it ([`unhandled`](crate::unhandled)): each may
//!   run any code, the owner's included. Methods take wakers by value and return every waker that leaves the queue
//!   for that reason.
//!
//! # Example
//!
//! A gate that lets one through at a time:
//!
//! ```
//! use std::{
//!     sync::Mutex,
//!     task::{Context, Poll},
//! };
//!
//! use anyrt_core::wait_queue::{Ticket, WaitQueue};
//!
//! #[derive(Default)]
//! struct Gate(Mutex<Inside>);
//!
//! #[derive(Default)]
//! struct Inside {
//!     taken: bool,
//!     queue: WaitQueue,
//! }
//!
//! impl Gate {
//!     /// One attempt to get in; `place` is `None` at first and belongs to the caller's future.
//!     fn poll_enter(&self, place: &mut Option<Ticket>, cx: &mut Context<'_>) -> Poll<()> {
//!         let waker = cx.waker().clone();
//!         let mut inside = self.0.lock().unwrap();
//!         match place.take() {
//!             None if !inside.taken => {
//!                 inside.taken = true;
//!                 Poll::Ready(())
//!             }
//!             None => {
//!                 *place = Some(inside.queue.push_back((), waker));
//!                 Poll::Pending
//!             }
//!             Some(ticket) if inside.queue.is_granted(&ticket) => {
//!                 inside.queue.remove(ticket);
//!                 Poll::Ready(())
//!             }
//!             Some(ticket) => {
//!                 let replaced = inside.queue.set_waker(&ticket, waker);
//!                 *place = Some(ticket);
//!                 drop(inside);
//!                 drop(replaced);
//!                 Poll::Pending
//!             }
//!         }
//!     }
//!
//!     /// The first waiter is let in; only without a waiter does the gate open.
//!     fn leave(&self) {
//!         let mut inside = self.0.lock().unwrap();
//!         let waker = inside.queue.grant_first();
//!         inside.taken = waker.is_some();
//!         drop(inside);
//!         if let Some(waker) = waker {
//!             waker.wake();
//!         }
//!     }
//!
//!     /// What the future's `Drop` calls while it has a place.
//!     fn give_up(&self, ticket: Ticket) {
//!         let departed = self.0.lock().unwrap().queue.remove(ticket);
//!         if departed.was_granted() {
//!             self.leave();
//!         }
//!     }
//! }
//! ```

use std::task::Waker;

use slab::Slab;

/// Those who wait, first to last, each with an `item` that says what for.
///
/// All operations take constant time. An empty queue owns no memory until the first waiter comes.
#[derive(Debug)]
pub struct WaitQueue<T = ()> {
    /// The waiters on the list, and those that were granted and have not left yet.
    waiters: Slab<Waiter<T>>,
    /// The list: only those who still wait.
    first: Option<usize>,
    last: Option<usize>,
    waiting: usize,
}

#[derive(Debug)]
struct Waiter<T> {
    item: T,
    stage: Stage,
    previous: Option<usize>,
    next: Option<usize>,
}

#[derive(Debug)]
enum Stage {
    Waiting(Waker),
    Granted,
}

/// A place in a [`WaitQueue`], until it is given back with [`WaitQueue::remove`].
///
/// It means something only to the queue that issued it.
#[derive(Debug)]
#[must_use = "a place that is never removed is granted something that nobody takes"]
pub struct Ticket(usize);

/// What is left of a waiter that has left the queue.
#[derive(Debug)]
pub struct Departed<T> {
    /// What it waited for, as it was pushed, or as the owner changed it since.
    pub item: T,
    /// The waker it left behind, to be dropped after the lock; `None` exactly if it was granted.
    pub waker: Option<Waker>,
}

impl<T> Departed<T> {
    /// Whether it had been granted what it waited for, and so must keep it or pass it on.
    pub fn was_granted(&self) -> bool {
        self.waker.is_none()
    }
}

/// How much room a queue without anybody in it keeps.
const KEPT_CAPACITY: usize = 64;

impl<T> WaitQueue<T> {
    /// A queue with nobody in it.
    pub const fn new() -> Self {
        Self {
            waiters: Slab::new(),
            first: None,
            last: None,
            waiting: 0,
        }
    }

    /// How many wait; those who were granted do not count.
    pub fn len(&self) -> usize {
        self.waiting
    }

    /// How many were granted, and have neither been polled since nor dropped.
    pub fn granted(&self) -> usize {
        self.waiters.len() - self.waiting
    }

    /// Whether nobody waits.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Puts a waiter at the end.
    pub fn push_back(&mut self, item: T, waker: Waker) -> Ticket {
        let key = self.waiters.insert(Waiter {
            item,
            stage: Stage::Waiting(waker),
            previous: self.last,
            next: None,
        });
        match self.last.replace(key) {
            Some(last) => self.waiters[last].next = Some(key),
            None => self.first = Some(key),
        }
        self.waiting += 1;
        Ticket(key)
    }

    /// What the first waiter waits for.
    pub fn first(&self) -> Option<&T> {
        self.first.map(|key| &self.waiters[key].item)
    }

    /// The same, to put something in or take it out before the grant.
    pub fn first_mut(&mut self) -> Option<&mut T> {
        self.first.map(|key| &mut self.waiters[key].item)
    }

    /// Hands over to the first waiter; the waker returned is to be woken after the lock.
    ///
    /// `None` if nobody waits: what was to be handed over stays with the owner.
    #[must_use = "a waiter that was granted has to be woken"]
    pub fn grant_first(&mut self) -> Option<Waker> {
        self.grant(self.first?)
    }

    /// Hands over to every waiter, first to last, for which `wanted` says so; the wakers returned are to
    /// be woken after the lock.
    ///
    /// Takes time for everybody who waits: for ends, not for every hand-over.
    #[must_use = "a waiter that was granted has to be woken"]
    pub fn grant_where(&mut self, mut wanted: impl FnMut(&mut T) -> bool) -> Vec<Waker> {
        let mut wakers = Vec::new();
        let mut next = self.first;
        while let Some(key) = next {
            next = self.waiters[key].next;
            if wanted(&mut self.waiters[key].item) {
                wakers.extend(self.grant(key));
            }
        }
        wakers
    }

    /// What those asked for who were granted and have not left, in no particular order.
    ///
    /// Takes time for everybody who is here: for ends, not for every hand-over.
    pub fn granted_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.waiters
            .iter_mut()
            .filter(|(_, waiter)| matches!(waiter.stage, Stage::Granted))
            .map(|(_, waiter)| &mut waiter.item)
    }

    /// Whether this waiter has been handed what it waits for.
    pub fn is_granted(&self, ticket: &Ticket) -> bool {
        matches!(self.waiters[ticket.0].stage, Stage::Granted)
    }

    /// Whether the waker that is here wakes the same task, or none is needed any more because of the grant.
    pub fn will_wake(&self, ticket: &Ticket, waker: &Waker) -> bool {
        match &self.waiters[ticket.0].stage {
            Stage::Waiting(current) => current.will_wake(waker),
            Stage::Granted => true,
        }
    }

    /// Sets whom to wake on the grant; returns the waker that is not needed any more, to be dropped after the
    /// lock: the one before, or this one, for a waiter that has been granted.
    #[must_use = "the waker must not be dropped under the lock"]
    pub fn set_waker(&mut self, ticket: &Ticket, waker: Waker) -> Waker {
        match &mut self.waiters[ticket.0].stage {
            Stage::Waiting(current) => std::mem::replace(current, waker),
            Stage::Granted => waker,
        }
    }

    /// Takes a waiter out, from wherever it stands.
    pub fn remove(&mut self, ticket: Ticket) -> Departed<T> {
        let Ticket(key) = ticket;
        if let Stage::Waiting(_) = self.waiters[key].stage {
            self.unlink(key);
        }
        let waiter = self.waiters.remove(key);
        if self.waiters.capacity() > KEPT_CAPACITY && self.waiters.is_empty() {
            // A long-lived primitive must not keep the room of its largest crowd.
            self.waiters = Slab::new();
        }
        Departed {
            item: waiter.item,
            waker: match waiter.stage {
                Stage::Waiting(waker) => Some(waker),
                Stage::Granted => None,
            },
        }
    }

    /// Grants a waiter that is on the list.
    fn grant(&mut self, key: usize) -> Option<Waker> {
        self.unlink(key);
        match std::mem::replace(&mut self.waiters[key].stage, Stage::Granted) {
            Stage::Waiting(waker) => Some(waker),
            Stage::Granted => unreachable!("a granted waiter is not on the list"),
        }
    }

    /// Takes a waiter off the list; it stays in the slab.
    fn unlink(&mut self, key: usize) {
        let Waiter { previous, next, .. } = self.waiters[key];
        match previous {
            Some(previous) => self.waiters[previous].next = next,
            None => self.first = next,
        }
        match next {
            Some(next) => self.waiters[next].previous = previous,
            None => self.last = previous,
        }
        self.waiting -= 1;
    }
}

impl<T> Default for WaitQueue<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::VecDeque,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::SeqCst},
        },
        task::{Wake, Waker},
    };

    use super::{KEPT_CAPACITY, Ticket, WaitQueue};

    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, SeqCst);
        }
    }

    fn counted() -> (Arc<Count>, Waker) {
        let count = Arc::new(Count(AtomicUsize::new(0)));
        (Arc::clone(&count), Waker::from(count))
    }

    #[test]
    fn grants_go_to_the_first_and_wake_only_it() {
        let mut queue = WaitQueue::new();
        let (one, waker_one) = counted();
        let (two, waker_two) = counted();
        let first = queue.push_back("first", waker_one);
        let second = queue.push_back("second", waker_two);
        assert_eq!(queue.first(), Some(&"first"));

        queue.grant_first().expect("somebody waits").wake();
        assert_eq!((one.0.load(SeqCst), two.0.load(SeqCst)), (1, 0));
        assert!(queue.is_granted(&first) && !queue.is_granted(&second));
        assert_eq!((queue.len(), queue.first()), (1, Some(&"second")));
        assert_eq!(queue.granted(), 1);
        assert_eq!(queue.granted_mut().collect::<Vec<_>>(), [&mut "first"]);

        let departed = queue.remove(first);
        assert!(departed.was_granted());
        assert_eq!(departed.item, "first");
        assert!(!queue.remove(second).was_granted());
        assert!(queue.is_empty() && queue.grant_first().is_none());
    }

    #[test]
    fn a_new_waker_replaces_the_old_one_and_gives_it_back() {
        let mut queue = WaitQueue::new();
        let (old, old_waker) = counted();
        let (new, new_waker) = counted();
        let ticket = queue.push_back((), old_waker.clone());
        assert!(queue.will_wake(&ticket, &old_waker) && !queue.will_wake(&ticket, &new_waker));
        let replaced = queue.set_waker(&ticket, new_waker);
        assert!(replaced.will_wake(&old_waker));

        queue.grant_first().expect("somebody waits").wake();
        assert_eq!((old.0.load(SeqCst), new.0.load(SeqCst)), (0, 1));
        assert!(queue.will_wake(&ticket, &old_waker));
        let unused = queue.set_waker(&ticket, old_waker.clone());
        assert!(unused.will_wake(&old_waker));
        assert!(queue.remove(ticket).was_granted());
    }

    #[test]
    fn what_was_put_in_comes_out() {
        let mut queue = WaitQueue::new();
        let (_, waker) = counted();
        let ticket = queue.push_back(None, waker);
        *queue.first_mut().expect("somebody waits") = Some(7);
        let _ = queue.grant_first();
        assert_eq!(queue.remove(ticket).item, Some(7));
    }

    #[test]
    fn a_crowd_leaves_no_room_behind() {
        let mut queue = WaitQueue::new();
        let (_, waker) = counted();
        let tickets: Vec<Ticket> = (0..1000)
            .map(|n| queue.push_back(n, waker.clone()))
            .collect();
        for ticket in tickets {
            drop(queue.remove(ticket));
        }
        assert!(queue.waiters.capacity() <= KEPT_CAPACITY);
    }

    /// 20 000 random steps against a plain list of the numbers that wait.
    #[test]
    fn stays_in_order_whoever_leaves() {
        let mut queue = WaitQueue::new();
        let mut expected: VecDeque<u32> = VecDeque::new();
        let mut places: Vec<(u32, Ticket)> = Vec::new();
        let (_, waker) = counted();
        let mut random = 1u32;
        for number in 0..20_000 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            match (random >> 24) % 5 {
                0 | 1 => {
                    places.push((number, queue.push_back(number, waker.clone())));
                    expected.push_back(number);
                }
                2 => {
                    assert_eq!(queue.first().copied(), expected.front().copied());
                    let granted = expected.pop_front();
                    assert_eq!(queue.grant_first().is_some(), granted.is_some());
                }
                _ if places.is_empty() => {}
                _ => {
                    let (number, ticket) =
                        places.swap_remove((random >> 8) as usize % places.len());
                    let waited = expected.iter().position(|waiting| *waiting == number);
                    let departed = queue.remove(ticket);
                    assert_eq!(departed.item, number);
                    assert_eq!(departed.was_granted(), waited.is_none());
                    if let Some(position) = waited {
                        expected.remove(position);
                    }
                }
            }
            assert_eq!(queue.len(), expected.len());
            assert_eq!(queue.is_empty(), expected.is_empty());
        }
    }
}
