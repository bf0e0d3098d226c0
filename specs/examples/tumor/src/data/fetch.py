"""Writes the Wisconsin breast cancer data, which comes with scikit-learn: nothing is downloaded.

Each of the 569 tumors has ten measures of its cell nuclei, each as mean, standard error and worst
(the mean of the three largest).
"""

from __future__ import annotations

from pathlib import Path

from sklearn.datasets import load_breast_cancer


def main() -> None:
    data = load_breast_cancer(as_frame=True)
    tumors = data.data.rename(columns=lambda name: name.replace(" ", "_"))
    tumors["diagnosis"] = data.target.map(dict(enumerate(data.target_names)))
    tumors.insert(0, "tumor_id", range(1, len(tumors) + 1))
    Path("data/raw").mkdir(parents=True, exist_ok=True)
    tumors.to_csv("data/raw/tumors.csv", index=False)
    print(f"{len(tumors)} tumors, {(tumors['diagnosis'] == 'malignant').sum()} malignant")


if __name__ == "__main__":
    main()
