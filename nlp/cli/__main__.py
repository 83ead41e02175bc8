"""``python -m nlp.cli`` is ``subao``."""

import sys

from . import main

sys.exit(main())
