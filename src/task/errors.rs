//! What went wrong in a group: one error or several.

use std::{error::Error, fmt, ops::Deref, slice, vec};

/// The errors of a task group, in the order in which they were raised; at least one.
///
/// The first is the one that cancelled the others; those raised while being cancelled follow. Its
/// [`source`](Error::source) is the first error; [`FirstError::first_err`] keeps just that one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errors<E> {
    // Invariant: not empty.
    errors: Vec<E>,
}

impl<E> Errors<E> {
    /// `None` if there are no errors.
    pub(crate) fn new(errors: Vec<E>) -> Option<Self> {
        (!errors.is_empty()).then_some(Self { errors })
    }

    /// The error that came first.
    pub fn first(&self) -> &E {
        &self.errors[0]
    }

    /// The error that came first, by value; the others are dropped.
    pub fn into_first(self) -> E {
        self.errors
            .into_iter()
            .next()
            .expect("there is at least one error")
    }

    /// All errors, in order.
    pub fn into_vec(self) -> Vec<E> {
        self.errors
    }

    /// Each error as a boxed one, for a function that returns `Result<_, Box<dyn Error>>` or the like.
    ///
    /// Errors that are errors themselves need no boxing: `?` converts `Errors<E>` as it does `E`. This is for those
    /// that are not, a `String` or an `anyhow::Error`, and to put errors of several types together.
    ///
    /// ```
    /// use anyrt::task::Errors;
    ///
    /// fn all(outcome: Result<u8, Errors<String>>) -> Result<u8, Box<dyn std::error::Error + Send + Sync>> {
    ///     Ok(outcome.map_err(Errors::boxed)?)
    /// }
    /// assert_eq!(all(Err(Errors::from("no".to_owned()))).unwrap_err().to_string(), "no");
    /// ```
    pub fn boxed(self) -> Errors<BoxedError>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        self.map(|error| BoxedError(error.into()))
    }

    /// Converts each error.
    pub fn map<F>(self, convert: impl FnMut(E) -> F) -> Errors<F> {
        Errors {
            errors: self.errors.into_iter().map(convert).collect(),
        }
    }
}

impl<E> Errors<Errors<E>> {
    /// The errors of groups inside a group, in one list.
    pub fn flatten(self) -> Errors<E> {
        Errors {
            errors: self.errors.into_iter().flatten().collect(),
        }
    }
}

/// One error, for code that has it where several are asked for.
impl<E> From<E> for Errors<E> {
    fn from(error: E) -> Self {
        Self {
            errors: vec![error],
        }
    }
}

impl<E> From<Errors<E>> for Vec<E> {
    fn from(errors: Errors<E>) -> Self {
        errors.errors
    }
}

impl<E> AsRef<[E]> for Errors<E> {
    fn as_ref(&self) -> &[E] {
        &self.errors
    }
}

impl<E> Deref for Errors<E> {
    type Target = [E];

    fn deref(&self) -> &[E] {
        &self.errors
    }
}

impl<E> IntoIterator for Errors<E> {
    type Item = E;
    type IntoIter = vec::IntoIter<E>;

    fn into_iter(self) -> Self::IntoIter {
        self.errors.into_iter()
    }
}

impl<'a, E> IntoIterator for &'a Errors<E> {
    type Item = &'a E;
    type IntoIter = slice::Iter<'a, E>;

    fn into_iter(self) -> Self::IntoIter {
        self.errors.iter()
    }
}

impl<E: fmt::Display> fmt::Display for Errors<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first().fmt(f)?;
        match self.len() - 1 {
            0 => Ok(()),
            more => write!(f, " (+{more} more)"),
        }
    }
}

impl<E: Error + 'static> Error for Errors<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.first())
    }
}

/// An error of any type, which is an error itself; made by [`Errors::boxed`].
#[derive(Debug)]
pub struct BoxedError(Box<dyn Error + Send + Sync>);

impl BoxedError {
    /// The error as it was boxed, to be downcast.
    pub fn into_inner(self) -> Box<dyn Error + Send + Sync> {
        self.0
    }
}

impl fmt::Display for BoxedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for BoxedError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// The way from a group's `Result<T, Errors<E>>` into a function that returns `Result<_, E>`.
pub trait FirstError {
    /// What the group returned.
    type Value;
    /// The error of one child.
    type Error;

    /// Keeps the first error and drops the others.
    ///
    /// # Errors
    ///
    /// The error that came first.
    fn first_err(self) -> Result<Self::Value, Self::Error>;
}

impl<T, E> FirstError for Result<T, Errors<E>> {
    type Value = T;
    type Error = E;

    fn first_err(self) -> Result<T, E> {
        self.map_err(Errors::into_first)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::Errors;

    fn three() -> Errors<std::num::ParseIntError> {
        let error = |text: &str| text.parse::<u8>().unwrap_err();
        Errors::new(vec![error("a"), error(""), error("999")]).unwrap()
    }

    #[test]
    fn it_is_a_slice_that_is_not_empty() {
        let errors = three();
        assert_eq!(
            (errors.len(), errors.iter().count(), errors.as_ref().len()),
            (3, 3, 3)
        );
        assert_eq!(errors.first(), &errors[0]);
        assert_eq!((&errors).into_iter().next(), errors.iter().next());
        assert_eq!(Vec::from(errors.clone()), errors.into_vec());
        assert!(Errors::<u8>::new(Vec::new()).is_none());
    }

    #[test]
    fn its_text_tells_the_first_and_how_many_more() {
        let text = three().to_string();
        assert!(
            text.starts_with("invalid digit") && text.ends_with(" (+2 more)"),
            "{text}"
        );
        assert_eq!(Errors::from(7).to_string(), "7");
    }

    #[test]
    fn question_marks_convert_it() {
        fn one() -> Result<(), Errors<std::num::ParseIntError>> {
            "x".parse::<u8>()?;
            Ok(())
        }
        fn all() -> Result<(), Box<dyn Error + Send + Sync>> {
            one()?;
            Ok(())
        }
        let boxed = all().unwrap_err();
        assert!(boxed.source().unwrap().is::<std::num::ParseIntError>());
    }

    #[test]
    fn what_is_no_error_can_be_boxed() {
        let errors = Errors::from("plain").boxed();
        assert_eq!(errors.source().unwrap().to_string(), "plain");
        let inner = three().boxed().into_first().into_inner();
        assert!(inner.is::<std::num::ParseIntError>());
    }

    #[test]
    fn groups_in_groups_flatten_in_order() {
        let flat = Errors::new(vec![Errors::from(1), Errors::new(vec![2, 3]).unwrap()])
            .unwrap()
            .flatten();
        assert_eq!(flat.map(|error| error * 10).into_vec(), [10, 20, 30]);
    }
}
