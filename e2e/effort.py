"""What a task asks of the person who does it: presses of the mouse, keys, pages, and seconds by the keystroke-level model.

The model (Card, Moran and Newell, 1980) adds up what a practised person takes: 1.1 s to point and 0.2 s to press, 0.28 s for a key,
1.35 s to think before each press and each run of keys. What the person reads, hears or composes is not in it; nor is the machine, whose
seconds are measured beside it.
"""

from dataclasses import dataclass, field
from time import monotonic

from playwright.sync_api import Page

POINT_AND_PRESS, KEY, THINK = 1.1 + 0.2, 0.28, 1.35  # seconds

# A select that is chosen from by a test has no presses of its own: `Effort.chose` counts them.
LISTEN = """
(() => {
  for (const [event, what] of [["pointerdown", "press"], ["keydown", "key"]])
    addEventListener(event, (it) => { if (it.isTrusted && !it.repeat) window.effortCounts(what); }, { capture: true });
})();
"""


@dataclass
class Effort:
    """Counts what happens in a page from `begin` to `end`."""

    page: Page
    presses: int = 0
    keys: int = 0
    runs: int = 0  # of keys, without a press between them
    pages: int = 0
    machine: float = 0  # seconds from the first act to the last page
    _last: str = ""
    _began: float = field(default=0, repr=False)

    def __post_init__(self) -> None:
        self.page.expose_binding("effortCounts", lambda _source, what: self._count(what))
        self.page.add_init_script(LISTEN)
        self.page.on("framenavigated", lambda frame: self._navigated(frame == self.page.main_frame))

    def begin(self) -> None:
        """Forget what was counted so far; the page is loaded again so that it is listened to."""
        self.page.reload()
        self.page.wait_for_load_state()
        self.presses = self.keys = self.runs = self.pages = 0
        self._last, self._began = "", monotonic()

    def chose(self) -> None:
        """A list was opened and one of its entries taken."""
        self._count("press")
        self._count("press")

    def end(self, task: str) -> "Effort":
        """Print what the task asked, and return it."""
        self.machine = monotonic() - self._began
        print(f"\neffort: {task}: {self}")
        return self

    @property
    def seconds(self) -> float:
        """What a practised person takes, without reading and without the machine."""
        return self.presses * (POINT_AND_PRESS + THINK) + self.keys * KEY + self.runs * THINK

    def __str__(self) -> str:
        return (
            f"{self.presses} presses, {self.keys} keys, {self.pages} pages, {self.seconds:.1f} s of the person, "
            f"{self.machine:.1f} s in the test"
        )

    def _count(self, what: str) -> None:
        if what == "press":
            self.presses += 1
        else:
            self.keys += 1
            self.runs += self._last != "key"
        self._last = what

    def _navigated(self, is_main: bool) -> None:
        self.pages += is_main
