//! Errors and panics that nobody is left to return to.

use std::{
    any::{Any, TypeId, type_name},
    error::Error,
    fmt, io,
    panic::{self, AssertUnwindSafe, Location},
    sync::{Arc, PoisonError, RwLock},
};

use anyrt_core::{tree::NodeRef, unhandled};

use super::{child::Place, handle::Payload, members::forget_panic};

/// An error or a panic of a task whose group is gone, or a panic of a waker, for [`on_unhandled_error`].
#[non_exhaustive]
pub struct UnhandledError {
    /// The error, to be downcast; or the payload of a panic.
    pub error: Box<dyn Any + Send>,
    /// The type of the error; `None` for a panic.
    pub type_name: Option<&'static str>,
    /// Where the task was spawned, if it was a task that failed.
    pub place: Option<&'static Location<'static>>,
    why: Why,
}

/// Why nobody else hears of it.
#[derive(Clone, Copy)]
enum Why {
    /// The group of the task has been dropped.
    NoGroup,
    /// Those who wake are not to blame for the waker.
    OfAWaker,
    /// Nor are tasks for what listens to them.
    #[cfg(feature = "tracing")]
    OfASubscriber,
}

impl UnhandledError {
    /// What the error says, or the panic: for `String`, `&str`, `io::Error`, boxed errors, and every type that was given
    /// to [`report_as`].
    ///
    /// # Panics
    ///
    /// With a panic of the error's own `Display`.
    pub fn text(&self) -> Option<String> {
        let error: &dyn Any = &*self.error;
        let known = READERS
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .find(|(id, _)| *id == error.type_id())
            .map(|(_, read)| *read);
        match known {
            Some(read) => read(error),
            None => BUILT_IN.iter().find_map(|read| read(error)),
        }
    }
}

/// Reads the text of an error of one type.
type Reader = fn(&dyn Any) -> Option<String>;

/// Those that programs asked for.
static READERS: RwLock<Vec<(TypeId, Reader)>> = RwLock::new(Vec::new());

const BUILT_IN: [Reader; 6] = [
    read::<String>,
    read::<&'static str>,
    read::<io::Error>,
    read::<Box<dyn Error + Send + Sync>>,
    read::<Box<dyn Error + Send>>,
    read::<fmt::Error>,
];

fn read<E: fmt::Display + 'static>(error: &dyn Any) -> Option<String> {
    error.downcast_ref::<E>().map(ToString::to_string)
}

/// Has errors of type `E` reported with their text, which [`on_unhandled_error`] and its line on stderr can not know otherwise.
///
/// For an error type of the program's own; what [`UnhandledError::text`] names needs no call. Call it once, before the run.
///
/// ```
/// #[derive(Debug)]
/// struct StoreError(u32);
///
/// impl std::fmt::Display for StoreError {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         write!(f, "disk {} is full", self.0)
///     }
/// }
///
/// anyrt::debug::report_as::<StoreError>();
/// ```
pub fn report_as<E: fmt::Display + 'static>() {
    let mut readers = READERS.write().unwrap_or_else(PoisonError::into_inner);
    let id = TypeId::of::<E>();
    if readers.iter().all(|(known, _)| *known != id) {
        readers.push((id, read::<E>));
    }
}

impl fmt::Debug for UnhandledError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnhandledError")
            .field("type_name", &self.type_name)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for UnhandledError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.type_name {
            Some(name) => write!(f, "an error of type `{name}`")?,
            None => f.write_str("a panic")?,
        }
        if let Some(text) = self.text() {
            write!(f, " (\"{text}\")")?;
        }
        if let Some(place) = self.place {
            write!(f, " of the task spawned at {place}")?;
        }
        f.write_str(match self.why {
            Why::NoGroup => " reached nobody: its task group was dropped, or never joined",
            Why::OfAWaker => {
                " of a waker was kept from the one who woke it: a waker must not panic"
            }
            #[cfg(feature = "tracing")]
            Why::OfASubscriber => {
                " of a `tracing` subscriber was kept from the task that it was told of: it must not panic"
            }
        })
    }
}

type Hook = Arc<dyn Fn(UnhandledError) + Send + Sync>;

static HOOK: RwLock<Option<Hook>> = RwLock::new(None);

/// Calls `hook` with every error that nobody is left to return to; one hook for the process, the last one set.
///
/// Foreign code that drops a task group (a `select!`, an abort) leaves its children behind: they are
/// cancelled, finish their shields, and may fail while they do (rule C10). Their errors come here. Their panics fail
/// the task group or the `run` that has adopted them, and come here only where there is none.
/// What an [owned group](super::Owned) has kept and nobody has joined comes here in the same way (rule T13).
///
/// A waker that panics when it is woken or dropped keeps nobody else from being woken, and whoever released what it
/// waited for does not suffer for it (rule S3): the panic comes here.
///
/// So does a panic of a `tracing` subscriber that is told of a task (rule T16).
///
/// Without a hook, one line on stderr says what was lost, with the text of the error where it can be known
/// ([`report_as`]), and where the task was spawned. The hook runs in
/// the task that failed: it must not block. If it panics, that is printed and otherwise ignored.
///
/// ```
/// anyrt::debug::on_unhandled_error(|lost| {
///     if let Some(error) = lost.error.downcast_ref::<std::io::Error>() {
///         eprintln!("after the group had gone: {error}");
///     }
/// });
/// ```
pub fn on_unhandled_error(hook: impl Fn(UnhandledError) + Send + Sync + 'static) {
    let former = HOOK
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .replace(Arc::new(hook));
    drop(former);
    unhandled::set_hook(tell_of_a_waker);
}

fn tell_of_a_waker(payload: Payload) {
    tell(UnhandledError {
        error: payload,
        type_name: None,
        place: None,
        why: Why::OfAWaker,
    });
}

/// Reports a panic of what `tracing` calls.
#[cfg(feature = "tracing")]
pub(crate) fn tell_of_a_subscriber(payload: Payload) {
    tell(UnhandledError {
        error: payload,
        type_name: None,
        place: None,
        why: Why::OfASubscriber,
    });
}

/// Reports an error.
pub(super) fn report<E: Send + 'static>(error: E, place: Option<Place>) {
    tell(UnhandledError {
        error: Box::new(error),
        type_name: Some(type_name::<E>()),
        place,
        why: Why::NoGroup,
    });
}

/// Lets a panic fail the adopter, or reports it where there is none.
pub(super) fn pass_on(adopter: Option<&NodeRef>, payload: Payload) {
    let left = match adopter {
        Some(adopter) => adopter.fail(payload).err(),
        None => Some(payload),
    };
    if let Some(error) = left {
        tell(UnhandledError {
            error,
            type_name: None,
            place: None,
            why: Why::NoGroup,
        });
    }
}

/// Whatever the hook does, and whatever the error's destructor does, the task ends as it would.
fn tell(lost: UnhandledError) {
    let hook = HOOK.read().unwrap_or_else(PoisonError::into_inner).clone();
    let told = panic::catch_unwind(AssertUnwindSafe(|| match hook {
        Some(hook) => hook(lost),
        None => eprintln!("anyrt: {lost}"),
    }));
    forget_panic(told);
}
