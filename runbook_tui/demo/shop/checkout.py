"""Harbour's checkout: what a basket costs, in cents."""

PRICES = {"anchor": 4200, "rope": 900, "lamp": 1550}


def line_total(name, count):
    return PRICES[name] * count


def total(basket):
    return sum(line_total(name, count) for name, count in basket)
