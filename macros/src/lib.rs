//! The attribute `#[conccheck::test]`: an async test, explored. What it does is in `conccheck`; here the
//! function is taken apart, by hand, since that is all that there is to do.

use proc_macro::{Delimiter, TokenStream, TokenTree};

/// Makes an `async fn` a test that is checked: every interleaving of it must come to its end without a panic.
///
/// ```ignore
/// use conccheck::tokio::{sync::mpsc, task::spawn};
///
/// #[conccheck::test]
/// async fn what_is_sent_arrives() {
///     let (sender, mut receiver) = mpsc::channel(1);
///     spawn(async move { sender.send(1).await.unwrap() });
///     assert_eq!(receiver.recv().await, Some(1));
/// }
/// ```
///
/// As `#[tokio::test]` it takes `flavor = "current_thread"`, which is the default, or `"multi_thread"`,
/// `worker_threads` and `start_paused`; and `checker`, an expression for the `Checker` that explores the test. The test may give
/// a `Result`, of which an `Err` is a failure.
///
/// Where `conccheck` is built without its feature `check`, the test runs once, for real, as `#[tokio::test]`
/// has it.
#[proc_macro_attribute]
pub fn test(options: TokenStream, function: TokenStream) -> TokenStream {
    test_of(HERE, options, function)
}

/// [`test`](macro@test), for who has conccheck as `tokio`: the drop-in for it. As `#[tokio::test]` it takes `crate = "name"` too,
/// what the drop-in is called by who takes it; and a test with `flavor = "local"` is ignored.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn __drop_in_test(options: TokenStream, function: TokenStream) -> TokenStream {
    test_of("::tokio::__conccheck", options, function)
}

fn test_of(conccheck: &str, options: TokenStream, function: TokenStream) -> TokenStream {
    match Options::of(conccheck, options).and_then(|options| expand(&options, function)) {
        Ok(test) => test,
        Err(problem) => parse(&format!("::core::compile_error! {{ {problem:?} }}")),
    }
}

struct Options {
    /// Where conccheck is.
    conccheck: String,
    new: &'static str,
    /// Whether it needs a runtime that there is in real runs only.
    is_local: bool,
    worker_threads: Option<TokenStream>,
    start_paused: Option<TokenStream>,
    checker: Option<TokenStream>,
}

impl Options {
    /// What `key = value, …` says.
    fn of(conccheck: &str, options: TokenStream) -> Result<Self, String> {
        let mut parsed = Options {
            conccheck: conccheck.to_string(),
            new: "new_current_thread",
            is_local: false,
            worker_threads: None,
            start_paused: None,
            checker: None,
        };
        let tokens: Vec<TokenTree> = options.into_iter().collect();
        let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
        for option in tokens.split(is_comma).filter(|option| !option.is_empty()) {
            let [key, TokenTree::Punct(equals), value @ ..] = option else { return Err(HOW.to_string()) };
            if equals.as_char() != '=' || value.is_empty() {
                return Err(HOW.to_string());
            }
            let value: TokenStream = value.iter().cloned().collect();
            match (key.to_string().as_str(), value.to_string().as_str()) {
                ("flavor", "\"current_thread\"") => parsed.new = "new_current_thread",
                ("flavor", "\"multi_thread\"") => parsed.new = "new_multi_thread",
                ("flavor", "\"local\"") if conccheck != HERE => parsed.is_local = true,
                ("flavor", other) => {
                    return Err(format!(
                        "no flavor is called {other}; there are \"current_thread\" and \"multi_thread\""
                    ));
                }
                ("worker_threads", _) => parsed.worker_threads = Some(value),
                ("start_paused", _) => parsed.start_paused = Some(value),
                ("checker", _) => parsed.checker = Some(value),
                ("crate", name) if conccheck != HERE => {
                    parsed.conccheck = format!("{}::__conccheck", name.trim_matches('"'));
                }
                (other, _) => return Err(format!("`{other}` is no option of #[conccheck::test]; {HOW}")),
            }
        }
        Ok(parsed)
    }
}

/// Where conccheck is, to who has it by that name.
const HERE: &str = "::conccheck";

const HOW: &str = "there are `flavor = \"multi_thread\"`, `worker_threads = 2`, `start_paused = true` and \
                   `checker = Checker::new()`";

/// The test: a function of the same name, in which there is the one that was written.
fn expand(options: &Options, function: TokenStream) -> Result<TokenStream, String> {
    let mut tokens: Vec<TokenTree> = function.into_iter().collect();
    let is_word =
        |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident.to_string() == word);
    let begins = tokens.iter().position(|token| is_word(token, "async")).ok_or(NOT_ASYNC)?;
    let at = tokens.iter().position(|token| is_word(token, "fn")).ok_or(NOT_ASYNC)?;
    let name = tokens.get(at + 1).ok_or(NOT_ASYNC)?.to_string();
    let has_arguments = match tokens.get(at + 2) {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
            !group.stream().is_empty()
        }
        _ => true,
    };
    if has_arguments {
        return Err("a test has no arguments".to_string());
    }
    let written: TokenStream = tokens.split_off(begins).into_iter().collect();
    let threads = options.worker_threads.as_ref();
    let threads = threads.map(|count| format!(".worker_threads({count})")).unwrap_or_default();
    let paused = options.start_paused.as_ref();
    let paused = paused.map(|paused| format!(".start_paused({paused})")).unwrap_or_default();
    let (new, conccheck) = (options.new, &options.conccheck);
    let build =
        format!("|| {conccheck}::tokio::runtime::Builder::{new}(){threads}{paused}.enable_all().build()");
    let body = match &options.checker {
        Some(checker) => format!("{conccheck}::__test_with(&({checker}), {build}, {name})"),
        None => format!("{conccheck}::__test({build}, {name})"),
    };
    let mut test = parse("#[::core::prelude::v1::test]");
    if options.is_local {
        test.extend(parse("#[ignore = \"there is no LocalRuntime inside a check\"]"));
    }
    test.extend(tokens);
    test.extend(parse(&format!("fn {name}()")));
    let mut inside = written;
    inside.extend(parse(&body));
    test.extend([TokenTree::Group(proc_macro::Group::new(Delimiter::Brace, inside))]);
    Ok(test)
}

const NOT_ASYNC: &str =
    "#[conccheck::test] is for an `async fn`; others call `conccheck::check` in a `#[test]`";

fn parse(source: &str) -> TokenStream {
    source.parse().expect("it is Rust")
}
