//! `hvr explain`

use serde::Serialize;

use super::explain_class;
use crate::{
    cli::{failure::Failure, output::Output},
    mof,
    replication::ReturnCode,
    wsman::Code,
};

/// What is known of a code in one family.
#[derive(Serialize)]
struct Explanation {
    code: u32,
    hex: String,
    family: String,
    name: String,
    meaning: Option<&'static str>,
    next_step: Option<&'static str>,
}

/// Prints what is known of a class, or of a code in every family that has it.
pub(super) fn run(text: &str, output: &Output) -> Result<(), Failure> {
    if let Some(class) = mof::schema().find(text) {
        return explain_class::run(class, mof::schema(), output);
    }
    let codes = Code::search(text);
    let return_codes = [0, 4096].into_iter().chain(32768..=32782).map(ReturnCode::from);
    let name = text.trim_matches(|c: char| !c.is_alphanumeric());
    let return_codes = return_codes.filter(|code| {
        codes.contains(&Code((*code).into())) || code.to_string().eq_ignore_ascii_case(name)
    });
    let explanations: Vec<_> = codes
        .iter()
        .filter_map(|code| Explanation::of_code(*code))
        .chain(return_codes.map(Explanation::of_return_code))
        .collect();
    if explanations.is_empty() {
        return Err(Failure::UnknownCode(text.to_owned()));
    }
    output.paragraphs(&explanations, Explanation::text)
}

impl Explanation {
    fn new(code: u32, family: String, name: String) -> Self {
        Self { code, hex: format!("0x{code:08X}"), family, name, meaning: None, next_step: None }
    }

    fn of_code(code: Code) -> Option<Self> {
        Some(Self {
            meaning: code.meaning(),
            next_step: code.next_step(),
            ..Self::new(code.0, code.family().to_string(), code.name()?.to_owned())
        })
    }

    fn of_return_code(code: ReturnCode) -> Self {
        Self {
            meaning: Some(code.meaning()),
            next_step: Some(code.next_step()),
            ..Self::new(code.into(), "return value of a method".to_owned(), code.to_string())
        }
    }

    fn text(&self) -> String {
        let number = format!("{} ({})", self.code, self.hex);
        let rows = [
            ("code", Some(number.as_str())),
            ("family", Some(&self.family)),
            ("meaning", self.meaning),
            ("what to do", self.next_step),
        ];
        let rows = rows.into_iter().filter_map(|(title, text)| Some((title, text?)));
        let lines = rows.map(|(title, text)| format!("\n  {title:<12}{text}"));
        format!("{}{}", self.name, lines.collect::<String>())
    }
}
