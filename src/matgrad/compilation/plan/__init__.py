"""From expressions to the cheapest program."""
