//! A check that one at a time uses something.

use std::{
    error, fmt,
    sync::atomic::{AtomicBool, Ordering},
};

/// Refuses a second user of something that only one at a time may use, instead of letting it wait.
///
/// ```
/// use anyrt::sync::ResourceGuard;
///
/// let reading = ResourceGuard::new("reading from");
/// let first = reading.enter()?;
/// assert_eq!(reading.enter().unwrap_err().to_string(), "somebody else is already reading from this");
/// drop(first);
/// assert!(reading.enter().is_ok());
/// # Ok::<(), anyrt::sync::Busy>(())
/// ```
///
/// For what two tasks at once would be a mistake in the program, such as reading from one socket.
#[derive(Debug)]
pub struct ResourceGuard {
    action: &'static str,
    busy: AtomicBool,
}

/// Somebody else is using the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    action: &'static str,
}

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "somebody else is already {} this", self.action)
    }
}

impl error::Error for Busy {}

/// What a [`ResourceGuard`] looks like at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResourceGuardStatistics {
    /// Whether somebody uses the resource.
    pub in_use: bool,
}

/// The use of a resource, until it is dropped.
#[derive(Debug)]
#[must_use = "the resource is free again as soon as this is dropped"]
pub struct InUse<'a> {
    guard: &'a ResourceGuard,
}

impl ResourceGuard {
    /// `action` is what is done with the resource, for the error's text: "reading from".
    pub const fn new(action: &'static str) -> Self {
        Self {
            action,
            busy: AtomicBool::new(false),
        }
    }

    /// Begins to use the resource; dropping what is returned ends it. Rule S14.
    ///
    /// # Errors
    ///
    /// [`Busy`] if somebody else is using it.
    pub fn enter(&self) -> Result<InUse<'_>, Busy> {
        if self.busy.swap(true, Ordering::Acquire) {
            return Err(Busy {
                action: self.action,
            });
        }
        Ok(InUse { guard: self })
    }

    /// Whether somebody uses the resource.
    pub fn statistics(&self) -> ResourceGuardStatistics {
        ResourceGuardStatistics {
            in_use: self.busy.load(Ordering::Acquire),
        }
    }
}

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        self.guard.busy.store(false, Ordering::Release);
    }
}
