//! The classes of `schemas/` as Rust: the files of `src/msvm`, and the test that they are up to date.
//!
//! The parser of MOF and the model of classes are the library's own; what Rust the model becomes is decided here, by
//! rule ([`model`]) and by name ([`fixups`]).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "tests"
)]

mod fixups;
mod model;
mod names;
mod render;

use std::{collections::BTreeMap, env, fs, path::Path};

use hyperv_replica::mof;

const REFRESH: &str = "HVR_REFRESH_MSVM";

#[test]
fn src_msvm_is_what_the_schemas_become() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/msvm");
    let (model, left) = model::Maker::make(mof::schema());
    assert!(left.is_empty(), "fix-ups that no longer apply: {left:?}");
    let made = render::files(&model);
    if env::var_os(REFRESH).is_some() {
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir(&folder).unwrap();
        for (name, text) in &made {
            fs::write(folder.join(name), text).unwrap();
        }
        return;
    }
    let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let there: BTreeMap<_, _> = entries
        .map(|path| {
            (
                path.file_name().unwrap().to_str().unwrap().to_owned(),
                fs::read_to_string(path).unwrap(),
            )
        })
        .collect();
    let differ: Vec<_> = made
        .keys()
        .chain(there.keys())
        .filter(|name| made.get(*name) != there.get(*name))
        .collect();
    assert!(
        differ.is_empty(),
        "src/msvm is not what schemas/ become: {differ:?}. To make it anew: {REFRESH}=1 cargo test --test codegen"
    );
}
