"""The one statement of the planning model: decisions, rules and costs, written in PuLP."""
