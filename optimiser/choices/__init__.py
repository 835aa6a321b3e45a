"""What is answered by planning again: reasons, prices of rules, alternatives, robustness and frontiers."""
