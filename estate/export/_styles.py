"""Layer styles as QGIS keeps them (QML): how the register's layers look when they are opened.

Properties have a colour and a shape (outlines: a pattern) for each use, which people with any kind of colour
vision can tell apart, and a heavy outline where they are not in use. Zones are light outlines, sites dashed ones.
Columns with choices become drop-down lists in QGIS's forms.
"""

from xml.etree.ElementTree import Element, SubElement, tostring

from estate.dictionary import Column, columns
from estate.palette import INK, PALETTE

_SHAPES = ("circle", "square", "triangle", "diamond")
_PATTERNS = ("solid", "b_diagonal", "f_diagonal", "cross")
_NOT_IN_USE = "CASE WHEN \"status\" IN ('vacant', 'surplus', 'left') THEN 0.8 ELSE 0.2 END"  # outline in mm
_GEOMETRY_TYPES = {"point": "0", "outline": "2", "other": "4"}
_SYMBOLS = {"point": ("marker", "SimpleMarker"), "outline": ("fill", "SimpleFill"), "line": ("line", "SimpleLine")}
_ZONE = {"style": "no", "outline_color": "#999999", "outline_width": "0.26", "outline_style": "solid"}
_SITE = {"style": "no", "outline_color": PALETTE[5], "outline_width": "0.66", "outline_style": "dash"}
_SITE_POINT = {"name": "square", "color": "#ffffff", "outline_color": PALETTE[5], "size": "3"}
_FIXED = {("zone", "outline"): _ZONE, ("site", "outline"): _SITE}


def style(table: str, kind: str) -> str:
    """The QML of a layer: its table, and whether it has points, outlines or other shapes."""
    qgis = Element("qgis", version="3.22", styleCategories="Symbology|Fields|Forms")
    if table == "property" and kind in ("point", "outline"):
        _by_use(qgis, kind)
    elif kind in _SYMBOLS:  # QGIS's own look will do for shapes that hardly ever stand in a register
        renderer = SubElement(qgis, "renderer-v2", type="singleSymbol", symbollevels="0", enableorderby="0")
        symbol(SubElement(renderer, "symbols"), "0", kind, _FIXED.get((table, kind), _SITE_POINT))
    fields = SubElement(qgis, "fieldConfiguration")
    for column in columns(table):
        if column.choices:
            _drop_down(fields, column)
    SubElement(qgis, "layerGeometryType").text = _GEOMETRY_TYPES[kind]
    return written(qgis)


def written(qgis: Element) -> str:
    """A style as QGIS keeps it in a file."""
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + tostring(qgis, encoding="unicode")


def _by_use(qgis: Element, kind: str) -> None:
    """A symbol for each use: the palette in turn, the next shape when it is used up."""
    uses = next(column.choices for column in columns("property") if column.name == "use")
    renderer = SubElement(qgis, "renderer-v2", type="categorizedSymbol", attr="use", symbollevels="0")
    categories, symbols = SubElement(renderer, "categories"), SubElement(renderer, "symbols")
    for number, use in enumerate(uses):
        label = use.replace("_", " ").capitalize()
        SubElement(
            categories, "category", value=use, label=label, symbol=str(number), render="true", type="string"
        )
        turn = number // len(PALETTE) % len(_SHAPES)
        drawn = {"name": _SHAPES[turn], "size": "3"} if kind == "point" else {"style": _PATTERNS[turn]}
        look = {"color": PALETTE[number % len(PALETTE)], "outline_color": INK, "outline_width": "0.2", **drawn}
        symbol(symbols, str(number), kind, look, outline_width_mm=_NOT_IN_USE)


def symbol(symbols: Element, name: str, kind: str, look: dict[str, str], outline_width_mm: str = "") -> None:
    """A symbol of one layer; `outline_width_mm` is an expression that QGIS works out for each row."""
    symbol_type, layer_class = _SYMBOLS[kind]
    drawn = SubElement(
        symbols, "symbol", type=symbol_type, name=name, alpha="1", clip_to_extent="1", force_rhr="0"
    )
    layer = SubElement(drawn, "layer", {"class": layer_class}, enabled="1", locked="0")
    layer.set("pass", "0")
    options = SubElement(layer, "Option", type="Map")
    for key, value in look.items():
        SubElement(options, "Option", type="QString", name=key, value=_rgba(value) if "color" in key else value)
    if outline_width_mm:
        overrides = SubElement(SubElement(layer, "data_defined_properties"), "Option", type="Map")
        SubElement(overrides, "Option", type="QString", name="name", value="")
        named = SubElement(overrides, "Option", type="Map", name="properties")
        width = SubElement(named, "Option", type="Map", name="outlineWidth")
        SubElement(width, "Option", type="bool", name="active", value="true")
        SubElement(width, "Option", type="QString", name="expression", value=outline_width_mm)
        SubElement(width, "Option", type="int", name="type", value="3")
        SubElement(overrides, "Option", type="QString", name="type", value="collection")


def _drop_down(fields: Element, column: Column) -> None:
    field = SubElement(fields, "field", name=column.name, configurationFlags="None")
    configuration = SubElement(SubElement(field, "editWidget", type="ValueMap"), "config")
    options = SubElement(SubElement(configuration, "Option", type="Map"), "Option", type="List", name="map")
    for choice in column.choices:
        one = SubElement(options, "Option", type="Map")
        SubElement(one, "Option", type="QString", name=choice, value=choice)


def _rgba(colour: str) -> str:
    """#rrggbb as QGIS writes it: red, green, blue and opacity, 0 to 255."""
    return ",".join([*(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)), "255"])
