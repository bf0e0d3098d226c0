"""The same rows as a file and as a folder of them."""

import datetime

import pyarrow as pa
import pyarrow.parquet as pq

first = datetime.date(2023, 12, 31)
table = pa.table(
    {
        "id": pa.array([1, 2, 3, 3, 0], pa.int32()),
        "amount": [1.5, None, 99.5, 100.0, 1e9],
        "day": [first + datetime.timedelta(days=place) for place in range(5)],
        "at": [datetime.datetime(2024, 1, place, 12) for place in [1, 2, 3, 4, 5]],
        "shop": pa.array(["north", "south", "west", None, "north"]).dictionary_encode(),
        "refunded": [True, False, None, True, False],
        "note": [["a", "b"], [], ["c"], ["d"], ["e"]],
        "year": pa.array([2024, 2024, 2023, 2024, 2025], pa.uint16()),
    }
)
pq.write_table(table, "sales.parquet", row_group_size=2)
pq.write_to_dataset(table, "sales", partition_cols=["year"])
