"""What keeps somebody out of a page: what axe finds, what axe cannot tell and we look up, and what does not fit."""

import json
from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations", "incomplete"]}
# What axe takes for contrast by itself, but that a number of one digit is text too.
CONTRAST = {
    "ignoreUnicode": True,
    "ignoreLength": True,
    "ignorePseudo": False,
    "boldValue": 700,
    "boldTextPt": 14,
    "largeTextPt": 18,
    "contrastRatio": {"normal": {"expected": 4.5}, "large": {"expected": 3}},
    "pseudoSizeThreshold": 0.25,
    "shadowOutlineEmMax": 0.2,
    "textStrokeEmMin": 0.03,
}
CHECKS = {"checks": [{"id": "color-contrast", "options": CONTRAST}]}
LOOK = "([checks, options]) => { axe.configure(checks); return axe.run(document, options); }"
# Axe cannot see what stands behind cells that a region has scrolled out of sight: for this look the page is as wide as
# its tables.
UNROLLED = """on => {
    document.body.style.minWidth = on ? "4000px" : "";
    for (const region of document.querySelectorAll(".unstuck-scroll")) region.style.overflow = on ? "visible" : "";
}"""
# Of letters in a picture axe does not tell the contrast; we do.
PICTURED = ("<text ", "<tspan ")
LEAST_CONTRAST = 4.5
# For each letter of a picture its colour, and that of what was drawn last beneath its middle.
COLOURS = """() => [...document.querySelectorAll("svg[role=img] text")].filter(it => it.textContent).map(text => {
    const box = text.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
    const beneath = [...text.ownerSVGElement.querySelectorAll("rect, path, circle")].filter(shape => {
        const place = shape.getBoundingClientRect(), fill = getComputedStyle(shape).fill;
        return fill !== "none" && !fill.endsWith(", 0)") && place.left <= x && x <= place.right && place.top <= y
            && y <= place.bottom && shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
    });
    const behind = beneath.length ? getComputedStyle(beneath.at(-1)).fill : "rgb(255, 255, 255)";
    return [text.textContent, getComputedStyle(text).fill, behind];
})"""


def barriers(page: Page) -> Iterator[str]:
    """Each, in a line."""
    page.evaluate(Axe().axe_script)
    found = look(page)
    if any(rule["id"] == "color-contrast" for rule in found["incomplete"]):
        page.evaluate(UNROLLED, True)
        unrolled = look(page)
        page.evaluate(UNROLLED, False)
        found = {"violations": found["violations"] + unrolled["violations"], "incomplete": unrolled["incomplete"]}
    yield from (told(rule, rule["nodes"]) for rule in found["violations"])
    for rule in found["incomplete"]:
        unexplained = [
            node for node in rule["nodes"] if not (rule["id"] == "color-contrast" and node["html"].startswith(PICTURED))
        ]
        if unexplained:
            yield told(rule, unexplained)
    yield from pale(page)
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        yield "wider than the window"


def pale(page: Page) -> Iterator[str]:
    """Letters of pictures that are hard to tell from what is behind them."""
    for text, ink, behind in page.evaluate(COLOURS):
        if contrast(ink, behind) < LEAST_CONTRAST:
            yield f"{text!r} in a picture is {ink} on {behind}"


def look(page: Page) -> dict[str, Any]:
    """What axe has to say."""
    result: dict[str, Any] = page.evaluate(LOOK, [CHECKS, OPTIONS])
    return result


def told(rule: dict[str, Any], nodes: list[dict[str, Any]]) -> str:
    return f"{rule['id']}: " + json.dumps([(node["html"][:160], node["failureSummary"][:200]) for node in nodes[:3]])


def contrast(one: str, other: str) -> float:
    """Between two colours as a browser says them, after WCAG 2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (linear(int(part)) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: int) -> float:
    share = part / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
