"""How deprived each zone is: tenths of the English Indices of Deprivation, two by two."""

from maps.layers import Colouring, Missing, Swatch
from maps.view import View

ORDER = 48
EDGE = "#8a9196"
# ColorBrewer's BuPu: dark is most deprived. One hue that only gets lighter, so no kind of colour vision is misled.
FIFTHS = ("#88419d", "#8c96c6", "#b3cde3", "#d3e3f0", "#f7fcfd")
LABELS = ("Most deprived fifth (tenths 1 and 2)", "Tenths 3 and 4", "Tenths 5 and 6", "Tenths 7 and 8",
          "Least deprived fifth (tenths 9 and 10)")  # fmt: skip
UNKNOWN = Swatch("Not recorded", "area", "#a8a8a8", EDGE)


def build(view: View) -> Colouring | Missing | None:
    """Missing where zones have no tenth; None where there are no zones."""
    if not view.zones:
        return None
    if all(zone.deprivation_decile is None for zone in view.zones):
        return Missing("The map has no layer of deprivation, because the zones do not say how deprived they are.")
    some = any(zone.deprivation_decile is None for zone in view.zones)
    marks = [Swatch(label, "area", fill, EDGE) for label, fill in zip(LABELS, FIFTHS, strict=True)]
    return Colouring(
        key="deprivation",
        title="Deprivation",
        of="zones",
        classes=[
            len(FIFTHS) if zone.deprivation_decile is None else (zone.deprivation_decile - 1) // 2
            for zone in view.zones
        ],
        legend=(*marks, *([UNKNOWN] if some else [])),
    )
