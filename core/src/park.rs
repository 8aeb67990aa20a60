//! A thread that sleeps until something is ready.
//!
//! It is what [`Backend::block_until`](crate::Backend::block_until) does unless a runtime has a way of its own.
//!
//! ```
//! use std::task::Poll;
//!
//! let (mut polls, mut value) = (0, None);
//! anyrt_core::park::until(&mut |cx| {
//!     polls += 1;
//!     if polls < 3 {
//!         cx.waker().wake_by_ref();
//!         return Poll::Pending;
//!     }
//!     value = Some(7);
//!     Poll::Ready(())
//! });
//! assert_eq!(value, Some(7));
//! ```

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

/// Polls, and parks the thread until a waker of the last poll was woken, until `poll` is ready.
pub fn until(poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>) {
    let parked = Arc::new(Parked {
        thread: thread::current(),
        woken: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&parked));
    let mut cx = Context::from_waker(&waker);
    while poll(&mut cx).is_pending() {
        // Somebody else may have unparked this thread, for a reason of his own.
        while !parked.woken.swap(false, Ordering::Acquire) {
            thread::park();
        }
    }
}

struct Parked {
    thread: Thread,
    woken: AtomicBool,
}

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}
