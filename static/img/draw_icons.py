"""Draw the icons of the installed app from mark.svg: run after the mark has changed, look at them, commit.

Needs the browser that the tests need.
"""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# A maskable icon is cut to any shape: ground to the edges, the dots within the inner four fifths.
WHOLE = "body { margin: 0 } svg { width: 100vw; height: 100vh; display: block }"
MASKABLE = "svg > rect { rx: 0 } svg > g { transform: scale(.72); transform-origin: 20px 20px }"
ICONS = (("app-192.png", 192, ""), ("app-512.png", 512, ""), ("app-maskable-512.png", 512, MASKABLE))


def main() -> None:
    mark = (HERE / "mark.svg").read_text(encoding="utf-8")
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for name, size, style in ICONS:
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>{WHOLE} {style}</style>{mark}")
            page.screenshot(path=HERE / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
