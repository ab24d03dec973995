//! Patterns of names.

/// Whether `pattern` fits `name`: `*` stands for anything, `?` for one character. Without either
/// it fits where it occurs.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    if !pattern.contains(['*', '?']) {
        return name.contains(pattern);
    }
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where the last star stands, and how far it has reached.
    let mut star = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some('?') => (p, n) = (p + 1, n + 1),
            Some(c) if name.get(n) == Some(c) => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((at, reached)) => {
                    star = Some((at, reached + 1));
                    (p, n) = (at + 1, reached + 1);
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .is_some_and(|rest| rest.iter().all(|c| *c == '*'))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn star_and_question_mark_stand_for_others() {
        assert!(fits(
            "*modexp*",
            "byzantium/eip198_modexp_precompile/x.json"
        ));
        assert!(fits("a?c*", "abc"));
        assert!(!fits("a?c", "abcd"));
        assert!(fits("*b*d", "abcbd"));
        assert!(!fits("*b*d", "abcbde"));
        assert!(fits("modexp", "eip198_modexp"));
    }
}
