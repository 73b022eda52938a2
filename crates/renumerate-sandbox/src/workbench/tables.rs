//! What the workbench takes over from the documentation: the magic customers and the snippets. Each has one source.

/// The table of the crate's first page.
const MAGIC_CUSTOMERS: &str = include_str!("../../cases/magic-customers.md");

/// How each language mints a session, as the root README says it.
const SNIPPETS: &str = include_str!("../../assets/workbench/snippets.md");

/// Customers that are answered alike.
#[derive(Debug, PartialEq)]
pub(super) struct Magic {
    pub(super) ids: Vec<&'static str>,
    pub(super) answer: String,
}

pub(super) struct Snippet {
    pub(super) language: &'static str,
    pub(super) code: &'static str,
}

/// The rows of the table.
pub(super) fn magic_customers() -> Vec<Magic> {
    let rows = MAGIC_CUSTOMERS.lines().skip(2).filter_map(|line| {
        let (ids, answer) = line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ")?;
        let ids = ids.split(", ").map(|id| id.trim_matches('`')).collect();
        Some(Magic { ids, answer: answer.replace('`', "") })
    });
    rows.collect()
}

/// The fenced blocks, each below the heading that names its language.
pub(super) fn snippets() -> Vec<Snippet> {
    let sections = SNIPPETS.split("## ").skip(1);
    let snippets = sections.filter_map(|section| {
        let (language, rest) = section.split_once('\n')?;
        let (_, fenced) = rest.split_once("```")?;
        let (code, _) = fenced.split_once('\n')?.1.split_once("\n```")?;
        Some(Snippet { language, code })
    });
    snippets.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::case::CaseFile;

    #[test]
    fn each_magic_customer_is_in_the_table_once() {
        let played = CaseFile::parse(include_str!("../../cases/magic-customers.json")).unwrap();
        let played: Vec<String> = played.cases.into_iter().map(|case| case.name).collect();
        let told: Vec<&str> = magic_customers().into_iter().flat_map(|magic| magic.ids).collect();
        assert_eq!(
            told.iter().copied().collect::<BTreeSet<_>>(),
            played.iter().map(String::as_str).collect()
        );
        assert_eq!(told.len(), played.len());
        assert!(
            magic_customers().iter().all(|magic| !magic.answer.is_empty() && !magic.answer.contains('|'))
        );
    }

    #[test]
    fn every_snippet_is_read() {
        let languages: Vec<&str> = snippets().iter().map(|snippet| snippet.language).collect();
        assert_eq!(languages, ["Rust", "Python", "Node", "Kotlin", "Swift"]);
        assert!(snippets().iter().all(|snippet| snippet.code.contains("cus_NffrFeUfNV2Hib")));
    }
}
