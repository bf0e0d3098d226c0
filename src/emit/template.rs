//! Renders templates of code and prose; the only user of minijinja. Unaware of what is rendered.
//! YAML goes through `base::yaml`, but for the jobs of forges, into which values come as JSON.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

/// Fills a template. Delimiters are `[= =]`, `[% %]` and `[# #]`, so that braces of Python, shell
/// and workflows pass untouched; a name that is not in `context` is an error.
pub(crate) fn render(
    name: &str,
    source: &str,
    context: impl Serialize,
) -> Result<String, TemplateError> {
    let mut environment = Environment::new();
    environment.set_syntax(syntax());
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    let rendered = environment.render_named_str(name, source, Serde(context));
    rendered.map_err(|error| TemplateError(format!("{error:#}")))
}

/// A template that does not fit what it is given: a mistake of ours, not of a user.
#[derive(Debug)]
pub(crate) struct TemplateError(String);

impl std::fmt::Display for TemplateError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for TemplateError {}

fn syntax() -> SyntaxConfig {
    let config = SyntaxConfig::builder()
        .variable_delimiters("[=", "=]")
        .block_delimiters("[%", "%]")
        .comment_delimiters("[#", "#]")
        .keep_trailing_newline(true)
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    config.expect("invariant: the delimiters differ")
}

#[cfg(test)]
mod tests {
    use super::render;
    use std::collections::BTreeMap;

    #[test]
    fn braces_of_other_languages_pass() {
        let context = BTreeMap::from([("name", "churn")]);
        let source = "${{ a }} {% x %} [= name =]\n";
        assert_eq!(render("t", source, context).unwrap(), "${{ a }} {% x %} churn\n");
    }

    #[test]
    fn an_unknown_name_is_an_error() {
        let error = render("t", "[= nmae =]", BTreeMap::from([("name", "churn")])).unwrap_err();
        assert!(error.to_string().contains("undefined"), "{error}");
    }
}
