"""Speed and plan quality, side by side in one run: ratios, never single absolute times."""
