"""A real Chromium for tests of pages, and what is measured in one: contrasts, shifts, and what a page complains of."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from real_programs import wanted

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    # Several windows are looked at in turn here; to their pages each is in front.
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
]
PATIENCE_MS = 90_000
POOR_CONTRASTS = """() => {
  const parsed = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parsed(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("noscript, script, .unseen")) continue;
    if (!element.checkVisibility()) continue;
    const ratio = contrast(parsed(getComputedStyle(element).color), behind(element));
    if (ratio < 4.5) poor.push([walker.currentNode.data.slice(0, 40), ratio]);
  }
  return poor;
}"""
NOTE_SHIFTS = """
window.shifts = [];
window.violations = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((each) => ({
  value: each.value, sources: each.sources.map((source) => source.node?.outerHTML?.slice(0, 80) ?? "") }))))
  .observe({ type: "layout-shift", buffered: true });
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""
NAMELESS = """() => [...document.querySelectorAll("button, a, input, textarea, [role=img], [role=region], dialog")]
  .filter((each) => each.checkVisibility())
  .filter((each) => !(each.getAttribute("aria-label") || each.textContent.trim() || each.labels?.length
    || document.getElementById(each.getAttribute("aria-labelledby"))))
  .map((each) => each.outerHTML.slice(0, 100))"""


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the system's Chromium; the test is skipped where there is none, but in CI it fails."""
    program = wanted("chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a Chromium

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """A person's browser: a context of its own, with one page, whose complaints are noted."""

    def __init__(
        self, browser: Any, width: int = 1280, height: int = 900, scheme: str = "light", **options: Any
    ) -> None:
        size = {"width": width, "height": height}
        self.context = browser.new_context(viewport=size, color_scheme=scheme, **options)
        self.context.add_init_script(NOTE_SHIFTS)
        self.context.set_default_timeout(PATIENCE_MS)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def named(self, name: str) -> "Visitor":
        """Let the browser know its person's name from an earlier visit."""
        self.context.add_init_script(f"localStorage.setItem('chaos-pizza.name', {name!r})")
        return self

    def close(self) -> None:
        self.context.close()
