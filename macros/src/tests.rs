//! `#[anyrt::test]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, Result, ReturnType};

use crate::{
    arguments::Arguments,
    backend::{self, ALL},
    function,
};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let known = ["backends", "local", "seeds", "crate"];
    let arguments = Arguments::parse(arguments, &known)?;
    let mut function = function::parse(item, "#[anyrt::test]")?;
    if let Some(test) = function
        .attrs
        .iter()
        .find(|attribute| attribute.path().is_ident("test"))
    {
        let text = "#[anyrt::test] makes the tests: leave `#[test]` out";
        return Err(syn::Error::new_spanned(test, text));
    }

    let backends = match arguments.backends.as_slice() {
        [] => ALL.as_slice(),
        named => named,
    };
    // Of the tests, not of the function; a `cfg` is about both.
    let (of_tests, of_function): (Vec<Attribute>, Vec<Attribute>) =
        std::mem::take(&mut function.attrs)
            .into_iter()
            .partition(|attribute| {
                let path = attribute.path();
                path.is_ident("should_panic") || path.is_ident("ignore")
            });
    let conditions = of_function
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"));

    let (anyrt, name) = (&arguments.anyrt, &function.sig.ident);
    let (output, called) = match &function.sig.output {
        ReturnType::Default => (None, quote! { super::#name }),
        ReturnType::Type(_, result) => {
            let ended = function::ended(anyrt, result, &quote! { super::#name() });
            let output = quote! { -> impl ::std::process::Termination };
            (Some(output), quote! { || #ended })
        }
    };
    let run = format_ident!(
        "{}",
        if arguments.local {
            "test_local"
        } else {
            "test"
        }
    );
    let tests = backends.iter().map(|backend| {
        let (test, named) = (backend.ident(), backend.name);
        let call = match &arguments.seeds {
            Some(seeds) if backend.name == "sim" => {
                let run = format_ident!("{run}_seeds");
                quote! { #run(#seeds, #called) }
            }
            _ => quote! { #run(#named, #called) },
        };
        let on = quote! {
            #(#of_tests)*
            #[::core::prelude::v1::test]
            fn #test() #output {
                #anyrt::__attributes::#call
            }
        };
        backend.when(anyrt, &on, &TokenStream::new())
    });
    let demanded = backend::demand(backends, anyrt);
    Ok(quote! {
        #(#of_function)*
        #[cfg(test)]
        #function

        #(#conditions)*
        #[cfg(test)]
        mod #name {
            #demanded
            #(#tests)*
        }
    })
}
