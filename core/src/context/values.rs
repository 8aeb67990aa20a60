//! The values that surround the code being polled: what a program's context variables are set to.
//!
//! They are bound to the poll, as the regions are: whoever polls a task, or a part of one that has values of its own, enters
//! its [`Snapshot`], and the one before is restored afterwards. As long as no variable was ever set in the process, that
//! is one load and one branch.

use std::{
    any::Any,
    cell::Cell,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

/// The values that a task began with, where whoever knows the task can see them: they go when it ends.
#[derive(Debug, Default)]
pub struct Kept(Mutex<Snapshot>);

impl Kept {
    /// Keeps the values around the caller.
    pub fn current() -> Self {
        Self(Mutex::new(Snapshot::current()))
    }

    /// Runs `f` with these values around it; those before are back when it returns or unwinds.
    #[inline(always)]
    pub fn enter<R>(&self, f: impl FnOnce() -> R) -> R {
        if EVER_SET.load(Relaxed) {
            let values = self.lock().clone();
            values.enter(f)
        } else {
            f()
        }
    }

    /// Takes the values out, to be dropped by the caller.
    #[inline(always)]
    pub fn take(&self) -> Snapshot {
        if EVER_SET.load(Relaxed) {
            std::mem::take(&mut *self.lock())
        } else {
            Snapshot::EMPTY
        }
    }

    fn lock(&self) -> MutexGuard<'_, Snapshot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which variable; unlike any other's in the process.
#[derive(Debug)]
pub struct Key(AtomicUsize);

impl Key {
    /// A key, whose number is drawn when it is first used.
    #[expect(
        clippy::new_without_default,
        reason = "a key stands in a static, where there is no default"
    )]
    pub const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    /// The number; never zero.
    pub fn number(&self) -> usize {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        match self.0.load(Relaxed) {
            0 => {
                let drawn = NEXT.fetch_add(1, Relaxed);
                match self.0.compare_exchange(0, drawn, Relaxed, Relaxed) {
                    Ok(_) => drawn,
                    Err(earlier) => earlier,
                }
            }
            number => number,
        }
    }
}

type Value = Arc<dyn Any + Send + Sync>;

/// The values of all variables at one place; a clone is the same.
#[derive(Clone, Default)]
pub struct Snapshot(Option<Arc<Vec<(usize, Value)>>>);

/// Whether any variable was ever set: until then every snapshot is empty.
static EVER_SET: AtomicBool = AtomicBool::new(false);

thread_local! {
    static CURRENT: Cell<Snapshot> = const { Cell::new(Snapshot(None)) };
}

impl Snapshot {
    /// Where no variable is set.
    pub const EMPTY: Self = Self(None);

    /// The values around the caller.
    #[inline(always)]
    pub fn current() -> Self {
        if EVER_SET.load(Relaxed) {
            Self::look()
        } else {
            Self::EMPTY
        }
    }

    #[inline(never)]
    fn look() -> Self {
        // In the destructors of a thread that ends there may be none any more.
        let look = CURRENT.try_with(|current| {
            let found = current.take();
            current.set(found.clone());
            found
        });
        look.unwrap_or_default()
    }

    /// These values, with another one for `key`.
    #[must_use]
    pub fn with(&self, key: &Key, value: Value) -> Self {
        EVER_SET.store(true, Relaxed);
        let number = key.number();
        let others = self.entries().iter().filter(|(other, _)| *other != number);
        let entries = others.cloned().chain([(number, value)]).collect();
        Self(Some(Arc::new(entries)))
    }

    /// The value of a variable, if it is set.
    pub fn get(&self, key: &Key) -> Option<&Value> {
        let number = key.number();
        let mut entries = self.entries().iter();
        entries
            .find(|(other, _)| *other == number)
            .map(|(_, value)| value)
    }

    /// Whether both are the same, rather than alike.
    pub fn is(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// Whether no variable is set.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Runs `f` with these values around it; those before are back when it returns or unwinds.
    #[inline(always)]
    pub fn enter<R>(&self, f: impl FnOnce() -> R) -> R {
        if EVER_SET.load(Relaxed) {
            let _outside = Outside::leave_for(self);
            f()
        } else {
            f()
        }
    }

    fn entries(&self) -> &[(usize, Value)] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("variables", &self.entries().len())
            .finish()
    }
}

/// The values to go back to.
struct Outside(Snapshot);

impl Outside {
    #[inline(never)]
    fn leave_for(inside: &Snapshot) -> Self {
        let before = CURRENT.try_with(|current| current.replace(inside.clone()));
        Self(before.unwrap_or_default())
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        let outside = std::mem::take(&mut self.0);
        // What is taken out is still kept by whoever entered it.
        let _ = CURRENT.try_with(|current| current.set(outside));
    }
}
