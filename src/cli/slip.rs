//! Names that were misspelled.

/// A question for the one of these names that is hardly different, in parentheses after a space; nothing where there is
/// none.
pub(super) fn did_you_mean(name: &str, known: &[&str]) -> String {
    let name = name.to_lowercase();
    let near = known
        .iter()
        .map(|known| (strsim::osa_distance(&name, &known.to_lowercase()), known))
        // Short names differ by little without being meant.
        .filter(|(distance, known)| *distance <= 2 && distance * 2 < known.len())
        .min();
    near.map_or_else(String::new, |(_, known)| format!(" (did you mean {known}?)"))
}
