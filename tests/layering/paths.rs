//! Every path that a source file names, resolved against the place where it stands.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Punct, Spacing, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{ItemExternCrate, ItemMod, ItemUse, UseTree, VisRestricted};

/// The module path beneath the crate root: `["job", "state"]`, and nothing for the root.
pub(crate) type Module = Vec<String>;

pub(crate) struct Named {
    pub(crate) line: usize,
    /// From `crate` on when it is ours, from the name of the other crate when it is not.
    pub(crate) path: Vec<String>,
    /// A glob or another name: what is used of all that lies beneath cannot be seen.
    pub(crate) veiled: bool,
    /// The name that a `use` gives it.
    pub(crate) imported_as: Option<String>,
}

/// The module that a file holds; `src/main.rs`, the root of a crate of its own, counts as module `main`.
pub(crate) fn module_of(file: &str) -> Module {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').filter(|part| *part != "lib").map(str::to_owned).collect()
}

/// The paths in `source`, which is the text of `module`. `modules` tells a child module from another crate.
pub(crate) fn paths(source: &str, module: Module, modules: &BTreeSet<Module>) -> Vec<Named> {
    let file = syn::parse_file(source).unwrap_or_else(|error| panic!("{module:?}: {error}"));
    let mut reader = Reader { module, modules, found: Vec::new() };
    reader.visit_file(&file);
    reader.found
}

struct Reader<'a> {
    module: Module,
    modules: &'a BTreeSet<Module>,
    found: Vec<Named>,
}

impl Reader<'_> {
    fn note(&mut self, written: &[String], line: usize, veiled: bool, imported_as: Option<String>) {
        let path = self.resolve(written);
        self.found.push(Named { line, path, veiled, imported_as });
    }

    fn resolve(&self, written: &[String]) -> Vec<String> {
        let mut module = self.module.clone();
        let mut rest = written;
        match written[0].as_str() {
            "crate" | "hyperv_replica" => {
                module.clear();
                rest = &rest[1..];
            }
            "self" | "super" => {
                while let Some(step @ ("self" | "super")) = rest.first().map(String::as_str) {
                    if step == "super" {
                        module.pop();
                    }
                    rest = &rest[1..];
                }
            }
            child if self.modules.contains(&[&module[..], &[child.to_owned()]].concat()) => {}
            _ => return written.to_vec(),
        }
        [&["crate".to_owned()], &module[..], rest].concat()
    }

    fn use_tree(&mut self, tree: &UseTree, prefix: &[String]) {
        let join = |name: &Ident| {
            // `a::{self}` is `a`.
            let is_prefix = name == "self" && !prefix.is_empty();
            let last = if is_prefix { None } else { Some(name.to_string()) };
            prefix.iter().cloned().chain(last).collect::<Vec<_>>()
        };
        match tree {
            UseTree::Path(path) => self.use_tree(&path.tree, &join(&path.ident)),
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.use_tree(tree, prefix));
            }
            UseTree::Name(name) => {
                let path = join(&name.ident);
                self.note(&path, line(&name.ident), false, path.last().cloned());
            }
            UseTree::Rename(rename) => {
                let name = rename.rename.to_string();
                self.note(&join(&rename.ident), line(&rename.ident), true, Some(name));
            }
            UseTree::Glob(glob) if !prefix.is_empty() => {
                self.note(prefix, glob.star_token.spans[0].start().line, true, None);
            }
            _ => {}
        }
    }

    /// Paths among tokens that no grammar is known for: macro bodies and attributes. `prefix` is what stands before a brace, as in
    /// `use prefix::{..}`.
    fn scan(&mut self, tokens: TokenStream, prefix: &[String]) {
        let mut tokens = tokens.into_iter().peekable();
        let mut path = prefix.to_vec();
        while let Some(token) = tokens.next() {
            let line = token.span().start().line;
            match token {
                TokenTree::Ident(name) => {
                    path.push(name.to_string());
                    let mut colon = |spacing| {
                        let is = |p: &Punct| p.as_char() == ':' && p.spacing() == spacing;
                        tokens.next_if(|t| matches!(t, TokenTree::Punct(p) if is(p))).is_some()
                    };
                    if colon(Spacing::Joint) && (colon(Spacing::Alone) || colon(Spacing::Joint)) {
                        continue;
                    }
                    if path.len() > 1 {
                        self.note(&path, line, false, None);
                    }
                }
                TokenTree::Group(group) => {
                    let open = path.len() > prefix.len();
                    self.scan(group.stream(), if open { &path } else { &[] });
                }
                TokenTree::Punct(_) if path.len() > prefix.len() => {
                    self.note(&path, line, true, None);
                }
                // `#[serde(with = "a::b")]`
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    if let Ok(path) = syn::parse_str::<syn::Path>(text.trim_matches('"')) {
                        self.note_path(&path, line);
                    }
                }
                TokenTree::Punct(_) => {}
            }
            path.truncate(prefix.len());
        }
    }

    /// A single name is no path: it is a local or was imported, and its `use` is seen.
    fn note_path(&mut self, path: &syn::Path, line: usize) {
        if path.segments.len() > 1 {
            let names: Vec<_> = path.segments.iter().map(|part| part.ident.to_string()).collect();
            self.note(&names, line, false, None);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.use_tree(&item.tree, &[]);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast ItemExternCrate) {
        self.note(&[item.ident.to_string()], line(&item.ident), item.rename.is_some(), None);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.note_path(path, line(&path.segments[0].ident));
        visit::visit_path(self, path);
    }

    /// `pub(in crate::a)` uses nothing.
    fn visit_vis_restricted(&mut self, _: &'ast VisRestricted) {}

    fn visit_token_stream(&mut self, tokens: &'ast TokenStream) {
        self.scan(tokens.clone(), &[]);
    }
}

fn line(name: &Ident) -> usize {
    name.span().start().line
}
