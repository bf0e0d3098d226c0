//! `service`: the application that serves the model, and its image.

use crate::emit::{Target, service};

pub(super) static TARGET: Target = Target {
    name: "service",
    summary: "what serves the model: service/app.py and its Dockerfile",
    paths: &["service/app.py", "service/requirements.txt", "service/Dockerfile"],
    emit: service::emit,
    docs: include_str!("service.md"),
};
