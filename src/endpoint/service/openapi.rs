//! The description of the endpoint for programs, in OpenAPI 3.1.

use serde_json::{Value, json};

use crate::endpoint::intake::{MAX_CONTACT, MAX_FILE_BYTES, MAX_FILES, MAX_STATEMENT};
use crate::site::EndpointConfig;

/// Describes the endpoint at its address.
pub(super) fn describe(endpoint: &EndpointConfig) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "kaishu endpoint",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Objections, corrections and reports on open data. The receipt is sent only after everything is durable."
        },
        "servers": [{ "url": endpoint.url.trim_end_matches('/') }],
        "paths": {
            "/": { "post": {
                "operationId": "createCase",
                "summary": "Object, ask for a correction, or report misuse",
                "parameters": [{
                    "name": "Idempotency-Key", "in": "header", "schema": { "type": "string", "maxLength": 128 },
                    "description": "The same key with the same content answers the same receipt; with other content 409."
                }],
                "requestBody": { "required": true, "content": {
                    "application/json": { "schema": { "$ref": "#/components/schemas/Submission" } },
                    "application/x-www-form-urlencoded": { "schema": { "$ref": "#/components/schemas/Submission" } },
                    "multipart/form-data": { "schema": { "$ref": "#/components/schemas/SubmissionForm" } }
                } },
                "responses": responses(&[(201, "On file; where the rules say so, the dataset is off the site", "Case"),
                    (200, "Was on file already", "Case")])
            } },
            "/challenge": { "get": {
                "operationId": "getChallenge",
                "summary": "A challenge for the optional proof of work",
                "responses": { "200": answer("The challenge", "Challenge") }
            } },
            "/{receipt}": { "get": {
                "operationId": "getCase",
                "summary": "Where a case stands",
                "parameters": [receipt()],
                "security": [{ "secret": [] }],
                "responses": responses(&[(200, "The case", "Case")])
            } },
            "/{receipt}/evidence": { "post": following("addEvidence", "Add evidence to a case, until it is decided", true) },
            "/{receipt}/review": { "post": following("askForReview", "Ask for a review, where the rules know one", false) },
            "/health": { "get": {
                "operationId": "getHealth",
                "summary": "Whether cases can be taken in",
                "responses": { "200": answer("They can", "Health"), "503": answer("They cannot", "Health") }
            } }
        },
        "components": {
            "securitySchemes": { "secret": { "type": "http", "scheme": "bearer" } },
            "schemas": schemas()
        }
    })
}

fn receipt() -> Value {
    json!({ "name": "receipt", "in": "path", "required": true, "schema": { "type": "string", "pattern": "^KS-" } })
}

/// What follows a case: evidence is files with or without words, a request for review words alone.
fn following(id: &str, summary: &str, takes_files: bool) -> Value {
    let words = json!({ "type": "string", "maxLength": MAX_STATEMENT });
    let content = if takes_files {
        let schema = json!({ "type": "object", "required": ["evidence"], "properties": { "statement": words, "evidence": files() } });
        json!({ "multipart/form-data": { "schema": schema } })
    } else {
        let schema = json!({ "type": "object", "required": ["statement"], "properties": { "statement": words } });
        json!({ "application/json": { "schema": schema }, "application/x-www-form-urlencoded": { "schema": schema },
            "multipart/form-data": { "schema": schema } })
    };
    json!({
        "operationId": id,
        "summary": summary,
        "parameters": [receipt()],
        "security": [{ "secret": [] }],
        "requestBody": { "required": true, "content": content },
        "responses": responses(&[(201, "On file", "Case"), (200, "Was on file already", "Case")])
    })
}

fn answer(description: &str, schema: &str) -> Value {
    let schema = format!("#/components/schemas/{schema}");
    json!({ "description": description, "content": { "application/json": { "schema": { "$ref": schema } } } })
}

fn responses(good: &[(u16, &str, &str)]) -> Value {
    let mut res = serde_json::Map::new();
    for (status, description, schema) in good {
        res.insert(status.to_string(), answer(description, schema));
    }
    let bad = [
        ("400", "Malformed"),
        ("403", "The page that sent it is not allowed to"),
        ("404", "No such receipt, or another secret"),
        ("409", "The key was used for something else, or the rules do not let it follow"),
        ("411", "No Content-Length"),
        ("413", "Too large"),
        ("415", "None of multipart/form-data, application/x-www-form-urlencoded and application/json"),
        ("422", "Fields or files must be mended"),
        ("429", "Too many; see Retry-After"),
        ("503", "The store cannot be written to"),
        ("507", "No room"),
    ];
    for (status, description) in bad {
        res.insert(status.to_owned(), answer(description, "Error"));
    }
    Value::Object(res)
}

fn files() -> Value {
    json!({
        "type": "array", "maxItems": MAX_FILES, "items": { "type": "string", "format": "binary" },
        "description": format!("PDF, PNG, JPEG or UTF-8 text by content, each at most {MAX_FILE_BYTES} bytes")
    })
}

fn schemas() -> Value {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let text = |most: usize| json!({ "type": "string", "maxLength": most });
    let mut submission = json!({
        "type": "object",
        "required": ["kind", "statement"],
        "properties": {
            "kind": { "enum": ["objection", "correction", "report"] },
            "dataset": { "type": "string", "description": "Required but for a report" },
            "grounds": { "type": "array", "items": { "type": "string" },
                "description": "In the words of the rules, or by their codes; an error lists both" },
            "claims": texts,
            "locator": text(500), "statement": text(MAX_STATEMENT), "contact": text(MAX_CONTACT),
            "guardian": { "type": "boolean", "description": "On behalf of a child under 14" },
            "lang": { "type": "string" },
            "challenge": { "type": "string" }, "nonce": { "type": "string", "maxLength": 32 },
            "website": { "type": "string", "maxLength": 0 }
        }
    });
    let plain = submission.clone();
    submission["properties"]["evidence"] = files();
    json!({
        "Submission": plain,
        "SubmissionForm": submission,
        "Challenge": {
            "type": "object",
            "required": ["challenge", "bits"],
            "properties": {
                "challenge": { "type": "string" },
                "bits": { "type": "integer", "description": "SHA-256 of challenge, a colon and the nonce begins with so many zero bits" }
            }
        },
        "Case": case(),
        "Health": { "type": "object", "properties": { "status": { "enum": ["ok", "failing"] } } },
        "Error": {
            "type": "object",
            "required": ["error"],
            "properties": { "error": { "type": "object", "required": ["status", "message"], "properties": {
                "status": { "type": "integer" }, "code": { "type": "string" }, "message": { "type": "string" },
                "fields": { "type": "array", "items": { "type": "object", "properties": {
                    "name": { "type": "string" }, "message": { "type": "string" } } } } } } }
        }
    })
}

fn case() -> Value {
    let day = json!({ "type": ["string", "null"], "format": "date" });
    json!({
        "type": "object",
        "required": ["receipt", "kind", "state", "effect", "dataset_state", "steps", "due", "evidence", "may", "notes"],
        "properties": {
            "receipt": { "type": "string" },
            "secret": { "type": "string", "description": "With the receipt alone; whoever repeats the request with the same key gets it again" },
            "kind": { "type": "string" }, "dataset": { "type": "string" },
            "state": { "enum": ["received", "awaiting_evidence", "verifying", "decided", "in_review", "closed"] },
            "received_on": day,
            "effect": { "enum": ["none", "suspended", "queued"], "description": "What this case did to the dataset at once" },
            "dataset_state": { "enum": ["open", "suspended", "withdrawn", "absent", null],
                "description": "The dataset now, whatever closed it; absent: not on the site, or not yet again; null: no dataset is meant" },
            "steps": { "type": "array", "items": { "type": "object", "properties": {
                "step": { "type": "string" }, "label": { "type": "string" }, "day": day } } },
            "due": { "type": "array", "items": { "type": "object", "properties": {
                "what": { "type": "string" }, "last_day": day,
                "article": { "type": "string", "description": "Empty for a target of the site's own" } } } },
            "outcome": { "type": ["string", "null"] }, "reasons": { "type": "string" },
            "evidence": { "type": "array", "items": { "type": "object", "properties": {
                "number": { "type": "integer" }, "name": { "type": "string" }, "bytes": { "type": "integer" }, "sha256": { "type": "string" } } } },
            "may": { "type": "array", "items": { "enum": ["evidence", "review"] } },
            "notes": { "type": "array", "items": { "type": "object", "properties": {
                "code": { "enum": ["evidence_needed", "open_until_evidence", "held_otherwise"] }, "text": { "type": "string" } } } },
            "status_url": { "type": "string", "format": "uri" }
        }
    })
}
