//! Cannon's log lines: key=value pairs on standard error.

use std::fmt::{Display, Write as _};

/// Logs at level INFO.
pub(crate) fn info(module: &str, message: &str, attributes: &[(&str, &dyn Display)]) {
    eprintln!("{}", line(module, message, attributes));
}

fn line(module: &str, message: &str, attributes: &[(&str, &dyn Display)]) -> String {
    let mut line = format!("level=INFO msg={} module={module}", quoted(message));
    for (key, value) in attributes {
        let _ = write!(line, " {key}={}", quoted(&value.to_string()));
    }
    line
}

/// A value as it is if it is one word, else in quotes.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_graphic() && c != '"' && c != '=';
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("{text:?}")
    }
}

/// Logs what the guest printed: as text, or in hex if it is none.
pub(crate) fn guest(stream: &str, bytes: &[u8]) {
    let printable = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    let (key, value) = if bytes.iter().all(printable) {
        ("text", String::from_utf8_lossy(bytes).into_owned())
    } else {
        ("data", format!("0x{}", hex::encode(bytes)))
    };
    info("guest", "", &[("stream", &stream), (key, &value)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_several_words_are_quoted() {
        let line = line(
            "vm",
            "Loaded input state",
            &[("version", &8), ("name", &"a=\"b\"")],
        );
        assert_eq!(
            line,
            r#"level=INFO msg="Loaded input state" module=vm version=8 name="a=\"b\"""#
        );
    }
}
