//! Code that a cancel from outside does not end.

use std::{
    fmt,
    future::Future,
    panic::Location,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use anyrt_core::{
    context::Region,
    tree::{Deadline, HolderKind, Kind},
};
use pin_project_lite::pin_project;

use super::{
    grace::GraceShield,
    hold::Hold,
    regional::{Polled, Regional},
};

/// Runs `body` to its end, even if a scope around it is cancelled meanwhile.
///
/// The scopes around it wait for it, then end at their next suspension. Scopes *inside* the shield work
/// as ever, so that `shield(move_on_after(..))` bounds a clean-up; [`Shield::grace`] bounds it from the cancel on.
/// Rule C5.
///
/// # Cancel safety
///
/// Foreign code that drops this future ends the body at once: a shield protects from facade scopes.
#[track_caller]
pub fn shield<Fut: Future>(body: Fut) -> Shield<Fut> {
    Shield {
        body: Regional::new(Region::new(Kind::Shield, Deadline::Never), Some(body)),
        hold: Hold::new(HolderKind::Shield, Location::caller()),
    }
}

pin_project! {
    /// The future of [`shield`].
    #[must_use = "futures do nothing until they are awaited"]
    pub struct Shield<Fut> {
        // Dropped in this order: the body first, then the hold that keeps the scopes waiting for it.
        #[pin]
        body: Regional<Fut>,
        hold: Hold,
    }
}

impl<Fut: Future> Shield<Fut> {
    /// Lets the shield open `grace` after a cancel from outside has reached it, or after its first poll if it was
    /// cancelled before.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # async fn flush() {}
    /// # async fn shown() {
    /// // A cancelled scope waits for the flush, but for two seconds at most.
    /// anyrt::shield(flush()).grace(Duration::from_secs(2)).await;
    /// # }
    /// ```
    ///
    /// Until a cancel comes no clock is read, and no timer made. Inside, the end of the grace is the
    /// [`current_deadline`](super::current_deadline) from then on. When it comes, the body is dropped where it suspends,
    /// as that of any cancelled scope is (a shield in it is waited for), and the scopes around it end: this
    /// future yields the body's value, or never returns. A grace too long for the clock has no end.
    ///
    /// # Cancel safety
    ///
    /// As [`shield`].
    ///
    /// # Panics
    ///
    /// When a cancel reaches it where there is no runtime (rule R2).
    pub fn grace(self, grace: Duration) -> GraceShield<Fut> {
        GraceShield::new(self.body, self.hold, grace)
    }
}

impl<Fut: Future> Future for Shield<Fut> {
    type Output = Fut::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Fut::Output> {
        let mut this = self.project();
        match this.body.as_mut().poll_body(cx) {
            Polled::Ready(value) => {
                this.hold.release();
                this.body.end();
                Poll::Ready(value)
            }
            Polled::Pending => {
                let node = this.body.node().expect("a pending body has a node");
                this.hold.place(node);
                // A cancel wakes it, so that whatever polls it finds it among those that were woken.
                node.node().look_again(cx.waker());
                Poll::Pending
            }
            Polled::Gone => panic!("a finished shield was polled again"),
        }
    }
}

impl<Fut> fmt::Debug for Shield<Fut> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shield").finish_non_exhaustive()
    }
}
