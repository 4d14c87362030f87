"""How templates are compiled: quick escaping, plain calls, typography, words of one language."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from lod.website.language import written_in

UNBROKEN = re.compile(r" (?=[:;?!»])|(?<=«) |(?<=n°) |(?<=page) (?=\d)")  # they break no line
CODE = re.compile(r"(</?(?:code|pre|script|textarea)\b)")  # where spaces stay as they are
SHORT = 64  # characters; the escaped form of a shorter text is remembered


def fast_escape(value: Any) -> Markup:
    """Return `markupsafe.escape(value)`, that of short texts and of numbers from memory: many pages
    have them.

    >>> fast_escape("<3"), fast_escape(Markup("<b>")), fast_escape(3)
    (Markup('&lt;3'), Markup('<b>'), Markup('3'))
    """
    if type(value) is Markup:
        return value
    is_remembered = type(value) is int or (type(value) is str and len(value) < SHORT)
    return _remembered_escape(value) if is_remembered else escape(value)


_remembered_escape = lru_cache(2**14, typed=True)(escape)


class TemplateCode(CodeGenerator):
    """The compiler of templates, with calls of `fast_escape`, which takes a third of the time, and
    with plain calls: no function that templates call asks for their context.
    """

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if forward_caller or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.fast_escape(")
        else:
            super()._output_child_pre(node, frame, finalize)


class Typography(Extension):
    """Sets no-break spaces in the text of the templates of pages, as `typeset` does in values."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the tokens of a template; code in its HTML stays as it is."""
        is_page, depth = (stream.name or "").endswith(".html"), 0
        for token in stream:
            if token.type != "data" or not is_page:
                yield token
                continue
            parts = []
            for part in CODE.split(str(token.value)):
                if CODE.fullmatch(part):
                    depth += -1 if part.startswith("</") else 1
                parts.append(part if depth else UNBROKEN.sub("\u00a0", part))
            yield Token(token.lineno, token.type, "".join(parts))


class KnownCalls(NodeTransformer):
    """Replaces calls of some functions with constant arguments by what they return; no template has
    a macro of such a name.
    """

    def __init__(self, known: Mapping[str, Callable[..., str]]) -> None:
        self._known = known

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """Return the constant, or the call as it is."""
        self.generic_visit(node)
        function = self._known.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        plain = [one.value for one in node.args if isinstance(one, nodes.Const)]
        given = (node.kwargs, node.dyn_args, node.dyn_kwargs)
        if not function or any(given) or len(plain) < len(node.args):
            return node
        return nodes.Const(function(*plain), lineno=node.lineno)


class PageTemplate(Template):
    """A template whose macros are the same for each that imports it: none is given variables."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


class Templates(Environment):
    """The environment of the templates of pages in one language, with the compiler above."""

    code_generator_class = TemplateCode
    template_class = PageTemplate
    fast_escape = staticmethod(fast_escape)
    get_template = cache(Environment.get_template)  # each page asks for its frame and macros

    def __init__(self, language: str, known: Mapping[str, Callable[..., str]], **options: Any):
        """`known` are functions whose results depend on their arguments and the language alone."""
        super().__init__(**options)
        self.globals |= known
        self._language, self._known = language, KnownCalls(known)

    def _generate(self, source: nodes.Template, *given: Any, **more: Any) -> str:
        with written_in(self._language):
            return super()._generate(self._known.visit(source), *given, **more)
