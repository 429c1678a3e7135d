"""Tables and short texts as HTML, for notebooks."""

from html import escape

__all__ = ["listed", "table"]


def table(head, rows, caption="", notes=()):
    """An HTML table with lines of text below it.

    Arguments:
        head: titles of the columns.
        rows: one sequence of texts for each line; the first column is left-aligned.
        caption: a title, or nothing.
        notes: lines of text.

    >>> table(["", "value"], [["cv < 1", "0.8"]]).count("&lt;")
    1
    """
    titles = "".join(f"<th>{escape(str(cell))}</th>" for cell in head)
    lines = "".join(
        "<tr>" + "".join(f'<td style="text-align:left">{escape(str(cell))}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table>" + _below(notes)


def listed(title, entries, notes=()):
    """A title with a table of two columns, name and value."""
    lines = "".join(f"<tr><th>{escape(str(k))}</th><td>{escape(str(v))}</td></tr>" for k, v in entries.items())
    return f"<table><caption>{escape(title)}</caption><tbody>{lines}</tbody></table>" + _below(notes)


def _below(notes):
    return "".join(f"<p>{escape(note)}</p>" for note in notes)
