"""Writes the customers of this example: `python src/data/generate.py`.

The files are part of the project; run this only to change them. It needs nothing but Python,
and the same seed gives the same bytes on every machine.

How the data comes about:

customer_id      1, 2, 3, ...; the customers of the holdout joined later, so theirs go on
age              normal, mean 45, standard deviation 15, cut to 18..90
tenure_years     exponential, mean 4, cut to 0.1..25
purchase_amount  spend a year (log-normal, median 180) times tenure; missing for 6% of the
                 customers, whoever they are
category         A 40%, B 30%, C 20%, D 10%
support_calls    geometric, mean 1.5, at most 12
churn            1 with probability 1 / (1 + exp(-z)), where z is the sum of the terms in
                 `COEFFICIENTS` and of normal noise with standard deviation `NOISE`
"""

from __future__ import annotations

import csv
import math
import random
from pathlib import Path

SEED = 2024
CUSTOMERS = 5_000
HOLDOUT = 1_250

MISSING = 0.06
NOISE = 0.5
MEDIAN_SPEND = 180.0
COEFFICIENTS = {
    "intercept": -2.0,
    "support_calls": 2.4,  # for each call
    "tenure_years": -0.8,  # for each year
    "log_spend": -4.0,  # for each unit of ln(spend a year / MEDIAN_SPEND)
    "age_decades": -0.5,  # for each ten years above 45
    "category_A": 0.0,
    "category_B": 0.5,
    "category_C": 1.5,
    "category_D": 3.0,
}
CATEGORIES = {"A": 0.4, "B": 0.3, "C": 0.2, "D": 0.1}


def main() -> None:
    rng = random.Random(SEED)
    raw = [customer(number, rng) for number in range(1, CUSTOMERS + 1)]
    holdout = [customer(number + CUSTOMERS, rng) for number in range(1, HOLDOUT + 1)]
    write(Path("data/raw/customers.csv"), raw)
    write(Path("data/validation/holdout.csv"), holdout)


def customer(number: int, rng: random.Random) -> dict[str, object]:
    """Draws one customer; a missing purchase amount is an empty field."""
    age = round(clamp(rng.gauss(45, 15), 18, 90))
    tenure = round(clamp(rng.expovariate(1 / 4), 0.1, 25), 2)
    spend = MEDIAN_SPEND * math.exp(rng.gauss(0, 0.8))
    category = rng.choices(list(CATEGORIES), weights=list(CATEGORIES.values()))[0]
    calls = min(int(rng.expovariate(math.log(1 + 1 / 1.5))), 12)
    missing = rng.random() < MISSING
    z = (
        COEFFICIENTS["intercept"]
        + COEFFICIENTS["support_calls"] * calls
        + COEFFICIENTS["tenure_years"] * tenure
        + COEFFICIENTS["log_spend"] * math.log(spend / MEDIAN_SPEND)
        + COEFFICIENTS["age_decades"] * (age - 45) / 10
        + COEFFICIENTS[f"category_{category}"]
        + rng.gauss(0, NOISE)
    )
    return {
        "customer_id": number,
        "age": age,
        "tenure_years": tenure,
        "purchase_amount": "" if missing else f"{max(spend * tenure, 0.01):.2f}",
        "category": category,
        "support_calls": calls,
        "churn": int(rng.random() < 1 / (1 + math.exp(-z))),
    }


def clamp(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def write(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
