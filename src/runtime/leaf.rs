//! What every operation does that waits for something itself, before it takes effect.

use std::task::{Context, Poll};

use anyrt_core::{context, tree::Reason};

use super::now;
use crate::trace;

/// The entry of a leaf operation: a cancel point, and a charge to the budget.
///
/// In a cancelled scope the first poll yields once, so that the scope can drop the operation before it
/// takes effect; a body that something keeps alive then goes on. When the budget of this poll is
/// spent, the operation is refused: it yields through the runtime's queue, and has not begun. In the next poll it begins,
/// with a whole budget, whatever others have spent meanwhile.
#[derive(Debug, Default)]
pub(crate) enum Leaf {
    #[default]
    New,
    /// The budget was spent.
    Refused,
    Entered,
}

impl Leaf {
    #[inline(always)]
    pub(crate) fn poll_enter(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            Self::New => {
                let has_budget = context::charge();
                if has_budget && !context::is_cancelled() {
                    *self = Self::Entered;
                    return Poll::Ready(());
                }
                self.yield_once(has_budget, cx)
            }
            Self::Entered => Poll::Ready(()),
            Self::Refused => self.begin(cx),
        }
    }

    /// The entry of a combinator of which the first branch that is ready decides: a branch must not lose because those before
    /// it have spent the budget. It is no cancel point.
    #[inline]
    pub(crate) fn poll_room_for(&mut self, branches: usize, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            Self::New if !context::has_room_for(branches) && !context::is_cancelled() => {
                self.yield_once(false, cx)
            }
            Self::New | Self::Entered => {
                *self = Self::Entered;
                Poll::Ready(())
            }
            Self::Refused => {
                *self = Self::Entered;
                context::renew();
                Poll::Ready(())
            }
        }
    }

    #[cold]
    fn yield_once(&mut self, has_budget: bool, cx: &mut Context<'_>) -> Poll<()> {
        if has_budget {
            *self = Self::Entered;
        } else {
            *self = Self::Refused;
            if context::refuse(now) {
                trace::cancelled("scope", Reason::Deadline);
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// The operation was refused, and begins now. The scope around it may have been cancelled meanwhile, and not have looked.
    #[cold]
    fn begin(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        context::renew();
        context::charge();
        *self = Self::Entered;
        if context::is_cancelled() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    }
}
