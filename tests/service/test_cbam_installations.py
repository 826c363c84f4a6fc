"""Installation files of examples/cbam against docs/worked/cbam_installations.md, and every refusal of the form."""

from __future__ import annotations

import re
import subprocess
import sys
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest

from service.cbam.run import Asked, calculated, read_file
from service.cbam.see import Seen, output

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "cbam"
PAGE = ROOT / "docs" / "worked" / "cbam_installations.md"
BLOCK = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```", re.S)
ASKED = Asked(known="2026-11-21")


def run(name: str) -> Seen:
    return calculated(read_file(EXAMPLES / f"{name}.yaml"), EXAMPLES, ASKED)


def product(found: Seen, name: str) -> dict[str, Any]:
    return next(item for item in output(found)["products"] if item["id"] == name)


@pytest.mark.parametrize("number", range(7))
def test_the_page_prints_what_it_says(number: int) -> None:
    code, text = BLOCK.findall(PAGE.read_text("utf-8"))[number]
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == text


def printed() -> list[float]:
    """Every figure of the page, in its order."""
    texts = [text for _, text in BLOCK.findall(PAGE.read_text("utf-8"))]
    return [float(word) for text in texts for word in text.split() if re.fullmatch(r"-?\d+\.\d+", word)]


def test_every_figure_of_the_page() -> None:
    """All goods, direct and indirect, shares, electricity and free allocation, to fifteen digits of a double."""
    hydrogen, screws, works = run("hydrogen_steam_2026"), run("screws_2026"), run("aluminium_caster_2026")
    cement, npk, steel, power = run("cement_joint_2026"), run("npk_2026"), run("steel_works_2026"), run("power_2026")
    made = [
        hydrogen.goods["reformer"].direct, hydrogen.goods["reformer"].electricity,
        hydrogen.goods["reformer"].allocation,
        screws.goods["screws"].direct, screws.goods["screws"].share_default_direct, screws.goods["screws"].electricity,
        screws.goods["screws"].allocation,
        works.goods["pots"].direct, works.goods["mill"].direct, works.goods["mill"].share_default_direct,
        works.goods["mill"].electricity, works.goods["mill"].allocation,
        cement.goods["kiln"].direct, cement.goods["kiln"].indirect,
        product(cement, "cement")["see_total_per_t"], cement.goods["kiln"].allocation,
        npk.goods["acid"].direct, npk.goods["acid"].indirect, npk.goods["npk"].direct, npk.goods["npk"].indirect,
        product(npk, "npk_15")["see_total_per_t"], npk.goods["acid"].allocation, npk.goods["npk"].allocation,
        steel.built.power["plant"].factor if steel.built else None,
        steel.goods["sinter"].direct, steel.goods["sinter"].indirect,
        steel.goods["furnace"].direct, steel.goods["furnace"].indirect,
        steel.goods["converter"].direct, steel.goods["converter"].indirect,
        steel.goods["sinter"].allocation, steel.goods["furnace"].allocation, steel.goods["converter"].allocation,
        power.goods["plant"].direct,
    ]  # fmt: skip
    expected = printed()
    assert len(made) == len(expected) == 34
    for k, (found, wanted) in enumerate(zip(made, expected, strict=True)):
        assert found is not None and abs(float(F(str(found))) - wanted) <= 1e-14 * max(1, abs(wanted)), (k, found)
