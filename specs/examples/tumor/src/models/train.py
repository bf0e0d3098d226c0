"""Trains a logistic regression on the scaled measures."""

from __future__ import annotations

from pathlib import Path

import joblib
import pandas as pd
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def main() -> None:
    params = yaml.safe_load(Path("params.yaml").read_text())["train"]
    train = pd.read_csv("data/processed/train.csv")
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=params["inverse_penalty"], max_iter=1000)
    )
    model.fit(train.drop(columns="diagnosis"), train["diagnosis"] == "malignant")
    Path("models").mkdir(exist_ok=True)
    joblib.dump(model, "models/tumor.joblib")
    print(f"trained on {len(train)} tumors")


if __name__ == "__main__":
    main()
