"""A server that behaves like Salesforce, over an imaginary business.

`python -m latido_salesforce.sandbox --cases 100000` serves one; its first line says where.
"""

from latido_salesforce.sandbox._sandbox import SalesforceSandbox
from latido_salesforce.sandbox._switches import SalesforceSwitches, documented_limits

__all__ = ["SalesforceSandbox", "SalesforceSwitches", "documented_limits"]
