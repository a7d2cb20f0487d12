"""A server that behaves like the vendor, to try the connector with."""

from latido_template.sandbox._server import TemplateSandbox

__all__ = ["TemplateSandbox"]
