"""A server that behaves like Bitrix24, over an imaginary business.

`python -m latido_bitrix24.sandbox --people 50000` serves one; its first line says where.
"""

from latido_bitrix24.sandbox._sandbox import BitrixSandbox
from latido_bitrix24.sandbox._switches import BitrixSwitches, MethodFault, documented_limits

__all__ = ["BitrixSandbox", "BitrixSwitches", "MethodFault", "documented_limits"]
