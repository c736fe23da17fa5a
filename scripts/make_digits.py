"""Make the ready-made digits, `assets/data/digits.npz`, and note their checksum beside them.

Usage, from the repository's root; it takes a few seconds:

    .venv/bin/python -m scripts.make_digits

Run it after every change to the glyphs, the styles or the pen.
"""

from __future__ import annotations

from cnn_core.data.digits.asset import ASSET_COUNTS, ASSET_FOLDER, save_digits


def main() -> None:
    """Draw the digits, save them and say how large the file is."""
    ASSET_FOLDER.mkdir(parents=True, exist_ok=True)
    path = save_digits(ASSET_FOLDER)
    print(f"{path}: {ASSET_COUNTS['train']} + {ASSET_COUNTS['test']} digits, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
