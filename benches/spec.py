"""Writes a spec with N stages in layers, with schemas, params and metrics, as real ones look.

Usage: python benches/spec.py N DIR
Also writes the params file and the scripts that the stages name, so that `mlc check` is clean.
"""

import sys
from pathlib import Path

HEADER = """mlc 1

project bench {
    description "A generated pipeline"
    owner "bench@example.com"
}

schema rows {
    rows >=1
    columns {
        id       int    >0        { unique >=0.95 }
        value    float  >=0 <=1
        label    str    { isin a b c }
    }
}

"""

STAGE = """// layer {layer}, number {index}
stage s{index:05} {{
    desc "Turns {source} into out/o{index:05}.csv"
    cmd "python src/step.py --input {source} --output out/o{index:05}.csv --seed {index}"
    deps "src/step.py" "{source}"
    outs "out/o{index:05}.csv"
    params step.rate step.depth
    timeout "30m"
    resources cpus=1 memory="2GiB"
}}

"""


def main() -> None:
    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    width = max(1, count // 10)
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "src/step.py").write_text("print('step')\n")
    (folder / "data/raw.csv").write_text("id,value,label\n1,0.5,a\n")
    (folder / "params.yaml").write_text("step:\n  rate: 0.1\n  depth: 3\n")
    parts = [HEADER, 'dataset raw "data/raw.csv" schema=rows\n\n']
    for index in range(count):
        layer, column = divmod(index, width)
        before = (layer - 1) * width + (column * 7 + 3) % width
        source = "data/raw.csv" if layer == 0 else f"out/o{before:05}.csv"
        parts.append(STAGE.format(layer=layer, index=index, source=source))
    parts.append("targets { dvc }\n")
    (folder / "mlc.kdl").write_text("".join(parts))


main()
