"""Refresh the vendor files: raise a version in package.json, run this script, look at the pages, commit.

It asks npm for the packages named there, copies the files listed below and the icons that are in use, and rewrites
VENDOR.toml with their checksums. A new icon: name it behind the command. An icon no longer used: delete its file first.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parent
PACKAGE_JSON = VENDOR.parent.parent / "package.json"

ICONS = {path.stem for path in (VENDOR / "icons").glob("*.svg")} | set(sys.argv[1:])
SANS, SERIF = "source-sans-3", "source-serif-4"


def icon_source(name: str) -> str:
    """Where an icon lies in the package: ``bookmark-filled`` is the filled form of ``bookmark``."""
    outline = name.removesuffix("-filled")
    return f"icons/{'outline' if outline == name else 'filled'}/{outline}.svg"


PACKAGES = {
    "@fontsource-variable/source-sans-3": {
        "licence": "OFL-1.1",
        "files": {
            f"fonts/{SANS}-{subset}-wght-{style}.woff2": f"files/{SANS}-{subset}-wght-{style}.woff2"
            for subset in ("latin", "latin-ext")
            for style in ("normal", "italic")
        }
        | {f"LICENSES/{SANS}.txt": "LICENSE"},
    },
    "@fontsource/source-serif-4": {
        "licence": "OFL-1.1",
        "files": {
            f"fonts/{SERIF}-{subset}-600-normal.woff2": f"files/{SERIF}-{subset}-600-normal.woff2"
            for subset in ("latin", "latin-ext")
        }
        | {f"LICENSES/{SERIF}.txt": "LICENSE"},
    },
    "@tabler/icons": {
        "licence": "MIT",
        "files": {f"icons/{name}.svg": icon_source(name) for name in ICONS} | {"LICENSES/tabler-icons.txt": "LICENSE"},
    },
    # The builds for older browsers. Left out on purpose: pages and styles of its own viewer, scripting (sandbox),
    # WebAssembly (our policy forbids it; two decoders in plain script stand in), tables for East Asian fonts.
    "pdfjs-dist": {
        "licence": "Apache-2.0",
        "files": {
            "pdfjs/pdf.min.mjs": "legacy/build/pdf.min.mjs",
            "pdfjs/pdf.worker.min.mjs": "legacy/build/pdf.worker.min.mjs",
            "pdfjs/jbig2_nowasm_fallback.js": "wasm/jbig2_nowasm_fallback.js",
            "pdfjs/openjpeg_nowasm_fallback.js": "wasm/openjpeg_nowasm_fallback.js",
            "pdfjs/FoxitDingbats.pfb": "standard_fonts/FoxitDingbats.pfb",
            "pdfjs/FoxitSymbol.pfb": "standard_fonts/FoxitSymbol.pfb",
            "LICENSES/pdfjs.txt": "LICENSE",
            "LICENSES/pdfjs-jbig2.txt": "wasm/LICENSE_JBIG2",
            "LICENSES/pdfjs-openjpeg.txt": "wasm/LICENSE_OPENJPEG",
            "LICENSES/pdfjs-foxit.txt": "standard_fonts/LICENSE_FOXIT",
        },
    },
}


def download(name: str, version: str, folder: Path) -> Path:
    """Let npm fetch and verify one package; returns the archive."""
    command = ["npm", "pack", "--silent", f"{name}@{version}"]
    answer = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return folder / answer.stdout.strip().splitlines()[-1]


def copy_files(archive: Path, files: dict[str, str]) -> dict[str, str]:
    """Copy the named members out of the archive; returns target -> sha256."""
    checksums = {}
    with tarfile.open(archive) as package:
        for target, source in sorted(files.items()):
            content = package.extractfile(f"package/{source}").read()
            path = VENDOR / target
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            checksums[target] = hashlib.sha256(content).hexdigest()
    return checksums


def section(name: str, version: str, package: dict, checksums: dict[str, str]) -> str:
    """One package as TOML text."""
    lines = ["[[package]]", f'name = "{name}"', f'version = "{version}"', f'licence = "{package["licence"]}"', ""]
    for target, checksum in checksums.items():
        lines += ["[[package.file]]", f'path = "{target}"', f'source = "{package["files"][target]}"']
        lines += [f'sha256 = "{checksum}"', ""]
    return "\n".join(lines)


def main() -> int:
    versions = json.loads(PACKAGE_JSON.read_text())["devDependencies"]
    sections, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for name, package in PACKAGES.items():
            archive = download(name, versions[name], Path(folder))
            checksums = copy_files(archive, package["files"])
            count += len(checksums)
            sections.append(section(name, versions[name], package, checksums))
    (VENDOR / "VENDOR.toml").write_text("# Written by update.py.\n\n" + "\n".join(sections))
    sys.stdout.write(f"{count} files from {len(sections)} packages\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
