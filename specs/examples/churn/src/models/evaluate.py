"""Measures the champion on the test data and on the holdout, and draws its confusion."""

from __future__ import annotations

import json
from pathlib import Path

import joblib
import pandas as pd
import yaml
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score
from sklearn.pipeline import Pipeline


def main() -> None:
    champion = yaml.safe_load(Path("params.yaml").read_text())["evaluate"]["champion"]
    model = joblib.load(f"models/{champion}.joblib")
    test = pd.read_csv("data/processed/test.csv")
    holdout = pd.read_csv("data/processed/holdout.csv")
    metrics = measure(model, test)
    metrics["holdout_accuracy"] = measure(model, holdout)["accuracy"]
    Path("metrics").mkdir(exist_ok=True)
    Path("metrics/eval.json").write_text(json.dumps(metrics, indent=2) + "\n")
    Path("plots").mkdir(exist_ok=True)
    confusion(model, test).to_csv("plots/confusion.csv", index=False)
    print(f"{champion}: " + ", ".join(f"{name} {value}" for name, value in metrics.items()))


def measure(model: Pipeline, data: pd.DataFrame) -> dict[str, float]:
    probability = model.predict_proba(data.drop(columns="churn"))[:, 1]
    predicted = probability >= 0.5
    return {
        "accuracy": round(float(accuracy_score(data["churn"], predicted)), 4),
        "f1": round(float(f1_score(data["churn"], predicted)), 4),
        "auc": round(float(roc_auc_score(data["churn"], probability)), 4),
    }


def confusion(model: Pipeline, data: pd.DataFrame) -> pd.DataFrame:
    """One row a customer; DVC's confusion template does the counting."""
    predicted = model.predict(data.drop(columns="churn"))
    return pd.DataFrame({"actual": data["churn"], "predicted": predicted})


if __name__ == "__main__":
    main()
