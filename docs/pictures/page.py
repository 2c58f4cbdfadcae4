"""Takes the pictures of pages that the README shows: `python docs/pictures/page.py PAGE.html PICTURE.png [HEIGHT]`.

Needs the development tools, and Chromium on the PATH.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WIDTH_PX, HEIGHT_PX = 960, 1620


def take(page: Path, picture: Path, height_px: int) -> None:
    """Write what a page shows at its top as a PNG file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": WIDTH_PX, "height": height_px})
        shown.goto(page.resolve().as_uri())
        shown.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else HEIGHT_PX)
