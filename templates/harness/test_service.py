"""The service: that it is well, predicts, answers in form, refuses what is wrong, and in time.

Tests ask the service at $[= url =] and start one themselves where that is not set. A `conftest.py` of
yours may have fixtures `service_url` (its address) and `sample` (a request as a dictionary), which
then are taken instead.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEALTH = [= health =]
PREDICT = [= predict =]
MODEL = [= model =]
# The file with a request, if the spec names one.
SAMPLE: str | None = [= sample =]
# The field with the prediction, what it may be, and of which type it is.
EXPECTS = [= expects =]
VALUES: list[object] | None = [= values =]
TYPES: tuple[type, ...] = [= types =]
# Percentiles, the bounds that they must hold in seconds, and where they are written.
LATENCIES: list[tuple[float, list[tuple[str, float]], str]] = [= latencies =]
NEEDED = [= needed =]
# Where the durations are left, unless $MLC_LATENCY_FILE says.
DURATIONS = [= durations =]
# Answers that are not measured, and how many are; fewer of a slow service, in seconds.
WARM_UP, MEASURED, FEWEST, PATIENCE = 10, 200, 20, 15.0


def ask(url: str, body: object = None) -> tuple[int, Any]:
    """The code of an answer, and what it says; text that is no JSON as it is."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            code, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        code, text = error.code, error.read().decode()
    try:
        return code, json.loads(text)
    except ValueError:
        return code, text


def given(request: pytest.FixtureRequest, name: str) -> Any:
    """What a fixture of the team says, if it has it."""
    try:
        return request.getfixturevalue(name)
    except pytest.FixtureLookupError:
        return None


@pytest.fixture(scope="session")
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    address = given(request, "service_url") or os.environ.get([= url_text =])
    if address:
        yield address.rstrip("/")
        return
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        names = ", ".join(missing)
        pytest.skip(f"{names} not installed: see service/requirements.txt")
    if not (ROOT / "service/app.py").exists():
        pytest.skip("service/app.py is not there: add `service` to the targets")
    if not (ROOT / MODEL).exists():
        pytest.skip(f"{MODEL} is not there: fetch it or run the stage that makes it")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "service.app:app"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            if server.poll() is not None:
                pytest.fail(f"the service ended with {server.returncode}: see above")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="session")
def well(url: str) -> str:
    """The address of a service that answers: `test_health` tells of one that does not."""
    try:
        code, _ = ask(url + HEALTH)
    except OSError as error:
        pytest.skip(f"the service is not well ({error}): see test_health")
    if code != 200:
        pytest.skip(f"the service is not well ({code}): see test_health")
    return url


@pytest.fixture(scope="session")
def row(request: pytest.FixtureRequest) -> Any:
    """A request."""
    if (own := given(request, "sample")) is not None:
        return own
    if SAMPLE is None:
        pytest.skip('no request to send: write `sample="..."` into the spec')
    return json.loads((ROOT / SAMPLE).read_text())


@pytest.fixture(scope="session")
def answer(well: str, row: Any) -> Any:
    """What it predicts: `test_prediction` tells when it does not."""
    code, said = ask(well + PREDICT, row)
    if code != 200 or not isinstance(said, dict) or EXPECTS not in said:
        pytest.skip(f"no prediction ({code}): see test_prediction")
    return said


def test_health(url: str) -> None:
    try:
        code, said = ask(url + HEALTH)
    except OSError as error:
        pytest.fail(f"{url}{HEALTH} does not answer: {error}")
    assert code == 200, f"{url}{HEALTH} answers {code}: {said}"


def test_prediction(well: str, row: Any) -> None:
    code, said = ask(well + PREDICT, row)
    assert code == 200, f"{PREDICT} answers {code}: {said}"
    assert isinstance(said, dict), f"{PREDICT} answers no object: {said}"
    assert EXPECTS in said, f"{PREDICT} answers without `{EXPECTS}`: {said}"


def flaw(value: object) -> str | None:
    """What is wrong with a prediction, by the schema."""
    of_type = isinstance(value, TYPES)
    if not of_type or (isinstance(value, bool) and bool not in TYPES):
        return f"`{EXPECTS}` is {value!r}, which is not of the type of the schema"
    if VALUES is not None and value not in VALUES:
        return f"`{EXPECTS}` is {value!r}, not of {VALUES}"
    return None


def test_response(answer: Any) -> None:
    wrong = flaw(answer[EXPECTS])
    assert wrong is None, wrong

[% if has_row %]

def test_refusal(answer: Any, well: str, row: Any) -> None:
    if flaw(answer[EXPECTS]):
        pytest.skip("the answer is not in form: see test_response")
    wrong = dict(list(row.items())[1:]) | {"no column of the schema": 1}
    code, _ = ask(well + PREDICT, wrong)
    assert 400 <= code < 500, f"a request with other columns is answered with {code}"

[% endif %]

@pytest.fixture(scope="session")
def durations(answer: Any, well: str, row: Any) -> list[float]:
    """Seconds that answers took, sorted; left for `mlc gate`."""
    taken = []
    for _ in range(WARM_UP):
        ask(well + PREDICT, row)
    while len(taken) < MEASURED:
        start = time.perf_counter()
        ask(well + PREDICT, row)
        taken.append(time.perf_counter() - start)
        if len(taken) >= FEWEST and sum(taken) > PATIENCE:
            break
    place = ROOT / os.environ.get("MLC_LATENCY_FILE", DURATIONS)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"seconds": taken}) + "\n")
    return sorted(taken)


@pytest.mark.parametrize(
    ("percentile", "bounds"),
    [latency[:2] for latency in LATENCIES],
    ids=[place for *_, place in LATENCIES],
)
def test_latency(
    percentile: float, bounds: list[tuple[str, float]], durations: list[float]
) -> None:
    place = percentile / 100 * (len(durations) - 1)
    above = min(int(place) + 1, len(durations) - 1)
    low, high = durations[int(place)], durations[above]
    value = low + (high - low) * (place % 1)
    for sign, limit in bounds:
        holds = {
            ">=": value >= limit,
            ">": value > limit,
            "<=": value <= limit,
            "<": value < limit,
        }[sign]
        shown = f"p{percentile:g} of {len(durations)} answers is {1000 * value:.1f} ms"
        assert holds, f"{shown}, not {sign} {1000 * limit:g} ms"
