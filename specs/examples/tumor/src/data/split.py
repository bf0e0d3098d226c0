"""Splits the tumors for training and testing, with the same share of malignant ones in both."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import yaml
from sklearn.model_selection import train_test_split


def main() -> None:
    params = yaml.safe_load(Path("params.yaml").read_text())["split"]
    tumors = pd.read_csv("data/raw/tumors.csv").drop(columns="tumor_id")
    train, test = train_test_split(
        tumors,
        test_size=params["test_ratio"],
        random_state=params["seed"],
        stratify=tumors["diagnosis"],
    )
    folder = Path("data/processed")
    folder.mkdir(parents=True, exist_ok=True)
    train.to_csv(folder / "train.csv", index=False)
    test.to_csv(folder / "test.csv", index=False)
    print(f"{len(train)} tumors to train on, {len(test)} to test on")


if __name__ == "__main__":
    main()
