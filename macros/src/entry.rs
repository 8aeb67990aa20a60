//! `#[anyrt::main]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Result, ReturnType, parse_quote};

use crate::{
    arguments::Arguments,
    backend::{self, ALL},
    function,
};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let known = ["backend", "worker_threads", "local", "crate"];
    let arguments = Arguments::parse(arguments, &known)?;
    let mut function = function::parse(item, "#[anyrt::main]")?;
    if let (true, Some(count)) = (arguments.local, &arguments.worker_threads) {
        let text = "a local run polls everything on the calling thread: leave `worker_threads` or `local` out";
        return Err(syn::Error::new(count.span(), text));
    }

    let anyrt = &arguments.anyrt;
    let demanded = match arguments.backends.as_slice() {
        [] => backend::demand(&ALL, anyrt),
        named => backend::demand(named, anyrt),
    };
    let name = arguments.backends.first().map(|backend| backend.name);
    let name = name.map(|name| quote! { .backend(#name) });
    let workers = arguments.worker_threads;
    let workers = workers.map(|count| quote! { .worker_threads(#count) });
    let run = format_ident!("{}", if arguments.local { "run_local" } else { "run" });

    let (attributes, visibility) = (std::mem::take(&mut function.attrs), &function.vis);
    let mut outer = function.sig.clone();
    outer.asyncness = None;
    let mut inner = function.sig.clone();
    inner.ident = format_ident!("__anyrt_{}", function.sig.ident);
    let (called, block) = (&inner.ident, &function.block);
    let main = match &function.sig.output {
        // The program's own: its result is made a text and an exit code on its task, and need not leave it.
        ReturnType::Type(_, result) if function.sig.ident == "main" => {
            outer.output = parse_quote! { -> impl ::std::process::Termination };
            function::ended(anyrt, result, &quote! { #called() })
        }
        _ => quote! { #called() },
    };
    Ok(quote! {
        #(#attributes)*
        #visibility #outer {
            #demanded
            #inner #block
            match #anyrt::Builder::new() #name #workers.#run(#main) {
                ::core::result::Result::Ok(value) => value,
                ::core::result::Result::Err(error) => ::core::panic!("{error}"),
            }
        }
    })
}
