"""The one statement of the planning model: decisions, rules and costs, written in PuLP.

Symbols: p a property, s a site sold as one, u a team, v a public service, g a group of zones that the same
properties would reach, k a kind of space, o an organisation, t a phase and n the last of them. A phase may last
one year or many. Moves, leaving and sales fall at the start of a phase. home(u) is where u works today; its
candidates are home and the places where it may go. Money is in GBP k (thousands) of the base year in real terms.

Present value: start_factor[t] discounts a sum at the start of phase t, receipt_factor[t] the receipt of a sale
begun then, annuity[t] a yearly sum all through the phase, lag_annuity[t] one between leaving and the money of a
sale, and end_factor a sum at the end of the horizon.
"""
