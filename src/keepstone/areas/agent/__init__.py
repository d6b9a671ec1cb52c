"""What the areas ask of an agent that acts by tools."""
