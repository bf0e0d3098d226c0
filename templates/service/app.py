"""A service that answers requests with the predictions of a model.

    pip install -r service/requirements.txt
    python -m uvicorn service.app:app

Says at /metrics what Prometheus scrapes. With MLC_REQUEST_LOG=FILE each answer becomes a line of
that file; with MLC_REQUIRE_LOCK=1 it serves only a model that the registry has a version of.
"""

from __future__ import annotations

import hashlib
[% if code %]
import importlib.util
[% endif %]
import json
import os
import threading
import time
from datetime import [% if has_dates %]UTC, date, datetime[% else %]UTC, datetime[% endif %]

from pathlib import Path
from typing import [% if has_literals %]Any, Literal[% else %]Any[% endif %]


[% if not code %]
import joblib
[% endif %]
import pandas as pd
from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from pydantic import BaseModel, ConfigDict[% if has_fields %], Field[% endif %]


ROOT = Path(__file__).resolve().parents[1]
NAME = [= name =]
MODEL = ROOT / [= model =]
# Where versions of the model are kept, if they are.
VERSIONS: Path | None = [% if versions %]ROOT / [= versions =][% else %]None[% endif %]

VARIANT = os.environ.get("MLC_VARIANT", "primary")
HEALTH = [= health =]
PREDICT = [= predict =]
[% if columns %]
# What the model reads, in this order.
COLUMNS = [= columns =]
[% endif %]


[% if row %]
class Row(BaseModel):
    """A request: one row of the schema, checked value by value."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

[= row =]
[% else %]
Row = dict[str, Any]
[% endif %]


class Prediction(BaseModel):
    """An answer, and the version of the model that gave it."""

    model_config = ConfigDict(protected_namespaces=())

    [= expects =]: [= answer =]
    model: str
    version: str


[% if code %]
def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("mlc_model", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CODE = _module(ROOT / [= code =])


def load() -> Any:
    return CODE.load(str(MODEL))


def outcome(model: Any, rows: pd.DataFrame) -> Any:
    return CODE.predict(model, rows)[0]
[% else %]
def load() -> Any:
    return joblib.load(MODEL)


def outcome(model: Any, rows: pd.DataFrame) -> Any:
    return model.predict(rows)[0]
[% endif %]


def _digest(path: Path) -> str:
    """MD5 of a file, as the registry has it."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def identity() -> dict[str, str]:
    """The newest version that was locked with this very model."""
    digest, found = _digest(MODEL), {}
    for place in sorted(VERSIONS.glob("*.json")) if VERSIONS else []:
        text = place.read_bytes()
        card = json.loads(text)
        if card["file"]["md5"] == digest:
            age = [int(part) for part in card["version"].split(".")]
            lock = hashlib.md5(text, usedforsecurity=False).hexdigest()
            found[tuple(age)] = {
                "version": card["version"],
                "lock": lock,
                "git_sha": card.get("commit") or "",
            }
    if found:
        return found[max(found)]
    if os.environ.get("MLC_REQUIRE_LOCK"):
        raise SystemExit(f"no version of the registry was locked with this {MODEL}")
    return {"version": "unlocked", "lock": digest, "git_sha": ""}


IDENTITY = identity()
model = load()

registry = CollectorRegistry()
labels = {"model": NAME, "variant": VARIANT}
info = Gauge(
    "mlc_model_info",
    "The model that answers.",
    ["model", "variant", "version", "lock", "git_sha"],
    registry=registry,
)
info.labels(**labels, **IDENTITY).set(1)
requests = Counter(
    "mlc_predict_requests",
    "Requests for predictions by the code of the answer.",
    ["model", "variant", "code"],
    registry=registry,
)
latency = Histogram(
    "mlc_predict_latency_seconds",
    "How long predictions took.",
    ["model", "variant"],
    registry=registry,
).labels(**labels)
invalid = Counter(
    "mlc_feature_invalid",
    "Values of requests that break the schema.",
    ["model", "feature", "reason"],
    registry=registry,
)
[% if classes %]
predicted = Counter(
    "mlc_prediction_class",
    "Predictions by class.",
    ["model", "variant", "class"],
    registry=registry,
)
[% else %]
predicted = Histogram(
    "mlc_prediction_value",
    "Predicted values.",
    ["model", "variant"],
    registry=registry,
).labels(**labels)
[% endif %]
app = FastAPI(title=NAME, version=IDENTITY["version"])
log = threading.Lock()


@app.middleware("http")
async def measure(request: Request, answer: Any) -> Response:
    if request.url.path != PREDICT:
        return await answer(request)
    start, code = time.perf_counter(), 500
    try:
        response = await answer(request)
        code = response.status_code
        return response
    finally:
        latency.observe(time.perf_counter() - start)
        requests.labels(**labels, code=str(code)).inc()


@app.exception_handler(RequestValidationError)
async def refuse(request: Request, error: RequestValidationError) -> Response:
    for detail in error.errors():
        place = detail["loc"][-1]
        # Names that a request makes up are no labels.
        feature = place if [% if columns %]place in COLUMNS[% else %]False[% endif %] else "other"
        invalid.labels(model=NAME, feature=feature, reason=detail["type"]).inc()
    return await request_validation_exception_handler(request, error)


@app.get(HEALTH)
def health() -> dict[str, str]:
    return {"status": "ok", "model": NAME, "version": IDENTITY["version"]}


@app.get("/metrics", include_in_schema=False)
def metrics() -> Response:
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


@app.post(PREDICT)
def predict(row: Row) -> Prediction:
    start = time.perf_counter()
[% if row %]
    values = row.model_dump(by_alias=True)
    rows = pd.DataFrame([values], columns=COLUMNS)
[% else %]
    rows = pd.DataFrame([row])
[% endif %]
    value = outcome(model, rows)
    value = value.item() if hasattr(value, "item") else value
    version = IDENTITY["version"]
    answer = Prediction([= expects =]=value, model=NAME, version=version)
[% if classes %]
    predicted.labels(**labels, **{"class": str(value)}).inc()
[% else %]
    if isinstance(value, int | float):
        predicted.observe(value)
[% endif %]
    remember([% if row %]values[% else %]row[% endif %], answer, time.perf_counter() - start)
    return answer


def remember(row: dict[str, Any], answer: Prediction, seconds: float) -> None:
    """Adds a line to the log of requests."""
    if not (place := os.environ.get("MLC_REQUEST_LOG")):
        return
    line = {
        "at": datetime.now(UTC).isoformat(),
        "request": row,
        "answer": answer.model_dump(),
        "seconds": round(seconds, 6),
    }
    with log, open(place, "a", encoding="utf-8") as file:
        file.write(json.dumps(line, default=str) + "\n")
