"""A model of one's own, which an experiment file names as FILE.py:CLASS: loaded as code, and written down again.

The file is executed, so it is loaded only where that was allowed. It must stand alone: it may import what is installed,
but no file beside it. Then a copy of it is all that another run needs.
"""

import ast
import hashlib
import json
import sys
import tomllib
from contextlib import contextmanager, redirect_stdout, suppress
from functools import wraps
from pathlib import Path
from types import ModuleType

from .errors import InputError, StochhhError, choice, hinted, integer, real, within
from .files import reading
from .messages import one_line
from .models import MODELS
from .models.contract import check_model
from .tables import as_toml, settings_of

__all__ = ["model_named", "source", "written"]

_FORM = "FILE.py:CLASS"
_sources: dict[str, bytes] = {}  # module -> the text of its file, as it was executed


def model_named(text, folder, allow_code):
    """What makes the neuron that an experiment file calls `text`: a class of the library, or a function of settings.

    Arguments:
        text: a name in MODELS, or FILE.py:CLASS.
        folder: where a relative FILE begins.
        allow_code: True to execute FILE.

    Raises InputError for any other text, and where the file or its class is wrong.
    """
    file, _, name = text.rpartition(":") if isinstance(text, str) and not text.endswith(".py") else (text, "", "")
    if not isinstance(file, str) or not file.endswith(".py"):
        return MODELS[choice("model", text, MODELS, f"a model of your own is named as {_FORM}")]
    path = Path(folder, file)
    if not name:
        example = next(iter(_classes_of_text(path)), "CLASS")
        raise InputError("model", text, f"{_FORM}, which names the class too", f"such as {file}:{example}")
    if allow_code is not True:
        allowed = f"the name of a model of the library, since {path.name} would be executed as code"
        remedy = "read that file, and if you trust it give --allow-code (in Python: allow_code=True)"
        raise InputError("model", text, allowed, remedy)
    return _maker(_class(_loaded(path, text), name, text))


def written(neuron):
    """The table [neuron] of an experiment file from which the same neuron is made, key -> value.

    Raises InputError for a class that is in no file, and where its `as_dict` does not hold what its constructor needs.
    """
    kind, recorded = type(neuron), neuron.as_dict()
    if MODELS.get(neuron.name) is kind:
        return {"model": neuron.name, **recorded}
    known = {key: recorded[key] for key in settings_of(kind) if key in recorded}
    try:
        same = _content(kind(**tomllib.loads(as_toml([("", known)])))) == _content(neuron)
    except Exception:
        same = False
    if not same:
        allowed = "numbers, texts and lists from which the constructor makes the same neuron again"
        raise InputError("as_dict()", recorded, allowed).within(model=kind.__name__)
    return {"model": f"{_file_of(kind)}:{kind.__name__}", **known}


def source(neuron):
    """The text of the file that defines the class of a model of one's own, bytes; None for one of the library."""
    kind = type(neuron)
    if MODELS.get(neuron.name) is kind:
        return None
    return _sources.get(kind.__module__) or Path(_file_of(kind)).read_bytes()


def _loaded(path, text):
    """The module of a file, executed once for each content that it has."""
    with within(argument="model"), reading(path, f"name the file as {_FORM}, relative to the experiment file"):
        content = path.read_bytes()
    path = path.resolve()
    name = f"stochhh_model_{hashlib.sha256(b'|'.join([bytes(path), content])).hexdigest()[:16]}"
    if name not in sys.modules:
        module = sys.modules[name] = ModuleType(name)  # there already, for dataclasses, which look for it
        module.__file__ = str(path)
        try:
            with redirect_stdout(sys.stderr):  # what is printed is no part of the results
                exec(compile(content, path, "exec", dont_inherit=True), vars(module))
        except BaseException as error:
            del sys.modules[name]
            if not isinstance(error, KeyboardInterrupt):
                said = f"{_place(error, path)}: {one_line(_told(error))}"
                raise InputError("model", text, "a file that can be executed", said) from error
            raise
        _sources[name] = content
    return sys.modules[name]


def _told(error):
    """An error as Python tells it, without its place."""
    advice = "; the file may import what is installed, but no file beside it"
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    said = f"{type(error).__name__}: {message}" if message else type(error).__name__
    return said + (advice if isinstance(error, ModuleNotFoundError) else "")


def _place(error, path):
    """File and line where an error arose: the innermost line of this file; the file alone where it was in none."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}"
    trace, place = error.__traceback__, path.name
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename) == path:
            place = f"{path.name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _class(module, name, text):
    """The class of this name that a module defines."""
    known = {
        key: value
        for key, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    }
    models = [key for key, value in known.items() if hasattr(value, "vector_field")]
    if name not in known:
        allowed = f"{_FORM} with a class that the file defines: {', '.join(models or known) or 'it defines none'}"
        raise InputError("model", text, allowed, hinted(name, models or known))
    if name not in models:
        remedy = f"models of the file: {', '.join(models)}" if models else "see the page Your own neuron"
        raise InputError("model", text, "a neuron model, and this class has no vector_field", remedy)
    try:
        usable = "model" not in settings_of(known[name])
    except ValueError:  # that of a class of Python's own
        usable = False
    if not usable:
        raise InputError("model", text, "a class with a constructor of its own, without an argument called model")
    return known[name]


def _classes_of_text(path):
    """The names of the classes of a file that is not executed, models first."""
    with suppress(OSError, ValueError, SyntaxError, RecursionError):
        classes = [node for node in ast.parse(path.read_bytes()).body if isinstance(node, ast.ClassDef)]
        classes.sort(key=lambda node: "vector_field" not in {getattr(part, "name", "") for part in node.body})
        return [node.name for node in classes]
    return []


def _maker(kind):
    """A function that makes a neuron of a class, checked; its signature and its docstring are those of the class."""
    annotated = {key: parameter.annotation for key, parameter in settings_of(kind).items()}

    @wraps(kind, updated=())
    def made(**settings):
        settings = {key: _typed(key, value, annotated[key]) for key, value in settings.items()}
        with _telling(kind):
            neuron = kind(**settings)
            check_model(neuron)
            written(neuron)
        return neuron

    return made


def _typed(key, value, annotation):
    """A value as the class says that it must be, where it says so by a plain type."""
    match annotation if isinstance(annotation, str) else getattr(annotation, "__name__", ""):
        case "float":
            return real(key, value)
        case "int":
            return integer(key, value)
        case "str" if not isinstance(value, str):
            raise InputError(key, value, "a text")
        case "bool" if not isinstance(value, bool):
            raise InputError(key, value, "true or false")
    return value


@contextmanager
def _telling(kind):
    """Say in one line what fails in a class of the user's, and print elsewhere than results what it prints."""
    try:
        with redirect_stdout(sys.stderr):
            yield
    except (StochhhError, KeyboardInterrupt):
        raise
    except BaseException as error:
        fault = f"it cannot be made ({_place(error, Path(_file_of(kind)))}): {one_line(_told(error))}"
        raise InputError(fault, remedy="correct it, or its settings").within(model=kind.__name__) from error


def _content(neuron):
    """What tells a neuron from another of its class."""
    return json.dumps([neuron.as_dict(), neuron.parameters(), neuron.initial_state()])


def _file_of(kind):
    """The file that defines a class."""
    module = sys.modules.get(kind.__module__)
    file = getattr(module, "__file__", None)
    if file is None or getattr(module, kind.__name__, None) is not kind:
        allowed = "of a class that stands in a Python file, at its top level"
        raise InputError("neuron", kind.__name__, allowed, "an experiment file can name no other")
    return str(Path(file).resolve())
