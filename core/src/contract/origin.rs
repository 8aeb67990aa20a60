//! What a task is called in the program that spawned it, for runtimes that report on their tasks.

use std::{borrow::Cow, fmt, panic::Location, sync::Arc};

/// The name that a program gave a task, and where it spawned it.
///
/// Printed as `` `reader` spawned at src/main.rs:7:12 ``.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The name, if the task was given one.
    pub name: Option<Cow<'static, str>>,
    /// Where the task was spawned: a line of the program, not of the facade.
    pub place: &'static Location<'static>,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "`{name}` ")?;
        }
        write!(f, "spawned at {}", self.place)
    }
}

/// Tells, in lines for people, what the tasks of a run are and what they wait for.
///
/// It takes locks of the facade's, and none of a backend's: it is to be called under no lock.
pub type Describe = Arc<dyn Fn() -> String + Send + Sync>;
