"""Formulas as docstrings have them, typed, set as TeX: names of Greek letters, roots, powers, sums, averages < x >.

What reads as words stays words. A block without a relation, or a table (label:  text), is left as it is typed.
"""

import re

_GREEK = {
    "alpha",
    "beta",
    "gamma",
    "theta",
    "kappa",
    "lambda",
    "Lambda",
    "mu",
    "nu",
    "phi",
    "pi",
    "rho",
    "sigma",
    "tau",
}
_NAMED = {name: rf"\{name}" for name in ("exp", "ln", "max", "tanh", "cosh", "sum", "prod")}
_NAMED |= {"integral": r"\int", "int": r"\int", "se": r"\mathrm{se}"}
_NAMED |= {name: rf"\operatorname{{{name}}}" for name in ("cov", "var", "erf")}
_SIGNS = {"<=": r"\le", ">=": r"\ge", "<-": r"\leftarrow", "+-": r"\pm", "*": r"\cdot", "...": r"\dots", "||": r"\|",
          "%": r"\%", "*'": r"^{*}"}  # fmt: skip
_WIDTH = 75  # typed characters
_INDEX = r"_(?:\{[^}]*\}|\([^)]*\)|[A-Za-z]+|\d+|[+-])"
_TOKEN = re.compile(
    r"\\\w+|`[^`]+`|[A-Za-z]+(?:-[A-Za-z]+)+|[A-Za-z]+\d*(?:" + _INDEX + r")*|\d+(?:\.\d+)?"
    r"|\.\.\.|\|\||<=|>=|<-|\+-|\*'|\S"
)


def as_tex(lines):
    """The lines of a formula as one display in TeX; None where the block is none."""
    lines = [line.strip() for line in lines if line.strip()]
    text = "\n".join(lines)
    if not re.search(r"[=<>]", text) or re.search(r'^[\w ]+: {2,}|["{]\w*["}:]| = \{', text, re.MULTILINE):
        return None
    rows = [row for line in lines for row in _rows(re.split(r"[,;] {2,}", line))]
    return rows[0] if len(rows) == 1 else r"\begin{aligned} & " + r" \\ & ".join(rows) + r" \end{aligned}"


def _rows(parts):
    """The statements of a line side by side, as many as fit on a page."""
    row, typed = [], 0
    for part in parts:
        if row and typed + len(part) > _WIDTH:
            yield r",\qquad ".join(row) + ","
            row, typed = [], 0
        row, typed = [*row, _segment(part)], typed + len(part)
    yield r",\qquad ".join(row)


def _segment(text):
    """One statement: averages and the dot product by their blanks, then sign by sign."""
    text = re.sub(r"(?<!\S)< ([^<>]*) >(?=[\s^]|$)", r"\\langle \1 \\rangle ", text)
    text = re.sub(r"(\w)\*(?=[\s),]|$)", r"\1 *' ", text.replace(" . ", r" \cdot "))
    found = _set(_TOKEN.findall(text))
    return re.sub(r" \}(?= ?[,.:)\]]|$)", "}", re.sub(r"((?:^|[(\[] ))\\text\{ ", r"\1\\text{", found))


def _set(tokens):
    found, i = [], 0
    while i < len(tokens):
        words = _words(tokens, i)
        if tokens[i] in ("sqrt", "^") and i + 1 < len(tokens):
            inside, end = _argument(tokens, i + 1)
            found.append(rf"\sqrt{{{_set(inside)}}}" if tokens[i] == "sqrt" else f"^{{{_set(inside)}}}")
            i = end
        elif words:
            found.append(rf"\text{{ {' '.join(words)} }}".replace("_", r"\_").replace("`", ""))
            i += len(words)
        else:
            found.append(_SIGNS.get(tokens[i]) or _name(tokens[i]))
            i += 1
    return " ".join(found)


def _argument(tokens, i):
    """What a root or a power applies to, without its brackets, and where it ends."""
    if tokens[i] != "(":
        end = i + 2 if tokens[i] in "+-" else i + 1
        return tokens[i:end], end
    depth, end = 1, i + 1
    while depth and end < len(tokens):
        depth += {"(": 1, ")": -1}.get(tokens[end], 0)
        end += 1
    return tokens[i + 1 : end - 1], end


def _words(tokens, i):
    """The tokens from i on that are words: `a` between words is one, and so is `sum` before `of` and `over`."""
    found = []
    for token, after in zip(tokens[i:], [*tokens[i + 1 :], ""], strict=True):
        spoken = token in _NAMED and after in ("of", "over")
        article = token == "a" and found and _is_word(after)
        if not (_is_word(token) or spoken or article):
            break
        found.append(token)
    return found


def _is_word(token):
    """Whether a token is no symbol: two letters or more that are neither Greek, nor a function, nor dt."""
    head = re.split(r"[_\d]", token)[0]
    return token[0] == "`" or (
        len(head) > 1
        and head[0].isalpha()
        and head not in _GREEK | _NAMED.keys() | {"sqrt"}
        and not re.fullmatch(r"d[A-Za-z]", token)
    )


def _name(token):
    """A symbol with its indices: kappa_1, I_{k+1}, theta_(t), V_mean, V1."""
    head, _, index = token.partition("_")
    digits = re.fullmatch(r"([A-Za-z])(\d+)", head)
    if digits:
        head, index = digits[1], digits[2] + index
    symbol = _NAMED.get(head) or (rf"\{head}" if head in _GREEK else head)
    index = index[1:-1] if index.startswith("{") else index
    index = rf"\mathrm{{{index}}}" if len(index) > 1 and index.isalpha() else index
    return f"{symbol}_{{{index}}}" if index else symbol
