"""a*b + c as one instruction: written into the source of a function, before it is compiled.

A compiler that is free to fuse decides anew in every loop, and so the last bit of a result would depend on the number
of lanes. Written out, a multiply-add is one everywhere.
"""

import ast
import inspect
import textwrap
from types import CodeType, FunctionType

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

__all__ = ["fused"]

_NAME = "multiply_add"


@intrinsic
def multiply_add(typingctx, a, b, c):
    """a*b + c: rounded once for floats, plain for integers."""
    if all(isinstance(x, types.Integer | types.IntegerLiteral) for x in (a, b, c)):
        number, one = types.int64, lambda builder, x, y, z: builder.add(builder.mul(x, y), z)
    else:
        number, one = types.float64, ir.IRBuilder.fma
    return number(number, number, number), lambda context, builder, signature, args: one(builder, *args)


class _Fuse(ast.NodeTransformer):
    """Sums and differences of which a term is a product."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Add | ast.Sub):
            minus = isinstance(node.op, ast.Sub)
            if _is_product(node.left):
                return _call(node.left.left, node.left.right, _negative(node.right) if minus else node.right)
            if _is_product(node.right):
                a = _negative(node.right.left) if minus else node.right.left
                return _call(a, node.right.right, node.left)
        return node


def _is_product(node):
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)


def _negative(node):
    return ast.UnaryOp(ast.USub(), node)


def _call(*arguments):
    return ast.Call(ast.Name(_NAME, ast.Load()), list(arguments), [])


def fused(function):
    """The same function with its multiply-adds written out, or as it is where its source cannot be had."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return function
    written = _code(tree, function)
    if written is None or written.co_code != function.__code__.co_code:  # the file has changed since it was read
        return function
    code = _code(ast.fix_missing_locations(_Fuse().visit(tree)), function)
    scope = {**function.__globals__, _NAME: multiply_add}
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    closure = tuple(cells[name] for name in code.co_freevars)
    return FunctionType(code, scope, function.__name__, function.__defaults__, closure)


def _code(tree, function):
    """The code of the one function that the tree defines, with the free variables of `function` free in it too."""
    made = tree.body[0]
    if not isinstance(made, ast.FunctionDef) or made.name != function.__name__:
        return None
    made.decorator_list = []
    around = ast.parse(f"def around({', '.join(function.__code__.co_freevars)}):\n    pass")
    around.body[0].body = [made]
    outer = compile(ast.fix_missing_locations(around), inspect.getfile(function), "exec").co_consts
    inner = next(code for code in outer if isinstance(code, CodeType)).co_consts
    return next(code for code in inner if isinstance(code, CodeType) and code.co_name == made.name)
