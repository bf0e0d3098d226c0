"""Files that are no tables, or damaged ones: mlc must end with one error, in bounded memory.

    hostile_data.py MLC MUTATIONS

Prints each file with which it does not, and how many were tried.
"""

import contextlib
import gzip
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

SPEC = """mlc 1
schema rows {
    columns {
        id int >0 { unique }
        name str? { length <=80 }
        score float? { mean >-1e9 <1e9 }
    }
}
"""
MEMORY = 192 << 20
SECONDS = 60
TABLE = b"id,name,score\n" + b"".join(b"%d,n%d,%d.5\n" % (i, i, i) for i in range(1, 20_001))
LINES = b"".join(b'{"id": %d, "name": "n", "score": 1.5}\n' % i for i in range(1, 20_001))


def parquet(**options):
    count = 300
    columns = {
        "id": pa.array(range(1, count + 1)),
        "name": pa.array([None if i % 5 == 0 else "ab"[i % 2] * (i % 9) for i in range(count)]),
        "score": pa.array([None if i % 7 == 0 else i * 1.5 for i in range(count)]),
    }
    with pa.BufferOutputStream() as sink:
        pq.write_table(pa.table(columns), sink, row_group_size=64, **options)
        return sink.getvalue().to_pybytes()


def twice():
    with pa.BufferOutputStream() as sink:
        one = pa.array([1])
        pq.write_table(pa.Table.from_arrays([one, one], ["id", "id"]), sink)
        return sink.getvalue().to_pybytes()


def checked(data):
    """A frame with a checksum, as the command-line tool writes it."""
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


def changed(data, at, new):
    return data[:at] + new + data[at + len(new) :]


def broken():
    """Names and contents of files that cannot be read at all."""
    packed, framed, table = gzip.compress(TABLE), checked(TABLE), parquet()
    size = int.from_bytes(table[-8:-4], "little")
    small, head = gzip.compress(b"id,name,score\n1,a,2\n"), b"id,name,score\n"
    yield "empty.csv", b""
    yield "mark only.csv", b"\xef\xbb\xbf"
    yield "blank lines.csv", b"\n\n\r\n"
    yield "torn.csv.gz", packed[: len(packed) // 2]
    yield "torn by a byte.csv.gz", packed[:-1]
    yield "head only.csv.gz", packed[:6]
    yield "wrong sum.csv.gz", changed(packed, len(packed) - 8, b"\0\0\0\0")
    yield "flipped.csv.gz", changed(packed, len(packed) // 2, b"\xff\xff\xff\xff")
    yield "second member torn.csv.gz", small + packed[:100]
    yield "noise behind.csv.gz", small + b"noise"
    yield "torn.csv.zst", framed[: len(framed) // 2]
    yield "head only.csv.zst", framed[:5]
    yield "flipped.csv.zst", changed(framed, len(framed) // 2, bytes(byte ^ 0x55 for byte in framed[-8:]))
    yield "second frame torn.csv.zst", framed + framed[:20]
    yield "noise.csv", random.Random(1).randbytes(100_000)
    yield "latin.csv", head + "1,Zoë,2\n".encode("latin-1")
    yield "latin header.csv", "id,naïve\n1,a\n".encode("latin-1")
    yield "half a letter.csv", head + b"1,\xe6\x97,2\n"
    yield "surrogate.csv", head + b"1,\xed\xa0\x80,2\n"
    yield "utf-16.csv", "id,name\n1,a\n".encode("utf-16")
    yield "zero.csv", head + b"1,a\0b,2\n"
    yield "zeros.csv", bytes(1 << 20)
    yield "carriage returns.csv", b"id,name,score\r1,a,2\r2,b,3\r"
    yield "open quote.csv", head + b'1,"a,2\n2,b,3\n'
    yield "open quote at once.csv", b'"id,name,score\n1,a,2\n'
    yield "long field.csv", head + b"1," + b"x" * (10 << 20) + b",2\n"
    yield "long quoted field.csv", head + b'1,"' + b"x\n" * (5 << 20) + b'",2\n'
    yield "long field.csv.gz", gzip.compress(head + b"1," + b"x" * (64 << 20) + b",2\n")
    yield "many columns.csv", b",".join(b"c%d" % i for i in range(100_000)) + b"\n"
    yield "two columns.csv", b"id,name,id\n1,a,2\n"
    yield "no object.jsonl", LINES + b"[1, 2]\n"
    yield "half an object.jsonl", LINES + b'{"id": 1, "na'
    yield "two objects.jsonl", LINES + b'{"id": 1} {"id": 2}\n'
    yield "key twice.jsonl", LINES + b'{"id": 1, "id": 2}\n'
    yield "nan.jsonl", LINES + b'{"id": 1, "score": NaN}\n'
    yield "deep.jsonl", b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
    yield "long.jsonl", b'{"name": "' + b"x" * (10 << 20) + b'"}\n'
    yield "latin.jsonl", b'{"name": "Zo\xeb"}\n'
    yield "torn.jsonl.gz", gzip.compress(LINES)[:-9]
    yield "document.json", b'[{"id": 1}]'
    yield "head only.parquet", b"PAR1"
    yield "torn.parquet", table[: len(table) // 2]
    yield "wrong end.parquet", table[:-4] + b"PAR2"
    yield "long footer.parquet", changed(table, len(table) - 8, b"\xff\xff\xff\x7f")
    yield "no footer.parquet", changed(table, len(table) - 8, b"\0\0\0\0")
    yield "noise in the footer.parquet", changed(table, len(table) - 8 - size, bytes(50))
    yield "noise in the pages.parquet", changed(table, 4, random.Random(2).randbytes(400))
    yield "encrypted.parquet", table[:-4] + b"PARE"
    yield "two columns.parquet", twice()
    yield "arrow.feather", b"ARROW1\0\0" + bytes(100)
    yield "zip.csv", b"PK\x03\x04" + bytes(100)


def special(folder):
    """Paths that are no regular files."""
    os.mkfifo(folder / "pipe.csv")
    (folder / "empty folder").mkdir()
    (folder / "link to nothing.csv").symlink_to("gone.csv")
    (folder / "link to itself.csv").symlink_to("link to itself.csv")
    (folder / "circle").mkdir()
    (folder / "circle" / "again").symlink_to("..")
    yield from ["pipe.csv", "empty folder", "link to nothing.csv", "link to itself.csv"]
    yield from ["gone.csv", "circle", "/dev/null", "/dev/zero"]


def mutations(count):
    """Parquet files with some bytes changed or cut off."""
    files = [
        parquet(compression=kind, data_page_version=page, use_dictionary=dictionary)
        for kind in ["none", "snappy", "gzip", "zstd", "lz4"]
        for page in ["1.0", "2.0"]
        for dictionary in [True, False]
    ]
    encodings = {"id": "DELTA_BINARY_PACKED", "name": "DELTA_BYTE_ARRAY", "score": "BYTE_STREAM_SPLIT"}
    files.append(parquet(use_dictionary=False, column_encoding=encodings))
    for seed in range(count):
        rng = random.Random(seed)
        data = bytearray(rng.choice(files))
        if rng.random() < 0.2:
            del data[rng.randrange(len(data)) :]
        for _ in range(rng.choice([1, 1, 2, 5])):
            at = rng.randrange(len(data)) if data else 0
            near = rng.random() < 0.5 and len(data) > 1200
            at = rng.randrange(len(data) - 1200, len(data)) if near else at
            data[at : at + 1] = bytes([rng.choice([0, 255, rng.randrange(256)])])
        yield f"mutation {seed}.parquet", bytes(data)


def said(mlc, folder, name):
    """The exit code and what was said, or how it went wrong."""

    def limits():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    command = [mlc, "validate", name, "--schema", "rows"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limits
    ) as process:
        try:
            out, error = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return None, "", f"no end after {SECONDS} s"
    return process.returncode, out.decode(), error.decode()


def peak():
    """The memory that the largest child so far needed, in bytes."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10


def main():
    mlc, count = sys.argv[1], int(sys.argv[2])
    wrong = tried = 0
    with tempfile.TemporaryDirectory(prefix="hostile-") as name:
        folder = Path(name)
        (folder / "mlc.kdl").write_text(SPEC)

        def judge(name, codes):
            nonlocal wrong, tried
            tried += 1
            code, out, error = said(mlc, folder, name)
            one = len(re.findall("^error: ", error, re.M)) == 1 and len(error) < 400
            fine = code in codes and "panicked" not in error and (code != 2 or (one and not out))
            if not fine or peak() > MEMORY:
                wrong += 1
                print(f"{name}: exit {code}, {peak() >> 20} MiB\n{out[:300]}{error[:600]}", flush=True)

        for name, data in broken():
            (folder / name).write_bytes(data)
            judge(name, {2})
            with contextlib.suppress(FileNotFoundError):
                (folder / name).unlink()
        for name in special(folder):
            judge(name, {2})
        for name, data in mutations(count):
            (folder / name).write_bytes(data)
            judge(name, {0, 2, 3})
            (folder / name).unlink()
    print(f"{tried} files, {wrong} not refused well, at most {peak() >> 20} MiB")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
