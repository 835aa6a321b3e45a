"""The sheets of an appraisal: what it assumes, the flows, and every figure of the business case from them.

With formulas the figures are worked out anew by the spreadsheet, whose cells anybody can follow and change;
without, the same figures stand as plain numbers.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_range_abs, xl_rowcol_to_cell

from maps.pack.sheet import Column, Formula, Sheet
from maps.words import financial_year
from optimiser.appraise.business_case import TODAY, Against, BusinessCase, OptionCase

_WORKS = ("fit_out", "hub_cost", "backlog_maintenance")
# Where things stand; rows and columns from 0, under one row of headings.
_INFLATION, _APPLIED, _STANDARD, _OTHER, _MITIGATED, _HORIZON, _PEOPLE = 1, 2, 3, 4, 5, 8, 9
_YEAR, _RATE, _FACTOR, _PRICES = 1, 2, 3, 4
_WORDS = 8  # columns of a line before its years: option, line and what it is
_MONEY = "gbp"


def sheets(case: BusinessCase, *, live: bool) -> list[Sheet]:
    """Every sheet in order; `live`: with formulas."""
    book = _Book(case, live)
    return [
        book.figures(),
        book.by_year(),
        book.lines(),
        book.flows(),
        book.discounting(),
        book.assumptions(),
        book.bridge(),
    ]


class _Book:
    """The addresses that the sheets share."""

    def __init__(self, case: BusinessCase, live: bool) -> None:
        self.case, self.live = case, live
        self.rows = [(option, line) for option in case.options for line in option.lines]
        self.width = len(case.years)

    def cell(self, formula: str, value: float | None) -> Any:
        """A formula, or its value."""
        return Formula(f"={formula}", value) if self.live else value

    def assume(self, row: int) -> str:
        """The cell of an assumption."""
        return f"Assumptions!$B${row + 1}"

    def span(self, row: int, count: int | None = None) -> str:
        """Years of a row of the sheet Discounting."""
        return f"Discounting!{xl_range_abs(row, 1, row, count or self.width)}"

    def column(self, position: int) -> str:
        """A column of the sheet Lines, all rows."""
        return f"Lines!{xl_range_abs(1, position, len(self.rows), position)}"

    @property
    def present(self) -> int:
        """The column of present values of the sheet Lines."""
        return _WORDS + self.width

    def total(self, column: int, option: str, **words: str) -> str:
        """Sum of a column of the sheet Lines over an option's rows that have these words."""
        where = {"cash": 3, "kind": 4, "timing": 5, "cashable": 6, "investment": 7, "line": 1}
        tests = [
            f'{self.column(0)},"{option}"',
            *(f'{self.column(where[key])},"{word}"' for key, word in words.items()),
        ]
        return f"SUMIFS({self.column(column)},{','.join(tests)})"

    def saved(self, column: int, option: str, **words: str) -> str:
        """What an option saves against business as usual."""
        return f"{self.total(column, TODAY, **words)}-{self.total(column, option, **words)}"

    def assumptions(self) -> Sheet:
        """The figures that can be changed."""
        settings = self.case.settings
        bias = settings["optimism_bias"]
        rows: list[tuple[Any, ...]] = [
            ("Inflation, for cash terms", ("share", settings["inflation_per_year"]), "share a year"),
            ("Optimism bias is added", ("year", int(bias["applied"])), "1: yes, 0: no"),
            (
                "Optimism bias, standard buildings",
                ("share", bias["standard_building"]),
                "share of the cost of works",
            ),
            ("Optimism bias, listed and protected buildings", ("share", bias["non_standard_building"]), "share"),
            *(
                (
                    f"Of the bias, dealt with: {name}",
                    ("share", bias["mitigation"].get(line, 0.0)),
                    "share of the bias",
                )
                for line, name in ((line, self._name(line)) for line in _WORKS)
            ),
            ("Years of the horizon", ("year", self.case.horizon_years), "years"),
            ("People of the teams", ("decimal", self.case.fte), "full-time equivalents"),
            ("Edition of the discount rates", ("text", self.case.discount), "see sheet Discounting"),
        ]
        return Sheet(
            "Assumptions", (Column("Item", width=46), Column("Value", "any", 18), Column("Unit", width=28)), rows
        )

    def _name(self, line: str) -> str:
        return next(one.name for one in self.case.options[0].lines if one.line == line).lower()

    def discounting(self) -> Sheet:
        """Rates, and what they make of GBP 1 in each year."""
        case, inflation = self.case, self.case.settings["inflation_per_year"]
        factors: list[Any] = [("exact", 1.0)]
        prices: list[Any] = [("exact", 1.0)]
        for number in range(1, self.width):
            before, rate = (xl_rowcol_to_cell(row, number + column) for row, column in ((_FACTOR, 0), (_RATE, 1)))
            factors.append(("exact", self.cell(f"{before}/(1+{rate})", case.factor_by_year[number])))
            level = xl_rowcol_to_cell(_PRICES, number)
            prices.append(
                ("exact", self.cell(f"{level}*(1+{self.assume(_INFLATION)})", (1 + inflation) ** number))
            )
        columns = (Column("Item", width=34), *(Column(financial_year(year), "any", 12) for year in case.years))
        rows = [
            ("Financial year from April", *(("year", year) for year in case.years)),
            ("Discount rate of the year", *(("share", rate) for rate in case.rate_per_year)),
            ("Present value of GBP 1", *factors),
            ("Prices, first year 1", *prices),
        ]
        return Sheet("Discounting", columns, rows)

    def _heads(self, *more: Column) -> tuple[Column, ...]:
        years = (Column(f"{financial_year(year)} (GBP)", _MONEY, 15) for year in self.case.years)
        return (Column("Option", width=13), Column("Line", width=20), *more, *years)

    def flows(self) -> Sheet:
        """What the register and the plan give: real terms, before optimism bias."""
        rows: list[tuple[Any, ...]] = [
            (option.key, line.line, "all", *line.before_bias_gbp_by_year) for option, line in self.rows
        ]
        rows += [
            (option.key, line.line, "of it, works on listed and protected buildings", *line.protected_gbp_by_year)
            for option, line in self.rows
        ]
        return Sheet("Flows before bias", self._heads(Column("Of what", width=30)), rows, frozen_columns=3)

    def lines(self) -> Sheet:
        """Every line of every option with optimism bias, and its present value."""
        rows = []
        for number, (option, line) in enumerate(self.rows, start=1):
            words = ("yes" if line.cash else "no", line.kind, line.timing, "yes" if line.cashable else "no",
                     "yes" if line.investment else "no")  # fmt: skip
            years = [
                self.cell(self._with_bias(line.line, number, position), gbp)
                for position, gbp in enumerate(line.gbp_by_year)
            ]
            mine = f"{xl_rowcol_to_cell(number, _WORDS)}:{xl_rowcol_to_cell(number, _WORDS + self.width - 1)}"
            present = self.cell(f"SUMPRODUCT({mine},{self.span(_FACTOR)})", line.present_value_gbp)
            rows.append((option.key, line.line, line.name, *words, *years, present))
        kinds = (
            Column("Name", width=22), Column("Cash", width=7), Column("Kind", width=9), Column("When", width=9),
            Column("Cashable", width=10), Column("Spent to get there", width=10),
        )  # fmt: skip
        columns = (*self._heads(*kinds), Column("Present value (GBP)", _MONEY, 18))
        return Sheet("Lines", columns, rows, frozen_columns=3)

    def _with_bias(self, line: str, number: int, position: int) -> str:
        base = f"'Flows before bias'!{xl_rowcol_to_cell(number, 3 + position)}"
        if line not in _WORKS:
            return base
        part = f"'Flows before bias'!{xl_rowcol_to_cell(number + len(self.rows), 3 + position)}"
        left = f"(1-{self.assume(_MITIGATED + _WORKS.index(line))})*{self.assume(_APPLIED)}"
        standard, other = self.assume(_STANDARD), self.assume(_OTHER)
        return f"{base}*(1+{standard}*{left})+{part}*({other}-{standard})*{left}"

    def by_year(self) -> Sheet:
        """Seven rows an option: what it saves against business as usual, year by year and so far."""
        rows: list[tuple[Any, ...]] = []
        for option in self.case.options:
            if option.against is not None:
                rows += self._years_of(option, option.against, len(rows) + 1)
        years = self._heads()[2:]
        return Sheet(
            "By year", (Column("Option", width=13), Column("What", width=34), *years), rows, frozen_columns=2
        )

    def _years_of(self, option: OptionCase, said: Against, first: int) -> list[tuple[Any, ...]]:
        """The rows of one option, from a row of the sheet on."""
        discounted = [
            gbp * factor for gbp, factor in zip(said.net_cash_gbp_by_year, self.case.factor_by_year, strict=True)
        ]

        def row(what: str, formula: Callable[[int], str], values: Sequence[float]) -> tuple[Any, ...]:
            return (option.key, what, *(self.cell(formula(n), gbp) for n, gbp in enumerate(values)))

        def so_far(of: int) -> Callable[[int], str]:
            start = xl_rowcol_to_cell(of, 2, row_abs=True, col_abs=True)
            return lambda n: f"SUM({start}:{xl_rowcol_to_cell(of, 2 + n)})"

        def at(of: int, n: int) -> str:
            return str(xl_rowcol_to_cell(of, 2 + n))

        def year(n: int, row: int) -> str:
            return f"Discounting!{xl_rowcol_to_cell(row, 1 + n)}"

        def cash(n: int) -> str:
            return self.saved(_WORDS + n, option.key, cash="yes")

        def less(kind: str) -> Callable[[int], str]:
            return lambda n: f"-({self.saved(_WORDS + n, option.key, kind=kind)})"

        return [
            row("Net cash saved", cash, said.net_cash_gbp_by_year),
            row("so far", so_far(first), list(accumulate(said.net_cash_gbp_by_year))),
            row("Net cash saved, present value", lambda n: f"{at(first, n)}*{year(n, _FACTOR)}", discounted),
            row("so far", so_far(first + 2), list(accumulate(discounted))),
            row("Net cash saved, cash terms", lambda n: f"{at(first, n)}*{year(n, _PRICES)}",
                said.net_cash_in_cash_terms_gbp_by_year),
            row("Capital, spending above zero", less("capital"), said.capital_gbp_by_year),
            row("Revenue, spending above zero", less("revenue"), said.revenue_gbp_by_year),
        ]  # fmt: skip

    def figures(self) -> Sheet:
        """The business case: a row a figure, a column an option."""
        options = self.case.options
        columns = (
            Column("Figure", width=42), Column("Unit", width=26),
            *(Column(option.name, _MONEY, 22) for option in options),
        )  # fmt: skip
        rows = [
            (name, unit, *(self._figure(option, number, key, kind) for number, option in enumerate(options)))
            for name, key, kind, unit in _FIGURES
        ]
        breaks = ["; ".join(option.breaks) or "none" for option in options]
        rows.append(("Rules of the scenario that it breaks", "", *(("text", words) for words in breaks)))
        return Sheet("Business case", columns, rows)

    def _figure(self, option: OptionCase, number: int, key: str, kind: str) -> Any:
        held = option if hasattr(option, key) else option.against
        if held is None:
            return None
        value = getattr(held, key)
        return (kind, value if key in _PLAIN else self.cell(self._formula(option, number, key), value))

    def _formula(self, option: OptionCase, number: int, key: str) -> str:
        column, present, name = xl_col_to_name(2 + number), self.present, option.key

        def here(figure: str) -> str:
            return f"{column}{2 + [one[1] for one in _FIGURES].index(figure)}"

        last = _WORDS + self.case.horizon_years - 1
        first = 1 + 7 * (number - 1)  # of the option's rows on the sheet By year
        a_year = f"{here('whole_life_cost_gbp')}/SUM({self.span(_FACTOR, self.case.horizon_years)})"
        formulas: dict[str, Callable[[], str]] = {
            "npsv_gbp": lambda: self.saved(present, name),
            "npv_gbp": lambda: self.saved(present, name, cash="yes"),
            "benefits_gbp": lambda: self.saved(present, name, investment="no"),
            "costs_gbp": lambda: f"-({self.saved(present, name, investment='yes')})",
            "benefit_cost_ratio": lambda: (
                f'IF({here("costs_gbp")}>0,{here("benefits_gbp")}/{here("costs_gbp")},"")'
            ),
            "return_on_investment": lambda: f'IF({here("costs_gbp")}>0,{here("npv_gbp")}/{here("costs_gbp")},"")',
            "payback_year": lambda: self._payback(first + 1),
            "discounted_payback_year": lambda: self._payback(first + 3),
            "saving_gbp_per_year": lambda: self.saved(last, name, cash="yes", timing="yearly"),
            "one_off_gbp": lambda: "+".join(
                self.total(_WORDS + n, name, investment="yes") for n in range(self.width)
            ),
            "cashable_gbp": lambda: self.saved(present, name, cashable="yes"),
            "non_cashable_gbp": lambda: self.saved(present, name, cashable="no"),
            "present_cost_gbp": lambda: self.total(present, name),
            "whole_life_cost_gbp": lambda: (
                f"{self.total(present, name, cash='yes')}-{self.total(present, name, line='receipts')}"
            ),
            "whole_life_cost_gbp_per_m2_per_year": lambda: (
                f'IF({here("mean_floor_m2")}>0,{a_year}/{here("mean_floor_m2")},"")'
            ),
            "whole_life_cost_gbp_per_fte_per_year": lambda: (
                f'IF({self.assume(_PEOPLE)}>0,{a_year}/{self.assume(_PEOPLE)},"")'
            ),
        }
        return formulas[key]()

    def _payback(self, row: int) -> str:
        """The year after the last in which more has gone out than come in, by a row of sums so far."""
        sums = f"'By year'!{xl_range_abs(row, 2, row, 1 + self.width)}"
        end = f"'By year'!{xl_rowcol_to_cell(row, 1 + self.width)}"
        last = f"SUMPRODUCT(MAX(({sums}<-0.01)*{self.span(_YEAR)}))"
        return f'IF({last}=0,"",IF({end}<-0.01,"",{last}+1))'

    def bridge(self) -> Sheet:
        """From the plan's own net present social value to the appraisal's."""
        steps = self.case.bridge
        total = self.cell(f"SUM(B2:B{1 + len(steps)})", sum(step.gbp for step in steps))
        rows = [*((step.name, step.gbp) for step in steps), ("As appraised", total)]
        return Sheet(
            "Bridge", (Column("Step", width=44), Column("Net present social value (GBP)", _MONEY, 24)), rows
        )


_PLAIN = {"properties_left", "people_moved", "mean_floor_m2"}
_FIGURES = (
    ("Net present social value", "npsv_gbp", _MONEY, "GBP of present value"),
    ("Net present value, public bodies' cash", "npv_gbp", _MONEY, "GBP of present value"),
    ("Benefits", "benefits_gbp", _MONEY, "GBP of present value"),
    ("Costs of getting there", "costs_gbp", _MONEY, "GBP of present value"),
    ("Benefit-cost ratio", "benefit_cost_ratio", "ratio", ""),
    ("Cash gained for each pound spent", "return_on_investment", "ratio", ""),
    ("Paid back from", "payback_year", "year", "financial year from April"),
    ("Paid back from, discounted", "discounted_payback_year", "year", "financial year from April"),
    ("Saving a year in the end", "saving_gbp_per_year", _MONEY, "GBP a year, real terms"),
    ("Spent to get there, not discounted", "one_off_gbp", _MONEY, "GBP, real terms"),
    ("Of the social value: cashable", "cashable_gbp", _MONEY, "GBP of present value"),
    ("Of the social value: not cashable", "non_cashable_gbp", _MONEY, "GBP of present value"),
    ("Present cost of the estate", "present_cost_gbp", _MONEY, "GBP of present value"),
    ("Whole-life cost, receipts left out", "whole_life_cost_gbp", _MONEY, "GBP of present value"),
    ("Whole-life cost of a m2 held", "whole_life_cost_gbp_per_m2_per_year", _MONEY, "GBP a year"),
    ("Whole-life cost of a person", "whole_life_cost_gbp_per_fte_per_year", _MONEY, "GBP a year for each FTE"),
    ("Floor held, mean of the years", "mean_floor_m2", "whole", "m2"),
    ("Properties that go", "properties_left", "whole", "properties"),
    ("People who move", "people_moved", "decimal", "full-time equivalents"),
)
