//! What every operation does that waits for something itself, before it takes effect.

use std::task::{Context, Poll};

use anyrt_core::{context, tree};

use super::now;

/// The entry of a leaf operation: a cancel point, and a charge to the budget.
///
/// In a cancelled scope the first poll yields once, so that the scope can drop the operation before it
/// takes effect; a body that something keeps alive then goes on. When the budget of this poll is
/// spent, it compares the clock with the deadlines around it, and yields through the runtime's queue.
#[derive(Debug, Default)]
pub(crate) struct Leaf {
    entered: bool,
}

impl Leaf {
    #[inline(always)]
    pub(crate) fn poll_enter(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.entered {
            return Poll::Ready(());
        }
        self.entered = true;
        let has_budget = context::charge();
        if has_budget && !context::is_cancelled() {
            return Poll::Ready(());
        }
        yield_once(has_budget, cx);
        Poll::Pending
    }
}

#[cold]
fn yield_once(has_budget: bool, cx: &mut Context<'_>) {
    if !has_budget {
        if let Some(node) = context::existing_node() {
            tree::expire(&node, now());
        }
    }
    cx.waker().wake_by_ref();
}
