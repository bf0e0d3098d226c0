"""The data as scikit-learn ships it: `python -m pytest`, after `mlc run fetch`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

TUMORS = Path("data/raw/tumors.csv")


@pytest.mark.skipif(not TUMORS.exists(), reason="`mlc run fetch` writes it")
def test_each_tumor_is_there_once_with_thirty_measures() -> None:
    tumors = pd.read_csv(TUMORS)
    assert tumors["tumor_id"].is_unique
    assert tumors.shape == (569, 32)
    assert not tumors.isna().any(axis=None)
