"""`python -m latido` is `latido`."""

import sys

from latido.cli import main

sys.exit(main())
