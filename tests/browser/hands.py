"""How somebody uses a page: with a mouse, or by keyboard alone."""

from dataclasses import dataclass
from typing import Literal, Protocol

from playwright.sync_api import Locator, Page

Role = Literal["button", "link"]
FAR = 250  # steps of the Tab key after which nobody goes on looking


class Hands(Protocol):
    """Whatever can be done on a page."""

    page: Page

    def press(self, name: str, role: Role = "button") -> None: ...
    def fill(self, label: str, text: str) -> None: ...
    def choose(self, label: str) -> None: ...
    def pick(self, label: str, option: str) -> None: ...


@dataclass
class Mouse:
    """Points and clicks."""

    page: Page

    def press(self, name: str, role: Role = "button") -> None:
        """A button or a link by what it says; the page that follows has loaded."""
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=name, exact=True).first.click()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).check()

    def pick(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(label=option)


@dataclass
class Keyboard:
    """Tab, Shift, Enter, Space, arrows and letters; nothing else."""

    page: Page

    def press(self, name: str, role: Role = "button") -> None:
        self._reach(self.page.get_by_role(role, name=name, exact=True).first)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def fill(self, label: str, text: str) -> None:
        self._reach(self.page.get_by_label(label, exact=True))
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def choose(self, label: str) -> None:
        """A radio by its label: Tab leads to its group, arrows through it."""
        wanted = self.page.get_by_label(label, exact=True)
        group = self.page.locator(f"input[name='{wanted.get_attribute('name')}']")
        self._reach(group)
        if wanted.evaluate("it => it === document.activeElement"):
            self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no key chooses {label!r}")

    def pick(self, label: str, option: str) -> None:
        """An option of a list, by typing how it begins."""
        field = self.page.get_by_label(label, exact=True)
        self._reach(field)
        self.page.keyboard.type(option)
        chosen = field.evaluate("it => it.selectedOptions[0].text")
        assert chosen == option, f"typing {option!r} chose {chosen!r}"

    def _reach(self, wanted: Locator) -> None:
        """Tab, until what is wanted has the focus, and the focus can be seen."""
        for _ in range(FAR):
            if wanted.evaluate_all("all => all.includes(document.activeElement)"):
                seen = "it => getComputedStyle(it).outlineStyle !== 'none' || getComputedStyle(it).boxShadow !== 'none'"
                assert self.page.locator(":focus").evaluate(seen), "nobody can see where the focus is"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key never gets to {wanted}")
