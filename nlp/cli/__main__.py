"""``python -m nlp.cli`` is ``subao``."""

import sys

from ..cli import main

sys.exit(main())
