"""The pattern panel, the recipe form and the comparison."""
