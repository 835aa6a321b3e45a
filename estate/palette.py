"""Colours that people with any kind of colour vision can tell apart, for maps here and in QGIS."""

# Okabe and Ito, "Color universal design" (2008); black is left out, it is the outline, and the
# grey is darker than theirs: pink looked like it to people without green cones.
PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#555555")
INK = "#0b0c0c"
