//! The backends that there are, and asking whether they are on.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Error, LitStr, Path, Result};

/// A backend by its name, its feature, and the name of its test.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Backend {
    pub(crate) name: &'static str,
    word: &'static str,
}

pub(crate) const ALL: [Backend; 4] = [
    Backend {
        name: "tokio",
        word: "tokio",
    },
    Backend {
        name: "smol",
        word: "smol",
    },
    Backend {
        name: "async-std",
        word: "async_std",
    },
    Backend {
        name: "sim",
        word: "sim",
    },
];

impl Backend {
    pub(crate) fn parse(literal: &LitStr) -> Result<Self> {
        let name = literal.value();
        ALL.into_iter()
            .find(|backend| backend.name == name)
            .ok_or_else(|| {
                let text = format!(
                    "there is no backend named `{name}`: choose one of {}",
                    names(&ALL)
                );
                Error::new(literal.span(), text)
            })
    }

    /// What its test is called.
    pub(crate) fn ident(self) -> Ident {
        Ident::new(self.word, Span::call_site())
    }

    /// `on` where the backend is on, `off` where it is not.
    pub(crate) fn when(self, anyrt: &Path, on: &TokenStream, off: &TokenStream) -> TokenStream {
        let ask = format_ident!("__if_{}", self.word);
        quote! { #anyrt::#ask! { { #on } { #off } } }
    }
}

/// An error where none of these is on.
pub(crate) fn demand(backends: &[Backend], anyrt: &Path) -> TokenStream {
    let text = match backends {
        [one] => format!(
            "the backend `{name}` is not on: turn on anyrt's feature `{name}`",
            name = one.name
        ),
        several => format!(
            "no backend is on: turn on one of anyrt's features {}",
            names(several)
        ),
    };
    let error = quote! { ::core::compile_error!(#text); };
    backends.iter().rev().fold(error, |off, backend| {
        backend.when(anyrt, &TokenStream::new(), &off)
    })
}

fn names(backends: &[Backend]) -> String {
    let names: Vec<_> = backends
        .iter()
        .map(|backend| format!("`{}`", backend.name))
        .collect();
    names.join(", ")
}
