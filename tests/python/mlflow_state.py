"""Prints what a tracking server has of a model, as MLflow's own client reads it.

Usage: mlflow_state.py URI MODEL ALIAS
"""

import hashlib
import json
import sys
from pathlib import Path

import mlflow
from mlflow import MlflowClient

uri, model, alias = sys.argv[1:]
mlflow.set_tracking_uri(uri)
client = MlflowClient(uri, uri)
version = client.get_model_version_by_alias(model, alias)
run = client.get_run(version.run_id)
files = Path(client.download_artifacts(version.run_id, ""))
print(
    json.dumps(
        {
            "version": version.version,
            "tags": version.tags,
            "run_tags": {key: value for key, value in run.data.tags.items() if key.startswith("mlc")},
            "status": run.info.status,
            "experiment": client.get_experiment(run.info.experiment_id).name,
            "params": run.data.params,
            "metrics": run.data.metrics,
            "data": [[it.dataset.name, it.dataset.digest] for it in run.inputs.dataset_inputs],
            "lock": json.loads((files / "lock.json").read_text())["version"],
            "model": {
                it.name: hashlib.md5(it.read_bytes()).hexdigest() for it in (files / "model").iterdir()
            },
            "versions": len(client.search_model_versions(f"name='{model}'")),
        }
    )
)
