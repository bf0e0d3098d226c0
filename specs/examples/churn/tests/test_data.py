"""The data and its features: `python -m pytest`."""

from __future__ import annotations

import random

import pandas as pd
from data import generate, prepare


def test_a_customer_is_drawn_the_same_twice() -> None:
    first = [generate.customer(number, random.Random(1)) for number in range(20)]
    again = [generate.customer(number, random.Random(1)) for number in range(20)]
    assert first == again


def test_spend_per_year_is_zero_when_the_amount_is_unknown() -> None:
    customers = pd.DataFrame(
        {"customer_id": [1, 2], "purchase_amount": [300.0, None], "tenure_years": [2.0, 3.0]}
    )
    features = prepare.with_features(customers)
    assert features["spend_per_year"].tolist() == [150.0, 0.0]
    assert "customer_id" not in features
