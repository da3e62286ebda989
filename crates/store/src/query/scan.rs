//! The characters of a query: words, quotes, ranges and lists as the user writes them, and their
//! spelling for the grammar.

use super::pattern::spell;
use super::problem::{QueryProblem, Span};

/// Most values in one list.
pub const VALUES: usize = 100_000;

/// A place in the query's text.
#[derive(Clone, Debug)]
pub(super) struct Scan<'a> {
    text: &'a str,
    /// The next byte.
    pub at: usize,
}

/// What the grammar gets, and the places of the values in it.
pub(super) type Body = (String, Vec<Span>);

/// Characters that a backslash makes plain outside quotes; before others it stands for itself, so
/// that `CORP\user` needs no care.
const ESCAPED: &str = "*?\\\"'()[]{}:+-!^~<>/&|";

impl<'a> Scan<'a> {
    pub fn new(text: &'a str) -> Scan<'a> {
        Scan { text, at: 0 }
    }

    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub fn slice(&self, span: Span) -> &'a str {
        self.text.get(span.start..span.end).unwrap_or("")
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The next `length` bytes as a place.
    pub fn here(&self, length: usize) -> Span {
        Span {
            start: self.at,
            end: (self.at + length).min(self.text.len()),
        }
    }

    /// Whether anything is left after blanks.
    pub fn skip_blanks(&mut self) -> bool {
        self.at = self.text.len() - self.rest().trim_start().len();
        self.at < self.text.len()
    }

    /// Takes `word` if it stands here as a word of its own.
    pub fn eat(&mut self, word: &str) -> bool {
        let after = self
            .rest()
            .strip_prefix(word)
            .map(|rest| rest.chars().next());
        let found = after.is_some_and(|next| next.is_none_or(|c| c.is_whitespace() || c == ')'));
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// Everything up to a blank, a quote or a parenthesis.
    pub fn raw_word(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest
            .find(|c: char| c.is_whitespace() || "()\"".contains(c))
            .unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// A value, quoted or not, as the spelling of a pattern. It ends at a blank or at one of
    /// `closing`.
    pub fn spelling(&mut self, closing: &str) -> Result<(String, Span), QueryProblem> {
        match self.peek() {
            Some(quote @ ('"' | '\'')) => {
                let (text, at) = self.quoted(quote, closing)?;
                Ok((spell(&text), at))
            }
            _ => self.unquoted(closing),
        }
    }

    fn quoted(&mut self, quote: char, closing: &str) -> Result<(String, Span), QueryProblem> {
        let start = self.at;
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        let end = loop {
            match chars.next() {
                None => {
                    let message = format!("the quote {quote} is never closed");
                    let hint = format!(
                        "write {quote} where the text ends, and \\{quote} for one inside it"
                    );
                    return Err(QueryProblem::new(
                        Span {
                            start,
                            end: start + 1,
                        },
                        message,
                        hint,
                    ));
                }
                Some((at, c)) if c == quote => break start + at + 1,
                Some((_, '\\')) => match chars.next_if(|(_, c)| matches!(c, '"' | '\'' | '\\')) {
                    Some((_, c)) => text.push(c),
                    None => text.push('\\'),
                },
                Some((_, c)) => text.push(c),
            }
        };
        self.at = end;
        if self
            .peek()
            .is_some_and(|c| !c.is_whitespace() && !closing.contains(c))
        {
            let message = "a quote closes in the middle of a word";
            let hint = "write a blank after it, or \\\" for a quote inside the text";
            let length = self.peek().map_or(0, char::len_utf8);
            return Err(QueryProblem::new(self.here(length), message, hint));
        }
        Ok((text, Span { start, end }))
    }

    fn unquoted(&mut self, closing: &str) -> Result<(String, Span), QueryProblem> {
        let start = self.at;
        let mut spelling = String::new();
        let mut chars = self.rest().char_indices().peekable();
        let mut length = self.rest().len();
        while let Some((at, c)) = chars.next() {
            if c.is_whitespace() || closing.contains(c) {
                length = at;
                break;
            }
            let escaped = |&(_, c): &(usize, char)| c.is_whitespace() || ESCAPED.contains(c);
            match c {
                '(' | ')' | '"' => {
                    let at = Span {
                        start: start + at,
                        end: start + at + 1,
                    };
                    let message = format!("{c} stands inside a word");
                    let hint = "put the whole value into quotes, or write a blank before it";
                    return Err(QueryProblem::new(at, message, hint));
                }
                '\\' => match chars.next_if(escaped) {
                    Some((_, c)) => spelling.push_str(&spell(c.encode_utf8(&mut [0; 4]))),
                    None => spelling.push_str("\\\\"),
                },
                _ => spelling.push(c),
            }
        }
        self.at = start + length;
        Ok((
            spelling,
            Span {
                start,
                end: self.at,
            },
        ))
    }

    /// `[a TO b]` or `{a TO b}`.
    pub fn range(&mut self) -> Result<Body, QueryProblem> {
        let start = self.at;
        let open = self.peek().unwrap_or('[');
        self.at += 1;
        let (lower, lower_at) = self.bound(start)?;
        self.skip_blanks();
        if !self.eat("TO") {
            return Err(self.no_range(start, "TO is missing in the range"));
        }
        let (upper, upper_at) = self.bound(start)?;
        self.skip_blanks();
        let Some(close @ (']' | '}')) = self.peek() else {
            return Err(self.no_range(start, "the range is never closed"));
        };
        self.at += 1;
        let bound = |text: &str| {
            if text == "*" {
                "*".to_owned()
            } else {
                spelled_bound(text)
            }
        };
        Ok((
            format!("{open}{} TO {}{close}", bound(&lower), bound(&upper)),
            vec![lower_at, upper_at],
        ))
    }

    fn no_range(&self, start: usize, message: &str) -> QueryProblem {
        let at = Span {
            start,
            end: self.at.max(start + 1),
        };
        QueryProblem::new(
            at,
            message,
            "write [from TO to], with * where an end is open",
        )
    }

    fn bound(&mut self, start: usize) -> Result<(String, Span), QueryProblem> {
        self.skip_blanks();
        if matches!(self.peek(), None | Some(']' | '}')) {
            return Err(self.no_range(start, "an end of the range is missing"));
        }
        self.end_value("]}")
    }

    /// The value at an end of a range, without wild cards; `*` alone is an open end.
    fn end_value(&mut self, closing: &str) -> Result<(String, Span), QueryProblem> {
        let (spelling, at) = self.spelling(closing)?;
        if spelling == "*" {
            return Ok((spelling, at));
        }
        let problem = |message: &str| {
            QueryProblem::new(
                at,
                message,
                "write a whole value, or * alone for an open end",
            )
        };
        match super::pattern::Pattern::new(&spelling).exact() {
            None => Err(problem("a wild card stands in a range")),
            Some(text) if text.is_empty() => Err(problem("an end of the range is empty")),
            Some(text) if text == "*" => Err(problem("an end of the range is no value")),
            Some(text) => Ok((text, at)),
        }
    }

    /// `>a`, `>=a`, `<a`, `<=a`, written as ranges.
    pub fn comparison(&mut self) -> Result<Body, QueryProblem> {
        let operator = [">=", "<=", ">", "<"]
            .into_iter()
            .find(|sign| self.rest().starts_with(sign));
        let operator = operator.unwrap_or(">");
        let sign = self.here(operator.len());
        self.at = sign.end;
        self.skip_blanks();
        if matches!(self.peek(), None | Some(')')) {
            let message = format!("no value stands after {operator}");
            return Err(QueryProblem::new(
                sign,
                message,
                "write a number, a time or an address after it",
            ));
        }
        let (value, at) = self.end_value(")")?;
        if value == "*" {
            let message = format!("{operator} needs a value");
            return Err(QueryProblem::new(
                at,
                message,
                "write field:* for any value",
            ));
        }
        let value = spelled_bound(&value);
        let body = match operator {
            ">=" => format!("[{value} TO *]"),
            ">" => format!("{{{value} TO *]"),
            "<=" => format!("[* TO {value}]"),
            _ => format!("[* TO {value}}}"),
        };
        let open = Span {
            start: at.end,
            end: at.end,
        };
        Ok((
            body,
            if operator.starts_with('>') {
                vec![at, open]
            } else {
                vec![open, at]
            },
        ))
    }

    /// Whether `IN [` stands here.
    pub fn at_list(&self) -> bool {
        self.rest()
            .strip_prefix("IN")
            .is_some_and(|rest| rest.trim_start().starts_with('['))
    }

    /// `IN [a b c]`.
    pub fn list(&mut self) -> Result<Body, QueryProblem> {
        let start = self.at;
        self.at += self.rest().find('[').map_or(0, |at| at + 1);
        let (mut body, mut values) = (String::from("IN ["), Vec::new());
        while self.skip_blanks() && self.peek() != Some(']') {
            let (spelling, at) = self.spelling("]")?;
            if spelling.ends_with(',') && !self.slice(at).ends_with('"') {
                let comma = Span {
                    start: at.end - 1,
                    end: at.end,
                };
                let hint =
                    "separate the values of a list with blanks; quote a value that has a comma";
                return Err(QueryProblem::new(
                    comma,
                    "a comma ends a value of the list",
                    hint,
                ));
            }
            if values.len() >= VALUES {
                let message = format!("the list has more than {VALUES} values");
                return Err(QueryProblem::new(
                    at,
                    message,
                    "put long lists into several queries",
                ));
            }
            body.push_str(if values.is_empty() { "" } else { " " });
            body.push_str(&quote(&spelling));
            values.push(at);
        }
        let at = Span {
            start,
            end: self.at,
        };
        if self.peek() != Some(']') {
            return Err(QueryProblem::new(
                at,
                "the list is never closed",
                "write IN [a b c]",
            ));
        }
        self.at += 1;
        if values.is_empty() {
            return Err(QueryProblem::new(
                at,
                "the list is empty",
                "write IN [a b c]",
            ));
        }
        body.push(']');
        Ok((body, values))
    }
}

/// A text in the grammar's double quotes.
pub(super) fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A range's end as the grammar's bare word.
pub(super) fn spelled_bound(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() || "^`:{}\"'[]()\\-".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
