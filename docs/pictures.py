"""Draw the pictures of the README: pages of netspec, photographed by Chromium.

python docs/pictures.py
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageChops

DOCS = Path(__file__).parent
SPEC = DOCS.parent / "examples" / "specs" / "mlp.yaml"
SIDE_BY_SIDE = ("export", SPEC, "--to", "gluon,jax,torch", "--side-by-side", "-o")
PROOF = ("conform", SPEC, "--html")
SCALE = 1.5  # of what is written in CSS pixels; sharp on fine screens, too
COLORS = 64
MARGIN = 24


def main() -> None:
    """Draw both; the proof is shown as far as its first check."""
    draw("side_by_side", SIDE_BY_SIDE, width=1360, height=1100)
    draw("proof", PROOF, width=1100, height=955)


def draw(name: str, command: tuple[str | Path, ...], width: int, height: int) -> None:
    """Draw the top of the page that a command of netspec writes."""
    with TemporaryDirectory() as folder:
        page, photo = Path(folder, "page.html"), Path(folder, "photo.png")
        netspec = (sys.executable, "-m", "netspec", *command, page)
        subprocess.run(netspec, check=True, stdout=subprocess.DEVNULL)
        options = {
            "user-data-dir": folder,
            "window-size": f"{width},{height}",
            "force-device-scale-factor": SCALE,
            "screenshot": photo,
        }
        chromium = ["chromium", "--headless", "--no-sandbox", "--hide-scrollbars"]
        chromium += [f"--{key}={value}" for key, value in options.items()]
        subprocess.run([*chromium, page.as_uri()], check=True, capture_output=True)
        with Image.open(photo) as taken:
            picture = trimmed(taken.convert("RGB"))
    picture.quantize(COLORS).save(DOCS / f"{name}.png", optimize=True)


def trimmed(picture: Image.Image) -> Image.Image:
    """Cut off the empty paper below."""
    paper = Image.new("RGB", picture.size, picture.getpixel((0, 0)))
    box = ImageChops.difference(picture, paper).getbbox() or (0, 0, *picture.size)
    return picture.crop((0, 0, picture.width, min(picture.height, box[3] + MARGIN)))


if __name__ == "__main__":
    main()
