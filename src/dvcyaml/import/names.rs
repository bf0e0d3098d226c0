//! `${…}` of DVC as `{{ … }}` of a spec, where both can mean the same.

use crate::base::value::Value;
use crate::dvcyaml::context::Context;
use crate::dvcyaml::expression::{self, Part};
use crate::dvcyaml::import::quoting;
use crate::dvcyaml::python_text::{self, Style};
use std::collections::BTreeMap;

/// What `item` and `key` are in a stage.
#[derive(Clone, Debug)]
pub(crate) enum Binding {
    /// Axes of a matrix: how `${item.NAME}` is called.
    Matrix(Vec<String>),
    /// One axis of this name, for `${item}` or `${key}` as a whole.
    Axis(&'static str),
    /// Known values, or none.
    Values(Vec<(&'static str, Value)>),
}

/// Turns texts over, and gathers the variables that they need.
pub(crate) struct Names<'a> {
    /// All values that the file can name.
    pub(crate) context: &'a Context,
    /// Those that stand in the default params file.
    pub(crate) params: &'a Context,
    pub(crate) style: Style,
    /// Variables of the spec, with their values.
    pub(crate) vars: BTreeMap<String, String>,
    /// Values that were written out, so that the spec does not follow them any more.
    pub(crate) written_out: Vec<String>,
}

/// A text depends on `item` or `key` in a way that one stage of a spec cannot say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoAxis;

impl Names<'_> {
    /// A text of `dvc.yaml` as a text of a spec.
    pub(crate) fn text(&mut self, text: &str, binding: &Binding) -> Result<String, NoAxis> {
        let mut out = String::with_capacity(text.len());
        for part in expression::parts(text) {
            match part {
                Part::Text(text) => out.push_str(&text.replace("\\${", "${")),
                Part::Hole(inner) => out.push_str(&self.hole(inner, binding)?),
            }
        }
        Ok(out)
    }

    fn hole(&mut self, inner: &str, binding: &Binding) -> Result<String, NoAxis> {
        let keys = expression::keys(inner).unwrap_or_default();
        match (keys.as_slice(), binding) {
            (["key"], Binding::Matrix(axes)) => {
                let holes: Vec<String> =
                    axes.iter().map(|axis| format!("{{{{ {axis} }}}}")).collect();
                return Ok(holes.join("-"));
            }
            (["item", axis], Binding::Matrix(axes)) if axes.iter().any(|it| it == axis) => {
                return Ok(format!("{{{{ {axis} }}}}"));
            }
            ([name], Binding::Axis(axis)) if name == axis => {
                return Ok(format!("{{{{ {axis} }}}}"));
            }
            (["key", ..], Binding::Matrix(_)) | (["item", ..], Binding::Matrix(_)) => {
                return Err(NoAxis);
            }
            (["item" | "key", ..], Binding::Axis(_)) if !self.is_plain(&keys, binding) => {
                return Err(NoAxis);
            }
            ([name @ ("item" | "key"), rest @ ..], Binding::Values(values)) => {
                if let Some((_, value)) = values.iter().find(|(known, _)| known == name) {
                    let mut alone = Context::default();
                    alone.local = vec![("item", value.clone())];
                    let keys = [&["item"], rest].concat();
                    return Ok(alone.select(&keys).map(|it| self.printed(it)).unwrap_or_default());
                }
            }
            _ => {}
        }
        Ok(self.value(&keys, inner, binding))
    }

    /// Whether a name that groups use means a plain value here: `key` in a `foreach` over a list.
    fn is_plain(&self, keys: &[&str], binding: &Binding) -> bool {
        matches!((keys, binding), (["key", ..], Binding::Axis("item")))
    }

    /// A value from params by its key, from `vars` by a variable, from elsewhere as it is.
    fn value(&mut self, keys: &[&str], inner: &str, binding: &Binding) -> String {
        let Some(value) = self.context.select(keys) else { return String::new() };
        let Some(text) = python_text::scalar(value) else {
            self.written_out.push(format!("${{{inner}}}"));
            return self.printed(value);
        };
        let can_be_named = |key: &&str| {
            !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        };
        if !keys.iter().all(can_be_named) {
            self.written_out.push(format!("${{{inner}}}"));
            return text;
        }
        if self.params.select(keys) == Some(value) {
            return format!("{{{{ params.{} }}}}", keys.join("."));
        }
        let name = keys.join("_");
        let is_axis = match binding {
            Binding::Matrix(axes) => axes.contains(&name),
            Binding::Axis(axis) => *axis == name,
            Binding::Values(_) => false,
        };
        let is_taken = self.vars.get(&name).is_some_and(|known| *known != text);
        if is_axis || is_taken || !quoting::is_name(&name) || text.contains("{{") {
            self.written_out.push(format!("${{{inner}}}"));
            return text;
        }
        self.vars.insert(name.clone(), text);
        format!("{{{{ {name} }}}}")
    }

    fn printed(&self, value: &Value) -> String {
        match value.as_map() {
            Some(entries) => python_text::options(entries, self.style).unwrap_or_default(),
            None => python_text::scalar(value).unwrap_or_default(),
        }
    }
}
