//! What a record says, white space and the order of keys aside: by this two records with one id
//! are told apart.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use sha2::{Digest, Sha256};

/// 128 bits of the SHA-256 of what a record says: equal hash is equal content. A record that is no
/// JSON is taken as it is.
pub(crate) fn content_of(decoded: &[u8]) -> [u8; 16] {
    let mut hash = Sha256::new();
    match serde_json::from_slice::<Node>(decoded) {
        Ok(node) => node.hash(&mut hash),
        Err(_) => hash.update(decoded),
    }
    let mut short = [0; 16];
    short.copy_from_slice(&hash.finalize()[..16]);
    short
}

/// JSON of which nothing is lost but white space and the order of keys: not numbers' spellings, not
/// keys that come twice.
enum Node {
    Scalar(u8, String),
    List(Vec<Node>),
    /// By key; those of the same key in their order.
    Map(Vec<(String, Node)>),
}

impl Node {
    fn hash(&self, hash: &mut Sha256) {
        let mut part = |kind: u8, length: usize| {
            hash.update([kind]);
            hash.update((length as u64).to_le_bytes());
        };
        match self {
            Node::Scalar(kind, text) => {
                part(*kind, text.len());
                hash.update(text);
            }
            Node::List(items) => {
                part(b'l', items.len());
                items.iter().for_each(|item| item.hash(hash));
            }
            Node::Map(members) => {
                part(b'm', members.len());
                for (key, value) in members {
                    hash.update((key.len() as u64).to_le_bytes());
                    hash.update(key);
                    value.hash(hash);
                }
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(b'b', value.to_string()))
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Scalar(b'0', String::new()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(b's', value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    // A number comes as a map of its spelling, as serde_json gives it with `arbitrary_precision`.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut map: Vec<(String, Node)> = Vec::new();
        while let Some(member) = members.next_entry()? {
            map.push(member);
        }
        map.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(Node::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::content_of;

    #[test]
    fn what_is_said_counts_and_not_how_it_is_written() {
        let same = [
            r#"{"a":1.50,"b":["x",null,true],"c":{"d":"\u00e9"}}"#,
            " { \"c\" : {\"d\":\"é\"},\n\"b\":[\"x\", null, true], \"a\":1.50 } ",
        ];
        assert_eq!(
            content_of(same[0].as_bytes()),
            content_of(same[1].as_bytes())
        );
        let different = [
            r#"{"a":1}"#,
            r#"{"a":1.0}"#,
            r#"{"a":"1"}"#,
            r#"{"a":[1]}"#,
            r#"{"a":1,"a":1}"#,
            r#"{"a":2,"a":1}"#,
            r#"{"a":1,"a":2}"#,
            r#"{"a":null}"#,
            r#"{"a":""}"#,
            r#"{"a":{}}"#,
            r#"{"a":false}"#,
            "{\"a\":1",
            "{\"a\": 1",
            "2 1 2 3",
        ];
        for (n, one) in different.iter().enumerate() {
            for other in &different[..n] {
                assert_ne!(
                    content_of(one.as_bytes()),
                    content_of(other.as_bytes()),
                    "{one} {other}"
                );
            }
        }
    }
}
