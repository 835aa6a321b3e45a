"""The board's paper as one HTML file: for screens of any width, and what the PDF is printed from.

It holds no script at all, fetches nothing and lets nothing in it fetch anything.
"""

import base64
import hashlib
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from maps import words
from maps.brand import Brand
from maps.charts import _draw
from maps.pack import findings
from maps.pack.case import Case
from maps.pack.map_canvas import Picture
from maps.pack.pages import Page

TEMPLATES = Path(__file__).parents[1] / "templates"

_NOWHERE = "base-uri 'none'; form-action 'none'"


def write(case: Case, pages: tuple[Page, ...], looks: Brand, picture: Picture, out: Path) -> Path:
    """Write the page to `out` and return it; `picture` is the map."""
    style = _style(case, looks)
    html = (
        _environment()
        .get_template("board.html.jinja")
        .render(
            case=case,
            pages=pages,
            looks=looks,
            style=Markup(style),  # noqa: S704 - our file, and text that `css_text` made safe
            policy=f"default-src 'none'; style-src {_digest(style)}; img-src data:; {_NOWHERE}",
            picture=picture.svg(),
            draw=_draw.svg,
            carried=carried(case),
        )
    )
    out.write_text(html, encoding="utf-8")
    return out


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters["together"] = together
    return made


def together(said: str) -> str:
    """The text with its sums kept on one line: £2.7 million does not break."""
    return re.sub(r"(£[\d.,]+) (million|billion)", "\\1\u00a0\\2", said)


def carried(case: Case) -> str:
    """What every page carries: run, date, gap and the share of estimates, and for whom it is."""
    option = case.main
    runs = (
        f"Run {option.run_id}" if len(case.options) == 1 else f"Runs {', '.join(o.run_id for o in case.options)}"
    )
    made = f"made {option.made_on.day} {option.made_on:%B %Y}"
    share = words.share(findings.figures(option).estimated_share)
    return f"{runs}, {made}. {option.gap.capitalize()}; {share} of pounds are estimates. {case.reader.words}."


def _style(case: Case, looks: Brand) -> str:
    colours = (
        f":root {{ --header: {looks.header}; --header-text: {looks.header_text}; --accent: {looks.accent}; }}\n"
        f"@page {{ @bottom-left {{ content: {css_text(carried(case))}; }} }}\n"
    )
    return colours + (TEMPLATES / "board.css").read_text(encoding="utf-8")


def css_text(said: str) -> str:
    """Text as a CSS string in a style element: all but letters, digits and spaces become escapes."""
    return '"' + "".join(c if c.isascii() and (c.isalnum() or c == " ") else f"\\{ord(c):x} " for c in said) + '"'


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
