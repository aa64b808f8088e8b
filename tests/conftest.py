"""What holds for every test: nothing fails because of where the tests are run."""

from __future__ import annotations

import os
import signal

from hypothesis import settings

# A busy machine is slow, not wrong.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# A shell starts what is to run in the background deaf to interrupts, and its children
# are deaf as well. The programs that tests interrupt must hear them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Each of the hundreds of programs that tests start would compile all sources again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
