//! What a task is called, where it was spawned, and whether it is being polled.

use std::{
    borrow::Cow,
    panic::Location,
    sync::atomic::{AtomicU8, Ordering},
};

use anyrt_core::{
    Origin,
    tree::{Activity, Label},
};

use super::child::Place;

/// The name that a task is given, and where it is spawned.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    name: Option<Cow<'static, str>>,
    place: Place,
}

impl Identity {
    /// Without a name, at the caller's place.
    #[track_caller]
    pub(crate) fn here() -> Self {
        Self {
            name: None,
            place: Location::caller(),
        }
    }

    #[track_caller]
    pub(crate) fn named(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: Some(name.into()),
            place: Location::caller(),
        }
    }

    /// What the task is called.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The same, for what the runtime reports.
    pub(super) fn origin(&self) -> Origin {
        Origin {
            name: self.name.clone(),
            place: self.place,
        }
    }

    /// Where the task is spawned.
    pub(crate) fn place(&self) -> Place {
        self.place
    }
}

/// The label of a task, kept in the allocation of its node.
pub(super) struct TaskLabel {
    identity: Identity,
    stage: AtomicU8,
}

const NEW: u8 = 0;
const RUNNING: u8 = 1;
const WAITING: u8 = 2;
const REFUSED: u8 = 3;

impl TaskLabel {
    pub(super) fn new(identity: Identity) -> Self {
        Self {
            identity,
            stage: AtomicU8::new(NEW),
        }
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(super) fn place(&self) -> Place {
        self.identity.place
    }

    /// A poll begins. These are plain stores: only people look.
    pub(super) fn polling(&self) {
        self.stage.store(RUNNING, Ordering::Relaxed);
    }

    /// A poll is over.
    pub(super) fn polled(&self) {
        self.stage.store(WAITING, Ordering::Relaxed);
    }

    /// The task's group was closed.
    pub(super) fn refused(&self) {
        self.stage.store(REFUSED, Ordering::Relaxed);
    }

    pub(super) fn is_refused(&self) -> bool {
        self.stage.load(Ordering::Relaxed) == REFUSED
    }

    pub(super) fn get(&self) -> Label<'_> {
        Label {
            name: self.identity.name(),
            place: self.identity.place,
            activity: match self.stage.load(Ordering::Relaxed) {
                NEW => Activity::New,
                RUNNING => Activity::Running,
                _ => Activity::Waiting,
            },
        }
    }
}
