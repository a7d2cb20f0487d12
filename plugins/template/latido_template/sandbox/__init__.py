"""A server that behaves like Template, to try the connector with."""

from latido_template.sandbox._server import TemplateSandbox

__all__ = ["TemplateSandbox"]
