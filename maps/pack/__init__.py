"""Files to take away: a plan as a workbook."""
