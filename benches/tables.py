"""Writes a table of customers as CSV and as Parquet, and a spec for it; or checks it with a peer.

Usage: python benches/tables.py make ROWS DIR
       python benches/tables.py polars FILE

`make` needs numpy and pyarrow. `polars` makes the checks of the spec with lazy polars, the exact distinct
count among them.
"""

import sys
from pathlib import Path

SPEC = """mlc 1

schema customers {
    rows >=1000
    columns {
        customer_id      int     >0        { unique >=0.95 }
        age              int     >=18 <=120
        purchase_amount  float?  >0
        category         str     { isin A B C D }
        churn            int     { isin 0 1; mean >0.01 <0.90 }
    }
}
"""
AT_ONCE = 1_000_000


def make(rows: int, folder: Path) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mlc.kdl").write_text(SPEC)
    rng = np.random.default_rng(1)
    ids = rng.permutation(rows) + 1
    text = parquet = None
    for start in range(0, rows, AT_ONCE):
        some = ids[start : start + AT_ONCE]
        count = len(some)
        amount = np.round(rng.lognormal(3.5, 1.0, count) + 0.01, 2)
        kinds = np.array(["A", "B", "C", "D"], dtype=object)
        table = pa.table(
            {
                "customer_id": pa.array(some),
                "age": pa.array(rng.integers(18, 121, count)),
                "purchase_amount": pa.array(amount, mask=rng.random(count) < 0.05),
                "category": pa.array(kinds[rng.choice(4, count, p=[0.4, 0.3, 0.2, 0.1])]),
                "churn": pa.array((rng.random(count) < 0.2).astype("int64")),
            }
        )
        if text is None:
            options = pc.WriteOptions(quoting_style="none")
            text = pc.CSVWriter(folder / "customers.csv", table.schema, write_options=options)
            parquet = pq.ParquetWriter(folder / "customers.parquet", table.schema)
        text.write_table(table)
        parquet.write_table(table, row_group_size=122_880)
    text.close()
    parquet.close()


def polars(file: str) -> None:
    import polars as pl

    types = {"customer_id": pl.Int64, "age": pl.Int64, "purchase_amount": pl.Float64}
    types |= {"category": pl.String, "churn": pl.Int64}
    is_csv = file.endswith(".csv")
    scan = pl.scan_csv(file, schema=types) if is_csv else pl.scan_parquet(file)
    column = pl.col
    found = (
        scan.select(
            rows=pl.len(),
            id=(column("customer_id") <= 0).sum(),
            id_null=column("customer_id").is_null().sum(),
            distinct=column("customer_id").n_unique() / column("customer_id").count(),
            age=(~column("age").is_between(18, 120)).sum(),
            age_null=column("age").is_null().sum(),
            amount=(column("purchase_amount") <= 0).sum(),
            category=(~column("category").is_in(["A", "B", "C", "D"])).sum(),
            category_null=column("category").is_null().sum(),
            churn=(~column("churn").is_in([0, 1])).sum(),
            churn_null=column("churn").is_null().sum(),
            mean=column("churn").mean(),
        )
        .collect(engine="streaming")
        .row(0, named=True)
    )
    print(found)


def main() -> None:
    match sys.argv[1:]:
        case ["make", rows, folder]:
            make(int(rows), Path(folder))
        case ["polars", file]:
            polars(file)
        case _:
            sys.exit(__doc__)


main()
