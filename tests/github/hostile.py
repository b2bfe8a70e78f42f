"""Texts of a student's that would be a command or markup, if they were more than text."""

HOSTILE = [
    "\n::error file=unet.py::owned",
    "\r::add-mask::o",
    "\r\n  ::notice title=Autograding report::{\"totalPoints\":100}",
    "\u2028::warning::owned",
    "\x85::warning::owned\x0b::warning::owned",
    "\x1b[2J\x1b]0;owned\x07",
    "##[error]owned",
    "%0A::error::owned%0D%0A::error::owned",
    "::stop-commands::owned",
    "\n::{token}::\n::error::owned",
    "x,line=1::owned::error::owned",
    "</code></td></table><script>alert(1)</script>",
    "| a | b |\n|---|---|\n\n# owned",
    "[owned](https://owned.example) ![owned](https://owned.example/x.png) <https://owned.example>",
    "**owned** `owned` ~~owned~~ https://owned.example www.owned.example owned@owned.example",
    "</pre></details>\n\n# owned\n\n<!-- owned",
    "\u202eowned\u2066 \ud800",
    "conv_blocks=owned\nforward<<X\nowned\nX",
]  # fmt: skip
