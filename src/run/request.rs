//! Builds the request of a step: parameters resolved, encoded, and whatever the step overrides.

use serde_json::{Map, Value};

use crate::judge::numbered::NearMiss;
use crate::model::exchange::Request;
use crate::model::reason::EarlierStep;
use crate::suite::case::Step;
use crate::value::filter::FilterKind;
use crate::value::variables::{Lookup, Text};

/// Builds one request.
///
/// # Errors
///
/// The first value that is not there.
pub(crate) fn build(step: &Step, lookup: Lookup<'_>) -> Result<Request, EarlierStep> {
    let mut parameters = Map::new();
    for (name, template) in &step.with {
        parameters.insert(name.clone(), template.resolve(lookup)?.into_owned());
    }
    let encoded = (step.encoding.encode)(&parameters);
    let mut headers = encoded.headers;
    let mut body = encoded.body;
    let query = match &step.query {
        Some(query) => Some(resolve_text(query, lookup)?),
        None => encoded.query,
    };
    if let Some(raw) = &step.body {
        let text = resolve_text(raw, lookup)?;
        body = (!text.is_empty()).then(|| text.into_bytes());
        if body.is_none() {
            headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        }
    }
    if let Some(content_type) = &step.content_type {
        set(&mut headers, "Content-Type", content_type.clone());
    }
    for (name, value) in &step.headers {
        set(&mut headers, name, resolve_text(value, lookup)?);
    }
    Ok(Request { method: step.method.clone(), path: step.path.clone(), query, headers, body })
}

fn resolve_text(text: &Text, lookup: Lookup<'_>) -> Result<String, EarlierStep> {
    Ok(match text.resolve(lookup)?.into_owned() {
        Value::String(text) => text,
        value => value.to_string(),
    })
}

fn set(headers: &mut Vec<(String, String)>, name: &str, value: String) {
    headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    headers.push((name.to_owned(), value));
}

/// The near misses of secrets that a step sends, so that they can be told from the secrets.
pub(crate) fn near_misses(step: &Step, lookup: Lookup<'_>) -> Vec<NearMiss> {
    step.references()
        .filter_map(|reference| {
            let filter = reference.filter.filter(|filter| filter.kind == FilterKind::NearMiss)?;
            let source = lookup(reference).ok()?.as_str()?.to_owned();
            Some(NearMiss { value: filter.apply(&source)?, source, filter })
        })
        .collect()
}
