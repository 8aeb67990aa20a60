//! Paths in one line of text.

use std::{fmt, fmt::Write, path::Path};

/// Prints a path so that it stays in its line and can be told from every other path.
///
/// A backslash is doubled; a control character, and each byte that is not UTF-8, becomes `\n`, `\r`, `\t` or
/// `\xNN`. Everything else is printed as it is.
pub(crate) struct Escaped<'a>(pub(crate) &'a Path);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.as_os_str().as_encoded_bytes().utf8_chunks() {
            for character in chunk.valid().chars() {
                match character {
                    '\\' => f.write_str("\\\\")?,
                    '\n' => f.write_str("\\n")?,
                    '\r' => f.write_str("\\r")?,
                    '\t' => f.write_str("\\t")?,
                    control if control.is_control() => {
                        let mut bytes = [0; 4];
                        escape(f, control.encode_utf8(&mut bytes).as_bytes())?;
                    }
                    other => f.write_char(other)?,
                }
            }
            escape(f, chunk.invalid())?;
        }
        Ok(())
    }
}

fn escape(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "\\x{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Escaped;

    #[track_caller]
    fn assert_printed(path: impl AsRef<Path>, printed: &str) {
        assert_eq!(Escaped(path.as_ref()).to_string(), printed);
    }

    #[test]
    fn ordinary_names_are_printed_as_they_are() {
        assert_printed("a b/größe.rs", "a b/größe.rs");
    }

    #[test]
    fn nothing_leaves_its_line() {
        assert_printed("a\nb\r\tc\u{1b}[2J\u{85}", "a\\nb\\r\\tc\\x1b[2J\\xc2\\x85");
    }

    #[test]
    fn an_escape_can_not_be_faked() {
        assert_printed("a\\nb", "a\\\\nb");
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_not_utf_8_are_kept_apart() {
        use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

        assert_printed(OsStr::from_bytes(b"\xffa\xfe"), "\\xffa\\xfe");
        assert_printed(OsStr::from_bytes(b"\xe2\x82"), "\\xe2\\x82");
    }
}
