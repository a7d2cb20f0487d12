"""A server that behaves like Zendesk Support, over an imaginary business.

`python -m latido_zendesk.sandbox --tickets 100000` serves one; its first line says where.
"""

from latido_zendesk.sandbox._sandbox import ZendeskSandbox
from latido_zendesk.sandbox._switches import ZendeskSwitches, documented_limits

__all__ = ["ZendeskSandbox", "ZendeskSwitches", "documented_limits"]
