//! The function under an attribute.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{Error, ItemFn, Path, Result, Type, spanned::Spanned};

/// An async function without arguments and parameters; `attribute` names who asks.
pub(crate) fn parse(item: TokenStream, attribute: &str) -> Result<ItemFn> {
    let function: ItemFn = syn::parse2(item)?;
    let signature = &function.sig;
    if signature.asyncness.is_none() {
        let text = format!("{attribute} is for an async function: write `async fn`");
        return Err(Error::new(signature.fn_token.span(), text));
    }
    if let Some(argument) = signature.inputs.first() {
        let text = format!("a function with {attribute} takes no arguments");
        return Err(Error::new(argument.span(), text));
    }
    if let Some(parameter) = signature.generics.params.first() {
        let text = format!("a function with {attribute} is not generic");
        return Err(Error::new(parameter.span(), text));
    }
    Ok(function)
}

/// A future of what `called` returns, a `result`, as the program's end: a text or an exit code.
pub(crate) fn ended(anyrt: &Path, result: &Type, called: &TokenStream) -> TokenStream {
    quote_spanned! { result.span() =>
        async {
            use #anyrt::__attributes::Terminate as _;
            #anyrt::__attributes::Returned(#called.await).end()
        }
    }
}
