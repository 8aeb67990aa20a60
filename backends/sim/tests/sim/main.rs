//! What a simulation promises, event by event.

mod clock;
mod hang;
mod jobs;
mod order;
mod shutdown;
mod support;
