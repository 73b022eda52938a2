//! Tables from the documentation: the magic customers, whose ids cause a scripted response, and the code snippets.

/// Table of the magic customers, which is also in the documentation of the crate.
const MAGIC_CUSTOMERS: &str = include_str!("../../cases/magic-customers.md");

/// Code that creates a session or a handshake token, in each supported language. The READMEs contain the same code.
const SNIPPETS: &str = include_str!("../../assets/dashboard/snippets.md");

/// Row of the table: the ids of magic customers with the same scripted response.
#[derive(Debug, PartialEq)]
pub(super) struct MagicCustomer {
    pub(super) ids: Vec<&'static str>,
    pub(super) response: String,
}

pub(super) struct Snippet {
    pub(super) language: &'static str,
    /// Title and code of each block.
    pub(super) blocks: [(&'static str, &'static str); 2],
}

/// Returns the rows of the table of magic customers.
pub(super) fn magic_customers() -> Vec<MagicCustomer> {
    let rows = MAGIC_CUSTOMERS.lines().skip(2).filter_map(|line| {
        let (ids, others) = line.strip_prefix("| ")?.split_once(" | ")?;
        let (response, _) = others.split_once(" | ")?;
        let ids = ids.split(", ").map(|id| id.trim_matches('`')).collect();
        Some(MagicCustomer { ids, response: response.replace('`', "") })
    });
    rows.collect()
}

/// Returns the code snippets. In the Markdown file, the heading above two code blocks is the name of the language.
pub(super) fn snippets() -> Vec<Snippet> {
    let sections = SNIPPETS.split("\n## ").skip(1);
    let snippets = sections.filter_map(|section| {
        let (language, rest) = section.split_once('\n')?;
        let (session, rest) = code_block(rest)?;
        let (token, _) = code_block(rest)?;
        Some(Snippet { language, blocks: [("session", session), ("handshake token", token)] })
    });
    snippets.collect()
}

/// Returns the code of the first code block, and the text after the block.
fn code_block(text: &str) -> Option<(&str, &str)> {
    let (_, fenced) = text.split_once("```")?;
    fenced.split_once('\n')?.1.split_once("\n```")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::case::CaseFile;

    #[test]
    fn table_contains_each_magic_customer_once() {
        let scripted = CaseFile::parse(include_str!("../../cases/magic-customers.json")).unwrap();
        let scripted: Vec<String> = scripted.cases.into_iter().map(|case| case.name).collect();
        let listed: Vec<&str> = magic_customers().into_iter().flat_map(|magic| magic.ids).collect();
        assert_eq!(
            listed.iter().copied().collect::<BTreeSet<_>>(),
            scripted.iter().map(String::as_str).collect()
        );
        assert_eq!(listed.len(), scripted.len());
        assert!(
            magic_customers().iter().all(|magic| !magic.response.is_empty() && !magic.response.contains('|'))
        );
    }

    #[test]
    fn every_snippet_is_parsed() {
        let languages: Vec<&str> = snippets().iter().map(|snippet| snippet.language).collect();
        assert_eq!(languages, ["Rust", "Python", "Node", "Kotlin", "Swift"]);
        for Snippet { language, blocks } in snippets() {
            for (title, code) in blocks {
                let (code, kind) = (code.to_lowercase(), title.split(' ').next().unwrap());
                assert!(code.contains("cus_nffrfeufnv2hib") && code.contains(kind), "{language}: {code}");
            }
        }
    }
}
