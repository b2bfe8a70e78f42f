"""The way to Dask's scheduler, and what is said where there is none."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from grader.errors import LabError
from grader.language import N_, _
from grader.text import one_line

if TYPE_CHECKING:
    from distributed import Client

NEEDED = N_("--scheduler needs Dask: run `python -m pip install -r requirements.txt` in the lab's folder")
CONNECT_S = 15.0
ADDRESS = re.compile(r"(tcp|tls|ws|wss)://[^\s/]+:\d+/?")

Result = TypeVar("Result")


@dataclass(frozen=True)
class Cluster:
    """Where the scheduler is, such as tcp://10.0.0.5:8786; for tls:// files as Dask takes them.

    Files that are not named are those of Dask's own configuration.
    """

    scheduler: str
    ca_file: Path | None = None
    cert: Path | None = None
    key: Path | None = None

    def connect(self) -> "Client":
        """Raises LabError."""
        try:
            import nacl  # noqa: F401  (seals what is secret)
            from distributed import Client
        except ImportError:
            raise LabError(_(NEEDED)) from None
        if not ADDRESS.fullmatch(self.scheduler):
            raise LabError(
                _(
                    "--scheduler {scheduler} is no address: write tcp://HOST:8786, as the scheduler says it"
                ).format(scheduler=one_line(self.scheduler))
            )
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is wrong is said by us, once
        try:
            return Client(self.scheduler, security=self._security(), timeout=CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError, TypeError, RuntimeError) as error:
            raise LabError(
                _("there is no way to a scheduler at {scheduler}: {error}").format(
                    scheduler=self.scheduler, error=_reason(error)
                )
            ) from None

    def asked(self, function: Callable[..., Result], *arguments: Any, **more: Any) -> Result:
        """What a function of the client's answers. Raises LabError where the scheduler is gone."""
        try:
            return function(*arguments, **more)
        except (OSError, TimeoutError, RuntimeError, ValueError):
            raise LabError(
                _("the scheduler at {scheduler} is gone: start it again").format(scheduler=self.scheduler)
            ) from None

    def _security(self) -> Any:
        from distributed.security import Security

        files = {"tls_ca_file": self.ca_file, "tls_client_cert": self.cert, "tls_client_key": self.key}
        named = {name: str(path) for name, path in files.items() if path is not None}
        if named and not self.scheduler.startswith("tls://"):
            raise LabError(
                _("--tls files need an address that begins with tls://, not {scheduler}").format(
                    scheduler=self.scheduler
                )
            )
        for path in named.values():
            if not Path(path).is_file():
                raise LabError(_("{path} does not exist").format(path=path))
        security = Security(**named)
        if self.scheduler.startswith("tls://"):
            try:
                context = security.get_connection_args("client").get("ssl_context")
            except (OSError, ValueError) as error:
                raise LabError(
                    _("the files for TLS cannot be used: {error}").format(error=_reason(error))
                ) from None
            if context is None:
                raise LabError(
                    _(
                        "tls:// needs --tls-ca-file, --tls-cert and --tls-key, or these in "
                        "Dask's configuration"
                    )
                )
        return security


def _reason(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0] if text else type(error).__name__
