//! Several futures in one task, each in a region of its own: what `gather` and its relatives are made of.
//!
//! [`Slots`] hold the futures, in place and by number; [`ReadyQueue`] knows which of them were woken; [`Schedule`] polls
//! those, each once in a poll of the task, and ends the rest when the outcome is decided. A branch is
//! cancelled by being dropped where it is suspended; one in which something holds is polled until that has ended.

mod hosted;
mod ready;
mod schedule;
mod slot;

pub(crate) use hosted::{BODY, FIRST_BRANCH, Hosted};
pub(crate) use schedule::{Next, Roster, Schedule};
pub(crate) use slot::{AnySlot, Slot, SlotState, Slots};
