"""What the areas ask of a chat system. What an area asks of a table stands in `areas.safety` and `areas.security`."""
