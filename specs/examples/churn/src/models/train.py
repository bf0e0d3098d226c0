"""Trains one model: `python src/models/train.py --model forest`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import yaml
from sklearn.base import ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

MONEY = ["purchase_amount", "spend_per_year"]
NUMBERS = ["age", "tenure_years", "support_calls"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=["logreg", "forest"], required=True)
    name = parser.parse_args().model
    params = yaml.safe_load(Path("params.yaml").read_text())["train"]
    train = pd.read_csv("data/processed/train.csv")
    features, churn = train.drop(columns="churn"), train["churn"]
    model = pipeline(classifier(name, params))
    scores = cross_val_score(model, features, churn, cv=3, scoring="roc_auc")
    model.fit(features, churn)
    save(name, model, float(scores.mean()))


def classifier(name: str, params: dict[str, float]) -> ClassifierMixin:
    if name == "logreg":
        return LogisticRegression(C=params["inverse_penalty"], max_iter=1000)
    return RandomForestClassifier(
        n_estimators=int(params["n_estimators"]),
        max_depth=int(params["max_depth"]),
        random_state=int(params["seed"]),
    )


def pipeline(estimator: ClassifierMixin) -> Pipeline:
    """Everything between a row of the prepared data and a prediction."""
    money = make_pipeline(
        SimpleImputer(strategy="median"), FunctionTransformer(np.log1p), StandardScaler()
    )
    columns = make_column_transformer(
        (money, MONEY),
        (StandardScaler(), NUMBERS),
        (OneHotEncoder(handle_unknown="ignore"), ["category"]),
    )
    return make_pipeline(columns, estimator)


def save(name: str, model: Pipeline, auc: float) -> None:
    Path("models").mkdir(exist_ok=True)
    joblib.dump(model, f"models/{name}.joblib")
    Path("metrics").mkdir(exist_ok=True)
    metrics = {"cross_validated_auc": round(auc, 4)}
    Path(f"metrics/train-{name}.json").write_text(json.dumps(metrics, indent=2) + "\n")
    print(f"{name}: cross-validated AUC {auc:.4f}")


if __name__ == "__main__":
    main()
