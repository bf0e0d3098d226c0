"""Measures the model on the test data: a malignant tumor that is missed is the costly mistake."""

from __future__ import annotations

import json
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import yaml
from sklearn.metrics import accuracy_score, recall_score, roc_auc_score, roc_curve


def main() -> None:
    decide_at = yaml.safe_load(Path("params.yaml").read_text())["evaluate"]["decide_at"]
    model = joblib.load("models/tumor.joblib")
    test = pd.read_csv("data/processed/test.csv")
    actual = (test["diagnosis"] == "malignant").to_numpy()
    probability = model.predict_proba(test.drop(columns="diagnosis"))[:, 1]
    predicted = probability >= decide_at
    metrics = {
        "accuracy": round(float(accuracy_score(actual, predicted)), 4),
        "recall": round(float(recall_score(actual, predicted)), 4),
        "auc": round(float(roc_auc_score(actual, probability)), 4),
    }
    Path("metrics").mkdir(exist_ok=True)
    Path("metrics/eval.json").write_text(json.dumps(metrics, indent=2) + "\n")
    Path("plots").mkdir(exist_ok=True)
    draw(actual, predicted, probability)
    print(", ".join(f"{name} {value}" for name, value in metrics.items()))


def draw(actual: np.ndarray, predicted: np.ndarray, probability: np.ndarray) -> None:
    names = np.array(["benign", "malignant"])
    confusion = {"actual": names[actual.astype(int)], "predicted": names[predicted.astype(int)]}
    pd.DataFrame(confusion).to_csv("plots/confusion.csv", index=False)
    false_positive, true_positive, _ = roc_curve(actual, probability)
    curve = {"false_positive_rate": false_positive, "true_positive_rate": true_positive}
    pd.DataFrame(curve).round(6).to_csv("plots/roc.csv", index=False)


if __name__ == "__main__":
    main()
