//! The layers hold: each module of `src` uses only what it may, pure layers do no I/O, and no module reaches itself through others.
//!
//! The rules are in [`rules`]. The code is read with `syn`: `use` trees, paths in bodies and types, re-exports, macro bodies, attributes,
//! and the test modules inside `src` as well.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::string_slice,
    missing_docs,
    reason = "tests"
)]

mod check;
mod paths;
mod rules;

use std::fs;
use std::path::Path;

use check::{check, cyclic};

#[test]
fn every_module_uses_only_what_its_layer_may() {
    let mut files = Vec::new();
    collect(Path::new(env!("CARGO_MANIFEST_DIR")), "src", &mut files);
    let (violations, graph) = check(&files);
    assert!(files.len() > 2, "src was not found");
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
    assert!(cyclic(&graph).is_empty(), "layers in a cycle: {:?}", cyclic(&graph));
}

fn collect(root: &Path, folder: &str, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(root.join(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{folder}/{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(root, &name, files);
        } else if name.ends_with(".rs") {
            files.push((name, fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

/// What the checker says of one planted file, in a tree whose lib.rs re-exports `Client`.
fn verdict(file: &str, source: &str) -> String {
    let lib = "pub mod client; pub mod xml; pub use client::Client;";
    let tree =
        [("src/lib.rs", lib), ("src/xml/mod.rs", ""), ("src/client/mod.rs", ""), (file, source)];
    check(&tree.map(|(file, source)| (file.to_owned(), source.to_owned()))).0.join("\n")
}

/// Asserts that the checker finds one violation, in the planted line, with this path and rule.
#[track_caller]
fn refuses(file: &str, line: &str, path: &str, rule: &str) {
    let verdict = verdict(file, &format!("\n{line}\n"));
    let place = format!("{file}:2: `{path}`: ");
    assert!(verdict.starts_with(&place) && verdict.contains(rule), "got: {verdict}");
    assert_eq!(verdict.lines().count(), 1, "got: {verdict}");
}

#[test]
fn sees_a_path_wherever_it_stands() {
    let rule = "`mof` may use only cim";
    let refuses = |line, path| refuses("src/mof/parser.rs", line, path, rule);
    // A body, a type, a use tree, a re-export, a module of tests.
    refuses("fn f() { crate::xml::read(); }", "crate::xml::read");
    refuses("struct S(Vec<crate::xml::Name>);", "crate::xml::Name");
    refuses("use crate::{cim::A, soap::{B as C}};", "crate::soap::B");
    refuses("pub use crate::client::Pool;", "crate::client::Pool");
    refuses("#[cfg(test)] mod tests { use crate::sim::Host; }", "crate::sim::Host");
    // A climb out of the layer, from a file and from a module within it.
    refuses("use super::super::transport::Url;", "crate::transport::Url");
    refuses("mod tests { use super::super::super::auth::Env; }", "crate::auth::Env");
    // Macros and attributes.
    refuses("fn f() { vec![1, crate::xml::f(2)]; }", "crate::xml::f");
    refuses("m! { fn f(a:&crate::xml::Name); }", "crate::xml::Name");
    refuses("m! { use crate::{cim::A, xml::B}; }", "crate::xml::B");
    refuses("macro_rules! m { () => { $crate::xml::Name::<u8>::new() } }", "crate::xml::Name");
    refuses("#[derive(crate::xml::Read)] struct S;", "crate::xml::Read");
    refuses("struct S { #[serde(with = \"crate::xml::s\")] a: u8 }", "crate::xml::s");
    // A name that lib.rs re-exports.
    refuses("use crate::Client;", "crate::Client");
}

#[test]
fn refuses_to_have_the_used_layer_veiled() {
    refuses("src/soap/mod.rs", "use super::*;", "crate", "names the crate root");
    refuses("src/soap/mod.rs", "use crate as all;", "crate", "names the crate root");
    refuses("src/soap/mod.rs", "use std as s;", "std", "`soap` is pure");
    refuses("src/soap/mod.rs", "use crate::helper;", "crate::helper", "belongs to no layer");
}

#[test]
fn sees_input_and_output_in_a_pure_layer() {
    refuses("src/xml/name.rs", "fn f() { std::fs::read(1); }", "std::fs::read", "`xml` is pure");
    refuses("src/msvm/vm.rs", "use std::{fmt, net::IpAddr};", "std::net::IpAddr", "`msvm` is pure");
    refuses("src/job/tracker.rs", "#[tokio::test] async fn t() {}", "tokio::test", "is pure");
    refuses(
        "src/auth/env.rs",
        "fn f() { jiff::Timestamp::now(); }",
        "jiff::Timestamp::now",
        "the time is an argument",
    );
}

#[test]
fn holds_the_pure_files_of_job_apart_from_the_rest() {
    refuses(
        "src/job/tracker.rs",
        "use crate::client::Pool;",
        "crate::client::Pool",
        "only cim, job::state",
    );
    refuses(
        "src/job/state.rs",
        "use super::Job;",
        "crate::job::Job",
        "`job::state` may use only cim",
    );
    assert_eq!(verdict("src/job/mod.rs", "use crate::Client; pub use self::state::JobState;"), "");
}

#[test]
fn keeps_a_crate_to_its_layer() {
    refuses("src/cim/value.rs", "use quick_xml::Reader;", "quick_xml::Reader", "used only in xml");
    refuses("src/error.rs", "extern crate reqwest as r;", "reqwest", "used only in transport");
}

#[test]
fn lets_error_wrap_errors_only() {
    refuses(
        "src/error.rs",
        "use crate::wsman::{Fault, Resource};",
        "crate::wsman::Resource",
        "only the errors and faults",
    );
}

#[test]
fn lets_only_main_use_the_program() {
    refuses("src/sim/mod.rs", "use crate::cli::Args;", "crate::cli::Args", "`sim` may use only");
    assert_eq!(verdict("src/main.rs", "fn main() { hyperv_replica::cli::main() }"), "");
}

#[test]
fn refuses_a_file_without_a_layer() {
    assert!(verdict("src/util.rs", "").starts_with("src/util.rs: belongs to no layer"));
}

#[test]
fn lets_ordinary_code_pass() {
    let source = r#"
        //! Not a path: crate::client::Client.
        pub(in crate::xml) mod inner { use super::Name; }
        use std::{borrow::Cow, fmt};
        use crate::xml::Name;
        fn f(bytes: &[u8]) -> self::Name {
            let hyper = bytes.len();
            format!("crate::client: {}", Self::g(hyper))
        }
    "#;
    assert_eq!(verdict("src/xml/reader.rs", source), "");
}

#[test]
fn finds_a_cycle_of_layers() {
    let graph = [("a", &["b", "d"][..]), ("b", &["c"]), ("c", &["b"]), ("d", &[])];
    let graph = graph.map(|(user, used)| (user, used.iter().copied().collect())).into();
    assert_eq!(cyclic(&graph), ["a", "b", "c"]);
}
