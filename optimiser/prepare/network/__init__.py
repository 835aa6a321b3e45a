"""Minutes by road: a network file -> roads -> one graph a mode -> minutes from zones to places.

`files.read` reads a file, `osm` and `open_roads` its formats; `graphs` makes the graph of a mode at the speeds of
`speeds`; `routes` finds the minutes; `build` makes of them the rows that the register keeps.
"""
