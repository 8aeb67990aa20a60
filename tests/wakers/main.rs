//! Wakers that call back, and wakers that panic, put through every primitive: no lock is held while they run, nobody else's
//! wake is lost, and whoever releases hears nothing of it.

mod hostile;
mod primitives;

use std::{
    future::Future,
    mem::ManuallyDrop,
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use anyrt::channel::oneshot;
use hostile::Moment;
use primitives::{PRIMITIVES, Scene, Waiting};

/// What is printed of the panics that are meant.
const ON_PURPOSE: &str = "on purpose";

/// How often a waker was woken.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

fn poll(waiting: &mut Waiting, waker: &Waker) -> Poll<()> {
    waiting.as_mut().poll(&mut Context::from_waker(waker))
}

/// Polls until it stands in the queue: where there is no runtime the first poll may be the budget's.
fn queue(waiting: &mut Waiting, waker: &Waker) {
    for _ in 0..2 {
        assert!(poll(waiting, waker).is_pending());
    }
}

/// Runs `test` for every primitive, each on a thread of its own: one that hangs is named.
fn for_each(test: fn(&'static str, Scene)) {
    for (name, scene) in PRIMITIVES {
        let (tell, told) = mpsc::channel();
        let testing = thread::spawn(move || {
            test(name, scene());
            tell.send(()).unwrap();
        });
        if let Err(mpsc::RecvTimeoutError::Timeout) = told.recv_timeout(Duration::from_secs(20)) {
            panic!("{name} hangs: a waker ran under its lock");
        }
        assert!(testing.join().is_ok(), "{name}");
    }
}

/// Replaced by another, woken, and dropped with its wait: at each of these moments it looks at what it waits for.
#[test]
fn a_waker_may_call_back() {
    for_each(|name, mut scene| {
        let called = Arc::new(AtomicUsize::new(0));
        let waker = || {
            let (look, called) = (Arc::clone(&scene.look), Arc::clone(&called));
            hostile::waker(move |_| {
                called.fetch_add(1, SeqCst);
                look();
            })
        };
        let (one, other) = (waker(), waker());
        let mut first = (scene.wait)();
        queue(&mut first, &one);
        queue(&mut first, &other);
        let mut second = (scene.wait)();
        queue(&mut second, &one);
        drop(second);
        let before = called.load(SeqCst);
        (scene.release)();
        assert!(called.load(SeqCst) > before, "{name} woke nobody");
        assert!(poll(&mut first, &one).is_ready(), "{name}");
    });
}

/// The first in the queue panics when it is woken: the release does not, and everybody else is served.
#[test]
fn a_wake_that_panics_harms_nobody_else() {
    let heard = Arc::new(AtomicUsize::new(0));
    let hears = Arc::clone(&heard);
    anyrt::debug::on_unhandled_error(move |lost| {
        if lost.error.downcast_ref() == Some(&ON_PURPOSE) {
            assert!(lost.to_string().contains("waker"));
            hears.fetch_add(1, SeqCst);
        }
    });
    for_each(|name, mut scene| {
        let bad = hostile::waker(|moment| panic_at(Moment::Wake, moment));
        let count = Arc::new(Count::default());
        let good = Waker::from(Arc::clone(&count));
        let (mut first, mut second) = ((scene.wait)(), (scene.wait)());
        queue(&mut first, &bad);
        queue(&mut second, &good);
        (scene.release)();
        drop(first);
        assert_eq!(count.0.load(SeqCst), 1, "{name} lost a wake");
        assert!(poll(&mut second, &good).is_ready(), "{name}");
    });
    assert!(heard.load(SeqCst) >= PRIMITIVES.len());
}

/// It panics when it is cloned: that comes out of the poll, and those behind it are served.
#[test]
fn a_clone_that_panics_changes_nothing() {
    for_each(|name, mut scene| {
        let bad = hostile::waker(|moment| panic_at(Moment::Clone, moment));
        let panics = |waiting: &mut Waiting| {
            // Where there is no runtime the first poll may be the budget's.
            let polled = panic::catch_unwind(AssertUnwindSafe(|| {
                (poll(waiting, &bad), poll(waiting, &bad))
            }));
            assert!(polled.is_err(), "{name} cloned no waker");
        };
        let (mut first, mut second, mut third) = ((scene.wait)(), (scene.wait)(), (scene.wait)());
        panics(&mut first);
        drop(first);
        let other = Arc::<Count>::default();
        let of_other = Waker::from(Arc::clone(&other));
        queue(&mut second, Waker::noop());
        queue(&mut third, &of_other);
        panics(&mut second);
        (scene.release)();
        drop(second);
        assert_eq!(other.0.load(SeqCst), 1, "{name} lost a wake");
        assert!(poll(&mut third, &of_other).is_ready(), "{name}");
    });
}

/// It panics when it is dropped, because another takes its place or its wait goes: nobody hears of it there.
#[test]
fn a_drop_that_panics_harms_nobody() {
    for_each(|name, mut scene| {
        let count = Arc::new(Count::default());
        let good = Waker::from(Arc::clone(&count));
        // The test's own is never dropped.
        let bad = ManuallyDrop::new(hostile::waker(|moment| panic_at(Moment::Drop, moment)));
        let (mut first, mut second) = ((scene.wait)(), (scene.wait)());
        queue(&mut first, &bad);
        queue(&mut first, &good);
        queue(&mut second, &bad);
        drop(second);
        (scene.release)();
        assert_eq!(count.0.load(SeqCst), 1, "{name} lost a wake");
        assert!(poll(&mut first, &good).is_ready(), "{name}");
    });
}

/// The one value has one waiter: its waker panics when it is cloned, replaced, woken, or dropped with it.
#[test]
fn a_value_arrives_whatever_its_waker_does() {
    for moment in Moment::ALL {
        let bad = ManuallyDrop::new(hostile::waker(move |now| panic_at(moment, now)));
        let (sender, mut receiver) = oneshot();
        let mut receive = |waker: &Waker| {
            let polled = || Pin::new(&mut receiver).poll(&mut Context::from_waker(waker));
            panic::catch_unwind(AssertUnwindSafe(polled))
        };
        let first = receive(&bad);
        assert_eq!(first.is_err(), moment == Moment::Clone);
        if moment != Moment::Wake {
            assert!(receive(Waker::noop()).unwrap().is_pending());
        }
        assert_eq!(sender.send(7), Ok(()));
        assert_eq!(receive(&bad).unwrap(), Poll::Ready(Ok(7)));

        let (sender, mut receiver) = oneshot::<u8>();
        let waits = || Pin::new(&mut receiver).poll(&mut Context::from_waker(&bad));
        drop(panic::catch_unwind(AssertUnwindSafe(waits)));
        if moment == Moment::Wake {
            drop(sender);
        }
        drop(receiver);
    }
}

fn panic_at(bad: Moment, moment: Moment) {
    if moment == bad {
        panic::panic_any(ON_PURPOSE);
    }
}
