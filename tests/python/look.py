"""Opens a page in Chromium without a window and prints what it looks like there, as JSON.

Usage: look.py CHROMIUM PAGE WIDTH SCREENSHOT

How wide the page is, what sticks out, whether pictures have a size, how many elements make it, what
the console said, and how many colours a screenshot has. The page itself runs no script: that which
measures is added to a copy.
"""

import json
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from html import unescape
from pathlib import Path

SCRIPT = """<script>addEventListener("load", () => {
  const boxes = [...document.querySelectorAll("svg, img")].map((it) => it.getBoundingClientRect());
  const wide = [...document.querySelectorAll("body *")].filter(
    (it) => !it.closest(".graph") && it.getBoundingClientRect().right > innerWidth + 1);
  const text = document.body.innerText;
  document.documentElement.innerHTML = "<body><pre id=said>" + JSON.stringify({
    scroll: document.documentElement.scrollWidth, inner: innerWidth,
    wide: wide.map((it) => it.tagName), pictures: boxes.length,
    empty: boxes.filter((it) => it.width < 10 || it.height < 10).length,
    text: text.replace(/[<&]/g, ""), bold: document.querySelectorAll("b").length,
  }) + "</pre>";
})</script>"""


def chromium(program: str, page: Path, width: int, *arguments: str) -> str:
    command = [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--window-size={width},1600", "--virtual-time-budget=3000", "--disable-dev-shm-usage"]
    with tempfile.TemporaryDirectory() as profile:
        command += [f"--user-data-dir={profile}", *arguments, page.as_uri()]
        said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    return said.stdout


def colours(place: Path) -> int:
    """How many colours a PNG of 8 bits a channel has."""
    data, at, packed = place.read_bytes(), 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        chunk = data[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, _, _, colour = struct.unpack(">IIBB", chunk[:10])
        elif kind == b"IDAT":
            packed += chunk
        at += size + 12
    depth = 4 if colour == 6 else 3
    raw, stride = zlib.decompress(packed), width * depth + 1
    before, seen = bytearray(stride - 1), set()
    for row in range(0, len(raw), stride):
        kind, line = raw[row], bytearray(raw[row + 1 : row + stride])
        for place in range(len(line)):
            left = line[place - depth] if place >= depth else 0
            up, corner = before[place], before[place - depth] if place >= depth else 0
            guess = [0, left, up, (left + up) // 2, paeth(left, up, corner)][kind]
            line[place] = (line[place] + guess) & 255
        before = line
        seen.update(bytes(line[at : at + 3]) for at in range(0, len(line), depth))
    return len(seen)


def paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda it: abs(guess - it))


def main() -> None:
    program, page, width, picture = sys.argv[1], Path(sys.argv[2]).resolve(), int(sys.argv[3]), Path(sys.argv[4])
    chromium(program, page, width, f"--screenshot={picture.resolve()}")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "page.html"
        copy.write_text(page.read_text().replace("</body>", SCRIPT + "</body>"))
        dom = chromium(program, copy, width, "--dump-dom")
    said = json.loads(unescape(re.search(r'<pre id="said">(.*?)</pre>', dom, re.S)[1]))
    print(json.dumps(said | {"colours": colours(picture)}))


if __name__ == "__main__":
    main()
