"""The language that people are spoken to in: English stands in the code, others in catalogues beside it.

`_` translates a text now, `N_` marks one that is translated later, where it is said. The text is translated
before its values come into it: `_("{file} is missing").format(file=name)`.
Not in here: what programs read. Names of causes and checks, keys of reports and exit statuses are the same in
every language.
"""

from grader.language.catalogue import N_, _, current, ngettext, use
from grader.language.choice import LANGUAGES, OPTION, VARIABLE, chosen

__all__ = ["LANGUAGES", "N_", "OPTION", "VARIABLE", "_", "chosen", "current", "ngettext", "use"]
