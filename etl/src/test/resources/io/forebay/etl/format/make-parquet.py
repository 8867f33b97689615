"""Writes the Parquet files beside it, with pyarrow (25.0.1): python make-parquet.py"""
import datetime
import decimal
import uuid

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 120


def table(rows):
    n = range(rows)
    none = lambda values, every: [None if i % every == 3 else v for i, v in enumerate(values)]
    vectors = [[float(np.float32(i + j / 8)) for j in range(8)] for i in n]
    epoch = datetime.datetime(2024, 2, 28, 12, 0, 0)
    return pa.table({
        "id": pa.array([f"doc-{i}" for i in n]),
        "text": pa.array(none([f"text {i % 7} \u00fc\u20ac\U0001f600" for i in n], 5)),
        "i32": pa.array(none([i * 31 - 1000 for i in n], 7), pa.int32()),
        "i64": pa.array([(i - 5) * 10**12 for i in n], pa.int64()),
        "u64": pa.array([2**63 + i if i == 1 else i for i in n], pa.uint64()),
        "f32": pa.array([i / 4 for i in n], pa.float32()),
        "f64": pa.array(none([i / 3 for i in n], 4), pa.float64()),
        "f16": pa.array(np.array([i / 2 for i in n], dtype=np.float16)),
        "flag": pa.array(none([i % 3 == 0 for i in n], 6)),
        "day": pa.array([datetime.date(2024, 2, 28) + datetime.timedelta(days=i) for i in n]),
        "moment": pa.array([epoch + datetime.timedelta(seconds=i) for i in n], pa.timestamp("us", tz="UTC")),
        "local": pa.array([epoch + datetime.timedelta(milliseconds=i) for i in n], pa.timestamp("ms")),
        "clock": pa.array([datetime.time(1, 2, i % 60) for i in n], pa.time64("us")),
        "price": pa.array([decimal.Decimal(i * 5 - 700) / 100 for i in n], pa.decimal128(12, 2)),
        "tags": pa.array(none([[f"t{j}" if j != 1 else None for j in range(i % 4)] for i in n], 9)),
        "deep": pa.array([[{"a": i, "b": [j, None]} for j in range(i % 3)] for i in n],
                         pa.list_(pa.struct([("a", pa.int64()), ("b", pa.list_(pa.int32()))]))),
        "place": pa.array(none([{"x": i, "y": None if i % 2 else {"z": "q"}} for i in n], 8),
                          pa.struct([("x", pa.int64()), ("y", pa.struct([("z", pa.string())]))])),
        "map": pa.array([[("k", i), ("l", None)][: i % 3] for i in n], pa.map_(pa.string(), pa.int64())),
        "raw": pa.array([bytes([0xff, i % 256]) for i in n], pa.binary()),
        "uuid": pa.array([uuid.UUID(int=i).bytes for i in n], pa.uuid()),
        "embedding": pa.array(none(vectors, 10), pa.list_(pa.float32())),
        "doubles": pa.array(vectors, pa.list_(pa.float64())),
        "fixed": pa.array(vectors, pa.list_(pa.float32(), 8)),
    })


def main():
    whole = table(ROWS)
    plain = dict(row_group_size=50, data_page_size=512, write_batch_size=10)
    pq.write_table(whole, "snappy.parquet", compression="snappy", **plain)
    pq.write_table(whole, "zstd-v2.parquet", compression="zstd", data_page_version="2.0",
                   write_page_checksum=True, **plain)
    pq.write_table(whole, "gzip-plain.parquet", compression="gzip", use_dictionary=False, **plain)
    pq.write_table(whole, "lz4-large.parquet", compression="lz4", version="1.0",
                   use_deprecated_int96_timestamps=True)
    encodings = {"id": "DELTA_BYTE_ARRAY", "text": "DELTA_LENGTH_BYTE_ARRAY", "i32": "DELTA_BINARY_PACKED",
                 "i64": "DELTA_BINARY_PACKED", "f32": "BYTE_STREAM_SPLIT", "f64": "BYTE_STREAM_SPLIT",
                 "flag": "RLE", "u64": "BYTE_STREAM_SPLIT", "uuid": "BYTE_STREAM_SPLIT"}
    pq.write_table(whole, "encodings.parquet", compression="none", use_dictionary=False,
                   column_encoding=encodings, data_page_version="2.0", **plain)
    pq.write_table(whole.slice(0, 0), "empty.parquet")


main()
