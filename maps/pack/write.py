"""Writes a pack into a folder: all of its files, or none."""

from pathlib import Path
from tempfile import TemporaryDirectory

import maps.comparison
import maps.page
from estate.problems import InputError
from maps import reasons
from maps.brand import Brand
from maps.pack import (
    board_html,
    board_pdf,
    board_slides,
    compare_sheets,
    manifest,
    map_picture,
    pages,
    plan_geopackage,
    sheets,
    workbook,
)
from maps.pack.case import Case, Option


def write(case: Case, looks: Brand, out: Path, pdf: bool = True) -> dict[str, Path]:
    """Write the pack and give its files by name; what stands in the folder `out` is replaced.

    `pdf` False leaves out board.pdf, for which there must be a Chromium. The files are
    written to a temporary folder beside `out` and moved there once all are whole. Raises InputError where `out`
    cannot be written, is not an earlier pack, or there is no Chromium that can print.
    """
    _may_replace(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".estate-pack-", dir=out.parent) as folder:
            draft = Path(folder) / "pack"
            draft.mkdir()
            _write_all(case, looks, draft, pdf)
            manifest.write(case, draft)
            _put(draft, out, Path(folder) / "earlier")
    except OSError as fault:
        raise InputError.of(str(out), f"it cannot be written ({fault})", "Choose another folder") from fault
    return {path.relative_to(out).as_posix(): path for path in sorted(out.rglob("*")) if path.is_file()}


def _may_replace(out: Path) -> None:
    """An empty folder or an earlier pack; anything else is not ours to take away."""
    if out.is_dir() and not any(out.iterdir()):
        return
    if out.exists() and not (out.is_dir() and (out / "manifest.json").exists()):
        remedy = "Give a new folder, or one that holds an earlier pack"
        raise InputError.of("--out", "it holds something that is no pack", remedy, value=str(out))


def _put(draft: Path, out: Path, earlier: Path) -> None:
    """Move the whole folder into place; what was there comes back where that fails."""
    if out.exists():
        out.rename(earlier)
    try:
        draft.rename(out)
    except OSError:
        if earlier.exists():
            earlier.rename(out)
        raise


def _write_all(case: Case, looks: Brand, draft: Path, pdf: bool) -> None:
    made = pages.build_all(case)
    picture = map_picture.draw(case.main, looks.boundary)
    page = board_html.write(case, made, looks, picture, draft / "board.html")
    if pdf:
        board_pdf.write(page, draft / "board.pdf")
    board_slides.write(case, made, looks, picture, draft / "board.pptx")
    if case.compared is not None:
        services = {key: name for one in case.options for key, name in _services(one).items()}
        about = {"title": " and ".join(map(case.label, case.options))[:255]}
        workbook.write_sheets(compare_sheets.of(case.compared, services), about, draft / "comparison.xlsx")
    for number, (option, pair) in enumerate(zip(case.options, (None, *case.pairs), strict=True), start=1):
        folder = draft if number == 1 else draft / f"option-{number}"
        folder.mkdir(exist_ok=True)
        about = {"title": option.name[:255], "comments": board_html.carried(case)[:255]}
        found = sheets.of(option.plan, option.snapshot, option.scenario)
        found += option.appraised.sheets if option.appraised else ()
        workbook.write_sheets(found, about, folder / "workbook.xlsx")
        plan_geopackage.write(case, option, folder / "plan.gpkg")
        if pair is not None:
            maps.comparison.write(pair, (case.main.view, option.view), folder / "comparison.html", looks)
        maps.page.write(
            option.plan,
            option.snapshot,
            option.scenario,
            folder / "map.html",
            looks=looks,
            reasons=reasons.of_study(option.studies.get("explain")),
        )


def _services(option: Option) -> dict[str, str]:
    return {str(key): str(name) for key, name in option.snapshot.services["name"].items()}
