//! A descriptor that the reactor refuses comes back, open.

use std::{
    fs::File,
    io::{self, Read, Write},
    os::{fd::OwnedFd, unix::net::UnixStream},
};

use anyrt_async_io::{AsyncIoSource, Gate};
use anyrt_core::{Gone, OwnedIo};

#[test]
fn a_regular_file_comes_back_readable() {
    let file = File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
    let refused =
        AsyncIoSource::register(OwnedIo::Descriptor(OwnedFd::from(file)), None).unwrap_err();
    assert_eq!(refused.error.kind(), io::ErrorKind::PermissionDenied);
    let mut text = String::new();
    File::from(OwnedFd::from(refused.item))
        .read_to_string(&mut text)
        .unwrap();
    assert!(text.contains("anyrt-async-io"));
}

#[test]
fn a_descriptor_comes_back_when_the_runtime_is_gone() {
    let gate = Gate::new();
    gate.close();
    let (near, far) = UnixStream::pair().unwrap();
    let refused = AsyncIoSource::register(near.into(), Some(&gate)).unwrap_err();
    assert!(
        refused
            .error
            .get_ref()
            .is_some_and(|inner| inner.is::<Gone>())
    );
    // Still open: what the other end sends arrives.
    (&far).write_all(b"x").unwrap();
    let OwnedIo::UnixStream(near) = refused.item else {
        panic!("another kind of descriptor came back");
    };
    assert_eq!((&near).read(&mut [0; 2]).unwrap(), 1);
}
