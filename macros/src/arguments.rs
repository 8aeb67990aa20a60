//! What stands in the parentheses of an attribute.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Error, Ident, LitInt, LitStr, Path, Result, Token, bracketed,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    parse_quote,
    punctuated::Punctuated,
};

use crate::backend::Backend;

/// The arguments of both attributes; each refuses what it has no use for.
pub(crate) struct Arguments {
    pub(crate) anyrt: Path,
    pub(crate) backends: Vec<Backend>,
    pub(crate) local: bool,
    pub(crate) worker_threads: Option<LitInt>,
    pub(crate) seeds: Option<LitInt>,
}

/// One argument, as it was written.
struct Argument {
    name: Ident,
    value: Option<Value>,
}

enum Value {
    Text(LitStr),
    Number(LitInt),
    List(Vec<LitStr>),
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name = input.call(Ident::parse_any)?;
        if !input.peek(Token![=]) {
            return Ok(Self { name, value: None });
        }
        input.parse::<Token![=]>()?;
        let value = if input.peek(syn::token::Bracket) {
            let list;
            bracketed!(list in input);
            let items = Punctuated::<LitStr, Token![,]>::parse_terminated(&list)?;
            Value::List(items.into_iter().collect())
        } else if input.peek(LitInt) {
            Value::Number(input.parse()?)
        } else {
            Value::Text(input.parse()?)
        };
        Ok(Self {
            name,
            value: Some(value),
        })
    }
}

impl Arguments {
    /// Takes those in `known`; another is an error that lists them.
    pub(crate) fn parse(arguments: TokenStream, known: &[&str]) -> Result<Self> {
        let written = Punctuated::<Argument, Token![,]>::parse_terminated.parse2(arguments)?;
        let mut parsed = Self {
            anyrt: parse_quote!(::anyrt),
            backends: Vec::new(),
            local: false,
            worker_threads: None,
            seeds: None,
        };
        let mut seen = Vec::new();
        for argument in written {
            let name = argument.name.to_string();
            if !known.contains(&name.as_str()) {
                let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
                let text = format!("unknown argument `{name}`: there are {}", known.join(", "));
                return Err(Error::new(argument.name.span(), text));
            }
            if seen.contains(&name) {
                let text = format!("the argument `{name}` is given twice");
                return Err(Error::new(argument.name.span(), text));
            }
            parsed.take(&name, argument)?;
            seen.push(name);
        }
        Ok(parsed)
    }

    fn take(&mut self, name: &str, argument: Argument) -> Result<()> {
        let wanted = match (name, argument.value) {
            ("local", None) => {
                self.local = true;
                return Ok(());
            }
            ("backend", Some(Value::Text(text))) => {
                self.backends = vec![Backend::parse(&text)?];
                return Ok(());
            }
            ("backends", Some(Value::List(list))) if !list.is_empty() => {
                self.backends = list.iter().map(Backend::parse).collect::<Result<_>>()?;
                return Ok(());
            }
            ("worker_threads", Some(Value::Number(count))) => {
                self.worker_threads = Some(positive(count)?);
                return Ok(());
            }
            ("seeds", Some(Value::Number(count))) => {
                self.seeds = Some(positive(count)?);
                return Ok(());
            }
            ("crate", Some(Value::Text(path))) => {
                self.anyrt = path.parse()?;
                return Ok(());
            }
            ("local", _) => "`local`",
            ("backend", _) => "`backend = \"tokio\"`",
            ("backends", _) => "`backends = [\"tokio\", \"sim\"]`",
            ("worker_threads", _) => "`worker_threads = 2`",
            ("seeds", _) => "`seeds = 100`",
            (_, _) => "`crate = \"path\"`",
        };
        Err(Error::new(argument.name.span(), format!("write {wanted}")))
    }
}

/// The number, if it is one from 1 on.
fn positive(count: LitInt) -> Result<LitInt> {
    if count.base10_parse::<u32>()? == 0 {
        let text = format!("{} is too few", count.to_token_stream());
        return Err(Error::new(count.span(), text));
    }
    Ok(count)
}
