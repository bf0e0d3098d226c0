//! The service.

use crate::base::units::Dimension;
use crate::model::codes;
use crate::model::resolve::{Resolver, ci};
use crate::model::service::{Latency, Service};
use crate::syntax::ast;

/// What a service is asked, where the spec does not say.
const HEALTH: &str = "/health";
const PREDICT: &str = "/predict";
const PREDICTION: &str = "prediction";

impl Resolver<'_> {
    pub(super) fn service(&mut self) -> Option<Service> {
        let spec = self.spec;
        let mut declared = spec.services.iter();
        let raw = declared.next()?;
        for again in declared {
            self.sink.report(
                codes::DUPLICATE_NAME
                    .at(again.span, "the spec has two services")
                    .label("described again here")
                    .also(raw.span, "first described here")
                    .help("give the other model a spec of its own"),
            );
        }
        let find = |it| self.schemas.find(it, &codes::UNKNOWN_SCHEMA, self.sink);
        let input = raw.input.as_ref().and_then(find);
        let (health, predict) =
            (self.url_path(raw.health.as_ref()), self.url_path(raw.predict.as_ref()));
        let what = "a field: small letters, digits and `_`, neither `model` nor `version`";
        let expects = self.right(raw.expects.as_ref(), is_field, what);
        Some(Service {
            name: raw.name.clone(),
            model: self.plain_path(raw.model.as_ref()?)?,
            code: raw.code.as_ref().and_then(|it| self.plain_path(it)),
            target: raw.target.clone(),
            input,
            python: self.right(raw.python.as_ref(), ci::is_version, ci::VERSION),
            requirements: raw.requirements.as_ref().and_then(|it| self.plain_path(it)),
            url: raw.url.as_ref().map(|it| it.value.clone()),
            health: health.unwrap_or_else(|| HEALTH.to_owned()),
            predict: predict.unwrap_or_else(|| PREDICT.to_owned()),
            sample: raw.sample.as_ref().and_then(|it| self.plain_path(it)),
            expects: expects.unwrap_or_else(|| PREDICTION.to_owned()),
            latency: raw.latency.iter().filter_map(|it| self.latency(it)).collect(),
        })
    }

    fn url_path(&mut self, text: Option<&ast::Text>) -> Option<String> {
        self.right(text, is_url_path, "a path of a URL, as in `/predict`")
    }

    fn latency(
        &mut self,
        (percentile, bounds): &(ast::Text, Vec<crate::syntax::tree::RawBound>),
    ) -> Option<Latency> {
        let span = percentile.span;
        if bounds.is_empty() {
            self.sink.report(
                crate::syntax::codes::MISSING_BOUND
                    .at(span, "`latency` needs a bound")
                    .help("for example `latency p99 <=\"50ms\"`"),
            );
        }
        let percentile = self.percentile(percentile)?;
        let bounds =
            bounds.iter().filter_map(|it| self.bound(it, &[Dimension::Duration])).collect();
        Some(Latency { span, percentile, bounds })
    }
}

/// Whether a field of an answer may be called so, beside those that it has.
fn is_field(text: &str) -> bool {
    let taken = ["model", "version", "from", "in", "is", "class", "def", "pass", "return"];
    let plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(plain)
        && !taken.contains(&text)
}

fn is_url_path(text: &str) -> bool {
    let plain = |it: u8| it.is_ascii_alphanumeric() || b"/_-.".contains(&it);
    text.starts_with('/') && text.bytes().all(plain) && !text.contains("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_urls_are_plain() {
        for (text, want) in [
            ("/predict", true),
            ("/v1/models/churn-api", true),
            ("predict", false),
            ("/a b", false),
            ("/{x}", false),
            ("//x", false),
            ("/x?y", false),
        ] {
            assert_eq!(is_url_path(text), want, "{text}");
        }
    }
}
