//! What an error of ours gives as its cause.

use std::{error::Error, io};

use anyrt::{
    RunError,
    task::{Errors, StartError},
    thread::ThreadError,
};

fn cause(error: &dyn Error) -> Option<String> {
    error.source().map(ToString::to_string)
}

#[test]
fn errors_name_their_cause() {
    let first = || io::Error::other("first");
    assert_eq!(cause(&Errors::from(first())), Some("first".to_owned()));
    assert_eq!(
        cause(&StartError::Failed(first())),
        Some("first".to_owned())
    );
    assert_eq!(cause(&StartError::<io::Error>::Closed), None);
    assert_eq!(cause(&RunError::Launch(first())), Some("first".to_owned()));
    assert_eq!(cause(&RunError::LocalWorkers), None);
    assert_eq!(
        cause(&ThreadError::NoThread(first())),
        Some("first".to_owned())
    );
    assert_eq!(
        cause(&Errors::from("first".to_owned()).boxed()),
        Some("first".to_owned())
    );
}
