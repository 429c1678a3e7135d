"""The workspace of a kernel: a flat array, of which each quantity takes some rows of `lanes` numbers.

A NamedTuple class lists the quantities of a kernel in their order, and `total` at the end. Compiled functions read the
rows of an instance as constants.
"""

__all__ = ["laid_out"]


def laid_out(quantities, **rows):
    """Put the quantities one after the other: each of as many rows as is said, the others of one.

    Returns an instance of the class: the first row of each, and the number of all rows.
    """
    places, end = {}, 0
    for name in quantities._fields:
        places[name] = end
        end += rows.pop(name, 1)
    if rows:
        raise TypeError(f"no quantity is called {', '.join(rows)}")
    return quantities(**places)
