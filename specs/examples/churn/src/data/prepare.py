"""Adds features to the customers and splits them for training and testing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import yaml
from sklearn.model_selection import train_test_split

OUT = Path("data/processed")


def main() -> None:
    params = yaml.safe_load(Path("params.yaml").read_text())["prepare"]
    customers = with_features(pd.read_csv("data/raw/customers.csv"))
    train, test = train_test_split(
        customers,
        test_size=params["split_ratio"],
        random_state=params["seed"],
        stratify=customers["churn"],
    )
    OUT.mkdir(parents=True, exist_ok=True)
    train.to_csv(OUT / "train.csv", index=False)
    test.to_csv(OUT / "test.csv", index=False)
    holdout = with_features(pd.read_csv("data/validation/holdout.csv"))
    holdout.to_csv(OUT / "holdout.csv", index=False)
    print(f"{len(train)} customers to train on, {len(test)} to test on, {len(holdout)} held out")


def with_features(customers: pd.DataFrame) -> pd.DataFrame:
    """Adds the spend per year (0 when the amount is unknown) and drops the id."""
    spend = customers["purchase_amount"].fillna(0.0) / customers["tenure_years"]
    return customers.drop(columns="customer_id").assign(spend_per_year=spend.round(2))


if __name__ == "__main__":
    main()
