//! Statements, once, and three ways to write them: Turtle, RDF/XML and JSON-LD say the same.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use oxrdf::{Literal, NamedNode, Term, Triple};
use oxrdfxml::RdfXmlSerializer;
use oxttl::TurtleSerializer;
use serde_json::{Map, Value, json};

/// The vocabularies, by the prefixes under which terms stand in this program and in all files.
const VOCABULARIES: &[(&str, &str)] = &[
    ("adms", "http://www.w3.org/ns/adms#"),
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("dqv", "http://www.w3.org/ns/dqv#"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("hydra", "http://www.w3.org/ns/hydra/core#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("spdx", "http://spdx.org/rdf/terms#"),
    ("vcard", "http://www.w3.org/2006/vcard/ns#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// A term such as `dct:title` in full.
///
/// Panics: never on data; a term is a word of this program, and a test reads all of them.
fn expand(term: &str) -> NamedNode {
    let (prefix, name) = term.split_once(':').unwrap_or(("", term));
    let space = VOCABULARIES.iter().find(|(known, _)| *known == prefix).map_or("", |(_, space)| space);
    debug_assert!(!space.is_empty(), "{term} is of no known vocabulary");
    NamedNode::new_unchecked(format!("{space}{name}"))
}

/// Something with an address, and what is said of it.
#[derive(Clone, Debug)]
pub struct Node {
    iri: String,
    types: Vec<&'static str>,
    statements: Vec<(&'static str, Term)>,
}

impl Node {
    /// A thing of a class, such as `dcat:Dataset`.
    #[must_use]
    pub fn new(iri: impl Into<String>, class: &'static str) -> Self {
        Self { iri: iri.into(), types: vec![class], statements: Vec::new() }
    }

    /// Says that it is of a further class.
    #[must_use]
    pub fn and(mut self, class: &'static str) -> Self {
        self.types.push(class);
        self
    }

    /// Says a text in a language; an empty one is not said.
    #[must_use]
    pub fn text(self, term: &'static str, text: &str, language: &str) -> Self {
        let literal = Literal::new_language_tagged_literal(text, language);
        // A language tag that is none leaves the text without one.
        let literal = literal.unwrap_or_else(|_| Literal::new_simple_literal(text));
        self.literal(term, text, literal)
    }

    /// Says a text in no language, such as a code; an empty one is not said.
    #[must_use]
    pub fn plain(self, term: &'static str, text: &str) -> Self {
        self.literal(term, text, Literal::new_simple_literal(text))
    }

    /// Says a value of a type, such as `xsd:date`.
    #[must_use]
    pub fn typed(self, term: &'static str, value: impl std::fmt::Display, datatype: &'static str) -> Self {
        let value = value.to_string();
        let literal = Literal::new_typed_literal(value.as_str(), expand(datatype));
        self.literal(term, &value, literal)
    }

    fn literal(mut self, term: &'static str, text: &str, literal: Literal) -> Self {
        if !text.is_empty() {
            self.statements.push((term, literal.into()));
        }
        self
    }

    /// Says that it has to do with something that has an address; what is no address is not said.
    #[must_use]
    pub fn iri(mut self, term: &'static str, iri: impl Into<String>) -> Self {
        if let Ok(node) = NamedNode::new(iri) {
            self.statements.push((term, node.into()));
        }
        self
    }

    /// Says that it has to do with a term of a vocabulary.
    #[must_use]
    pub fn term(mut self, term: &'static str, object: &'static str) -> Self {
        self.statements.push((term, expand(object).into()));
        self
    }
}

/// Nodes in the order in which they were told of; of one address the first.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    known: BTreeSet<String>,
}

impl Graph {
    /// Adds a node; one that is known already is left as it is, and one without a valid address is not added.
    pub fn add(&mut self, node: Node) {
        if NamedNode::new(node.iri.as_str()).is_ok() && self.known.insert(node.iri.clone()) {
            self.nodes.push(node);
        }
    }

    /// Adds everything of another graph.
    pub fn extend(&mut self, other: Self) {
        for node in other.nodes {
            self.add(node);
        }
    }

    fn triples(&self) -> impl Iterator<Item = Triple> {
        self.nodes.iter().flat_map(|node| {
            let subject = NamedNode::new_unchecked(node.iri.as_str());
            let types = node.types.iter().map(|class| ("rdf:type", Term::from(expand(class))));
            let all = types.chain(node.statements.iter().cloned());
            all.map(move |(term, object)| Triple::new(subject.clone(), expand(term), object))
        })
    }

    /// Turtle.
    ///
    /// Errors: none that can come of data.
    pub fn turtle(&self) -> Result<Vec<u8>> {
        let mut serializer = TurtleSerializer::new();
        for (prefix, space) in VOCABULARIES {
            serializer = serializer.with_prefix(*prefix, *space).context("a prefix of Turtle")?;
        }
        let mut writer = serializer.for_writer(Vec::new());
        for triple in self.triples() {
            writer.serialize_triple(&triple).context("writing Turtle")?;
        }
        writer.finish().context("writing Turtle")
    }

    /// RDF/XML.
    ///
    /// Errors: none that can come of data.
    pub fn rdf_xml(&self) -> Result<Vec<u8>> {
        let mut serializer = RdfXmlSerializer::new();
        for (prefix, space) in VOCABULARIES {
            serializer = serializer.with_prefix(*prefix, *space).context("a prefix of RDF/XML")?;
        }
        let mut writer = serializer.for_writer(Vec::new());
        for triple in self.triples() {
            writer.serialize_triple(&triple).context("writing RDF/XML")?;
        }
        let mut bytes = writer.finish().context("writing RDF/XML")?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// JSON-LD: one node a line, terms by their prefixes.
    ///
    /// Errors: none that can come of data.
    pub fn json_ld(&self) -> Result<Vec<u8>> {
        let context: Map<String, Value> =
            VOCABULARIES.iter().map(|(prefix, space)| ((*prefix).to_owned(), json!(space))).collect();
        let mut res = Vec::from(&b"{\"@context\":"[..]);
        serde_json::to_writer(&mut res, &context)?;
        res.extend_from_slice(b",\"@graph\":[");
        for (idx, node) in self.nodes.iter().enumerate() {
            res.extend_from_slice(if idx == 0 { b"\n" } else { b",\n" });
            serde_json::to_writer(&mut res, &json_of(node))?;
        }
        res.extend_from_slice(b"\n]}\n");
        Ok(res)
    }
}

fn json_of(node: &Node) -> Value {
    let mut res = Map::new();
    res.insert("@id".to_owned(), json!(node.iri));
    res.insert("@type".to_owned(), json!(node.types));
    for (term, object) in &node.statements {
        let object = json_of_object(object);
        match res.get_mut(*term) {
            None => {
                res.insert((*term).to_owned(), object);
            }
            Some(Value::Array(known)) => known.push(object),
            Some(known) => *known = json!([known.take(), object]),
        }
    }
    Value::Object(res)
}

fn json_of_object(object: &Term) -> Value {
    match object {
        Term::NamedNode(node) => json!({ "@id": node.as_str() }),
        Term::BlankNode(node) => json!({ "@id": node.to_string() }),
        Term::Literal(literal) => match literal.language() {
            Some(language) => json!({ "@value": literal.value(), "@language": language }),
            None if literal.datatype() == oxrdf::vocab::xsd::STRING => json!(literal.value()),
            None => json!({ "@value": literal.value(), "@type": literal.datatype().as_str() }),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph() -> Graph {
        let mut graph = Graph::default();
        let node = Node::new("https://a.example/1/", "dcat:Dataset").and("dct:Standard");
        let node = node.text("dct:title", "题\"名\\\n<b>", "zh-CN").plain("dct:identifier", "1");
        let node = node.typed("dct:issued", "2026-03-01", "xsd:date").iri("dcat:landingPage", "https://a.example/1/");
        graph.add(node.iri("dct:relation", "no address").text("dct:description", "", "en").plain("dcat:keyword", "甲"));
        graph.add(Node::new("https://a.example/1/", "dcat:Catalog"));
        graph
    }

    #[test]
    fn three_syntaxes_say_the_same() {
        let graph = graph();
        let told: BTreeSet<String> = graph.triples().map(|triple| triple.to_string()).collect();
        assert_eq!(told.len(), 7, "what is empty or no address is not said, and the first node of an address counts");
        let turtle = graph.turtle().unwrap();
        let read = oxttl::TurtleParser::new().for_slice(&turtle).map(|triple| triple.unwrap().to_string());
        assert_eq!(read.collect::<BTreeSet<_>>(), told);
        let xml = graph.rdf_xml().unwrap();
        let read = oxrdfxml::RdfXmlParser::new().for_slice(&xml).map(|triple| triple.unwrap().to_string());
        assert_eq!(read.collect::<BTreeSet<_>>(), told);
        let json: Value = serde_json::from_slice(&graph.json_ld().unwrap()).unwrap();
        assert_eq!(json["@graph"][0]["dct:title"]["@value"], "题\"名\\\n<b>");
        assert_eq!(json["@graph"][0]["dct:issued"]["@type"], "http://www.w3.org/2001/XMLSchema#date");
        assert_eq!(json["@graph"].as_array().unwrap().len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn any_text_comes_back(text in "\\PC{1,40}") {
            let mut graph = Graph::default();
            graph.add(Node::new("https://a.example/1/", "dcat:Dataset").text("dct:title", &text, "zh-CN"));
            for triple in oxttl::TurtleParser::new().for_slice(&graph.turtle().unwrap()) {
                let triple = triple.unwrap();
                if let Term::Literal(literal) = triple.object {
                    proptest::prop_assert_eq!(literal.value(), text.as_str());
                }
            }
        }
    }
}
