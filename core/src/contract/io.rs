//! The kinds of descriptor that can be handed to a runtime.

use std::{error::Error, fmt, io, net};

#[cfg(unix)]
use std::os::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    unix::net as unix_net,
};

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $(#[cfg($cfg:meta)])? $kind:ident($type:ty),)*) => {
        /// An owned socket (or, on Unix, any descriptor) on its way into or out of a runtime.
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum OwnedIo {
            $($(#[doc = $doc])* $(#[cfg($cfg)])? $kind($type),)*
        }

        /// The same, borrowed from the [`Source`](super::Source) that holds it.
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub enum BorrowedIo<'a> {
            $($(#[doc = $doc])* $(#[cfg($cfg)])? $kind(&'a $type),)*
        }

        impl OwnedIo {
            /// Lends the descriptor.
            pub fn borrow(&self) -> BorrowedIo<'_> {
                match self {
                    $($(#[cfg($cfg)])? Self::$kind(io) => BorrowedIo::$kind(io),)*
                }
            }
        }

        $(
            $(#[cfg($cfg)])?
            impl From<$type> for OwnedIo {
                fn from(io: $type) -> Self {
                    Self::$kind(io)
                }
            }
        )*

        #[cfg(unix)]
        impl AsFd for BorrowedIo<'_> {
            fn as_fd(&self) -> BorrowedFd<'_> {
                match self {
                    $($(#[cfg($cfg)])? Self::$kind(io) => io.as_fd(),)*
                }
            }
        }

        #[cfg(unix)]
        impl AsFd for OwnedIo {
            fn as_fd(&self) -> BorrowedFd<'_> {
                match self {
                    $($(#[cfg($cfg)])? Self::$kind(io) => io.as_fd(),)*
                }
            }
        }

        #[cfg(unix)]
        impl From<OwnedIo> for OwnedFd {
            fn from(io: OwnedIo) -> Self {
                match io {
                    $($(#[cfg($cfg)])? OwnedIo::$kind(io) => io.into(),)*
                }
            }
        }
    };
}

kinds! {
    /// A connected (or connecting) TCP socket.
    TcpStream(net::TcpStream),
    /// A listening TCP socket.
    TcpListener(net::TcpListener),
    /// A UDP socket.
    UdpSocket(net::UdpSocket),
    /// A connected Unix stream socket.
    #[cfg(unix)]
    UnixStream(unix_net::UnixStream),
    /// A listening Unix socket.
    #[cfg(unix)]
    UnixListener(unix_net::UnixListener),
    /// A Unix datagram socket.
    #[cfg(unix)]
    UnixDatagram(unix_net::UnixDatagram),
    /// Any other descriptor that can be polled: a pipe, a terminal, a pidfd.
    #[cfg(unix)]
    Descriptor(OwnedFd),
}

/// A refusal that gives back what was offered.
#[derive(Debug)]
pub struct Refused<T> {
    /// What was offered, unchanged but possibly switched to non-blocking mode.
    pub item: T,
    /// Why it was refused.
    pub error: io::Error,
}

impl<T> fmt::Display for Refused<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the runtime refused the descriptor: {}", self.error)
    }
}

impl<T: fmt::Debug> Error for Refused<T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}

impl<T> From<Refused<T>> for io::Error {
    /// Closes what was offered and keeps the error.
    fn from(refused: Refused<T>) -> Self {
        refused.error
    }
}
