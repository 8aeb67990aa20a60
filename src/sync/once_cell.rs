//! A value that is made once.

use std::{
    convert::Infallible,
    fmt,
    future::{Future, poll_fn},
    sync::OnceLock,
};

use super::Mutex;
use crate::runtime::Leaf;

/// A value that is made once, by whoever needs it first; the others wait for it.
///
/// ```
/// # async fn connect() -> String { String::from("connection") }
/// # async fn shown() {
/// let connection = anyrt::sync::OnceCell::new();
/// let text: &String = connection.get_or_init(|| connect()).await;
/// assert_eq!(text, "connection");
/// # }
/// ```
///
/// If whoever makes the value fails, panics, is cancelled or dropped, the next in line tries.
pub struct OnceCell<T> {
    value: OnceLock<T>,
    making: Mutex<()>,
}

/// What a [`OnceCell`] looks like at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OnceCellStatistics {
    /// Whether the value is there.
    pub made: bool,
    /// Whether somebody is making it.
    pub making: bool,
    /// How many wait for it to be made.
    pub waiting: usize,
}

impl<T> OnceCell<T> {
    /// A cell without a value.
    pub fn new() -> Self {
        Self {
            value: OnceLock::new(),
            making: Mutex::new(()),
        }
    }

    /// The value, if it is there.
    pub fn get(&self) -> Option<&T> {
        self.value.get()
    }

    /// Whether the value is there, and how many wait for it.
    pub fn statistics(&self) -> OnceCellStatistics {
        let making = self.making.statistics();
        OnceCellStatistics {
            made: self.value.get().is_some(),
            making: making.locked,
            waiting: making.waiting,
        }
    }

    /// The value, if it is there, when nobody else can see the cell.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut()
    }

    /// The value, if it is there.
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// Puts the value in.
    ///
    /// # Errors
    ///
    /// The value comes back if there is one already, or somebody is making one.
    pub fn set(&self, value: T) -> Result<(), T> {
        match self.making.try_lock() {
            Ok(_making) => self.value.set(value),
            Err(_) => Err(value),
        }
    }

    /// The value; made by `make` if it is not there and nobody else is making it. Rules S3, S13.
    ///
    /// A cancel point also where the value is there; [`get`](Self::get) is none. If dropped before completion, `make`'s
    /// future is dropped, and the next in line makes the value.
    pub async fn get_or_init<F, Fut>(&self, make: F) -> &T
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = T>,
    {
        let made = self
            .get_or_try_init(|| async { Ok::<T, Infallible>(make().await) })
            .await;
        match made {
            Ok(value) => value,
            Err(never) => match never {},
        }
    }

    /// Like [`get_or_init`](Self::get_or_init), where making it may fail. Rules S3, S13.
    ///
    /// Cancel safety is that of [`get_or_init`](Self::get_or_init).
    ///
    /// # Errors
    ///
    /// The error of `make`; the next in line then tries.
    pub async fn get_or_try_init<F, Fut, E>(&self, make: F) -> Result<&T, E>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        if let Some(value) = self.value.get() {
            let mut leaf = Leaf::default();
            poll_fn(|cx| leaf.poll_enter(cx)).await;
            return Ok(value);
        }
        let _making = self.making.lock().await;
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        let value = make().await?;
        Ok(self.value.get_or_init(|| value))
    }
}

impl<T> Default for OnceCell<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> From<T> for OnceCell<T> {
    fn from(value: T) -> Self {
        Self {
            value: OnceLock::from(value),
            making: Mutex::new(()),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OnceCell").field(&self.value.get()).finish()
    }
}
