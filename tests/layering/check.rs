//! Holds the paths of a tree of files against the rules.

use std::collections::{BTreeMap, BTreeSet};

use crate::paths::{Module, module_of, paths};
use crate::rules::{CLOCKS, LAYERS, Layer, OUTSIDE, OWNERS};

/// Which layer uses which, as found.
pub(crate) type Graph = BTreeMap<&'static str, BTreeSet<&'static str>>;

/// Reads `(file, source)` pairs and gives what breaks the rules, one line each, and the graph of the layers.
pub(crate) fn check(files: &[(String, String)]) -> (Vec<String>, Graph) {
    let modules = files.iter().map(|(file, _)| module_of(file)).collect::<BTreeSet<Module>>();
    let read = |(file, source): &(String, String)| paths(source, module_of(file), &modules);
    // `crate::Name` is whatever lib.rs imported under that name.
    let exports: BTreeMap<String, Vec<String>> = files
        .iter()
        .filter(|(file, _)| file == "src/lib.rs")
        .flat_map(read)
        .filter_map(|named| Some((named.imported_as?, named.path)))
        .collect();

    let mut violations = Vec::new();
    let mut graph = Graph::new();
    for entry in files {
        let file = &entry.0;
        let Some(user) = layer_of(&module_of(file)) else {
            violations.push(format!("{file}: belongs to no layer of tests/layering/rules.rs"));
            continue;
        };
        for named in read(entry) {
            let path = named.path.join("::");
            match judge(user, named.path, named.veiled, &exports) {
                Ok(used) => graph.entry(user.name).or_default().extend(used),
                Err(rule) => violations.push(format!("{file}:{}: `{path}`: {rule}", named.line)),
            }
        }
    }
    (violations, graph)
}

/// The layers that use each other in a cycle, and those that build on them.
pub(crate) fn cyclic(graph: &Graph) -> Vec<&'static str> {
    let mut left = graph.clone();
    while let Some(free) = left
        .iter()
        .find_map(|(user, used)| used.iter().all(|used| !left.contains_key(used)).then_some(*user))
    {
        left.remove(free);
    }
    left.into_keys().collect()
}

/// The other layer of ours that is used, if any, or the rule that is broken.
fn judge(
    user: &Layer,
    mut path: Vec<String>,
    veiled: bool,
    exports: &BTreeMap<String, Vec<String>>,
) -> Result<Option<&'static str>, String> {
    if let Some(item) =
        path.get(1).and_then(|name| exports.get(name)).filter(|_| path[0] == "crate")
    {
        path.splice(..2, item.iter().cloned());
    }
    if path[0] != "crate" {
        return judge_foreign(user, &path.join("::"), veiled).map(|()| None);
    }
    let used =
        layer_of(&path[1..]).ok_or("belongs to no layer, and lib.rs imports no such name")?;
    if used.name == user.name {
        return Ok(None);
    }
    if used.name == "lib" {
        return Err("names the crate root, which veils the layer that is used".to_owned());
    }
    if !within(used.name, user.name) && !user.may_use.iter().any(|may| within(used.name, may)) {
        return Err(match user.may_use {
            [] => format!("`{}` may use no other layer", user.name),
            may => format!("`{}` may use only {}", user.name, may.join(", ")),
        });
    }
    let is_error =
        |part: &String| ["error", "fault"].iter().any(|w| part.to_lowercase().contains(w));
    if user.name == "error" && !path.iter().any(is_error) {
        return Err("`error` may use only the errors and faults of the layers below".to_owned());
    }
    Ok(Some(used.name))
}

fn judge_foreign(user: &Layer, path: &str, veiled: bool) -> Result<(), String> {
    let touches = |rule: &str| within(path, rule) || (veiled && within(rule, path));
    if user.pure {
        if OUTSIDE.iter().any(|outside| touches(outside)) {
            return Err(format!("`{}` is pure: the world outside comes as arguments", user.name));
        }
        if CLOCKS.iter().any(|clock| path == *clock || path.ends_with(&format!("::{clock}"))) {
            return Err(format!("`{}` is pure: the time is an argument", user.name));
        }
    }
    for (crates, owners) in OWNERS {
        if crates.iter().any(|name| touches(name)) && !owners.contains(&user.name) {
            return Err(format!("this crate is used only in {}", owners.join(", ")));
        }
    }
    Ok(())
}

/// The innermost layer around a module or an item; the crate root is `lib`.
fn layer_of(path: &[String]) -> Option<&'static Layer> {
    let path = if path.is_empty() { "lib".to_owned() } else { path.join("::") };
    LAYERS.iter().filter(|layer| within(&path, layer.name)).max_by_key(|layer| layer.name.len())
}

fn within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}
