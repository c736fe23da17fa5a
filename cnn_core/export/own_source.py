"""The app's own functions and classes as a student may read them: their very source, with the scaffolding taken off.

What is taken off changes no result: type annotations, all but the first line of a docstring, checks of arguments, and
remarks to tools. So what is exported cannot drift from what the app does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

CHECK_PREFIX = "_check_"
"""Functions whose names begin so only raise errors."""

_TOOL_REMARK = re.compile(r"  # (type: ignore|noqa).*$", re.MULTILINE)
_GAP_AFTER_DOCSTRING = re.compile(r'(def [^\n]*:\n +"""[^\n]*"""\n)\n+')


def defined_names(module: str) -> tuple[str, ...]:
    """Name the functions and classes at the top of a module, without importing it.

    Example:
        >>> defined_names("cnn_core.architecture.keras_layers")
        ('MinPooling2D',)
    """
    return tuple(_definitions(ast.parse(_module_source(module))))


def plain_source(module: str, names: tuple[str, ...]) -> str:
    """Return the source of functions and classes, without scaffolding, and of what they use of their module.

    The module is read and not imported.

    Args:
        module: Its full name, as `"cnn_core.data.split"`.
        names: Which functions and classes at its top.

    Returns:
        Their definitions in the module's order, two blank lines between them, formatted as there; before them the
        numbers and texts of the module that they go by.

    Raises:
        KeyError: If the module has no such function or class.

    Example:
        >>> plain_source("cnn_core.data.split", ("stratified_split",)).splitlines()[0]
        'def stratified_split(labels, share, seed):'
    """
    source = _module_source(module)
    tree = ast.parse(source)
    definitions = _definitions(tree)
    wanted: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        wanted.add(name)
        queue += [used for used in _used_names(definitions[name]) if used in definitions and used not in wanted]
    code = "\n\n\n".join(_without_scaffolding(source, definitions[name]) for name in definitions if name in wanted)
    constants = [line for name, line in _constants(tree).items() if re.search(rf"\b{name}\b", code)]
    return "\n\n\n".join(["\n".join(constants), code] if constants else [code])


@dataclass(frozen=True)
class _Edit:
    """Replace what lies between two `(line, column)` positions, counted as `ast` does: in bytes, lines from 1."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str = ""


_Definition = ast.FunctionDef | ast.ClassDef


def _module_source(module: str) -> str:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise KeyError(f"There is no module {module}.")
    return Path(spec.origin).read_text(encoding="utf-8")


def _definitions(tree: ast.Module) -> dict[str, _Definition]:
    return {node.name: node for node in tree.body if isinstance(node, _Definition)}


def _constants(tree: ast.Module) -> dict[str, str]:
    """Each number or text that the module gives a name, and the line that does so."""
    found = (node for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant))
    return {ast.unparse(node.targets[0]): ast.unparse(node) for node in found}


def _used_names(definition: _Definition) -> Iterator[str]:
    for node in ast.walk(definition):
        if isinstance(node, ast.Name) and not node.id.startswith(CHECK_PREFIX):
            yield node.id


def _without_scaffolding(source: str, definition: _Definition) -> str:
    lines = source.encode().splitlines(keepends=True)
    edits = sorted(_edits(definition, source), key=lambda edit: edit.start, reverse=True)
    for edit in edits:
        (first, start), (last, end) = edit.start, edit.end
        joined = lines[first - 1][:start] + edit.text.encode() + lines[last - 1][end:]
        lines[first - 1 : last] = [joined] + [b""] * (last - first)
    first_line = min([definition.lineno, *(node.lineno for node in definition.decorator_list)])
    assert definition.end_lineno is not None
    text = b"".join(lines[first_line - 1 : definition.end_lineno]).decode()
    return _GAP_AFTER_DOCSTRING.sub(r"\1", _TOOL_REMARK.sub("", text)).rstrip()


def _edits(definition: _Definition, source: str) -> Iterator[_Edit]:
    for node in ast.walk(definition):
        if isinstance(node, ast.FunctionDef):
            yield from _signature_edits(node, source)
        if isinstance(node, _Definition) and ast.get_docstring(node):
            yield _docstring_edit(node)
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            yield _Edit(_end(node.target), _start(node.value), " = ")
        if isinstance(node, ast.stmt) and _is_check(node):
            yield _Edit((node.lineno, 0), (_end(node)[0] + 1, 0))


def _signature_edits(function: ast.FunctionDef, source: str) -> Iterator[_Edit]:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: dict[ast.arg, ast.expr | None] = dict(
        zip(reversed(positional), reversed(arguments.defaults), strict=False)
    )
    defaults |= dict(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    others = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    for argument in (*positional, *arguments.kwonlyargs, *others):
        if argument.annotation is not None:
            start = (argument.lineno, argument.col_offset + len(argument.arg))
            default = defaults.get(argument)
            yield _Edit(start, _end(argument.annotation)) if default is None else _Edit(start, _start(default), "=")
    if function.returns is not None:
        line, column = _start(function.returns)
        before = source.splitlines()[line - 1].encode()[:column]
        yield _Edit((line, before.rindex(b" -> ")), _end(function.returns))


def _docstring_edit(definition: _Definition) -> _Edit:
    docstring = definition.body[0]
    first_line = (ast.get_docstring(definition) or "").splitlines()[0]
    return _Edit(_start(docstring), _end(docstring), f'"""{first_line}"""')


def _is_check(node: ast.stmt) -> bool:
    if isinstance(node, ast.If):
        return not node.orelse and all(isinstance(part, ast.Raise) for part in node.body)
    is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    return is_call and ast.unparse(node).startswith(CHECK_PREFIX)


def _start(node: ast.expr | ast.stmt) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _end(node: ast.expr | ast.stmt) -> tuple[int, int]:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return node.end_lineno, node.end_col_offset
