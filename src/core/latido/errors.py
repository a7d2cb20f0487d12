"""What can go wrong, by what the caller can do about it.

```text
LatidoError                 1  unexpected
├── DiskFull                1  nothing more can be stored
├── UsageError              2  asked for something that does not exist
├── ConfigurationError      3  fix latido.toml, the environment or a secret
├── CredentialError         4  the vendor rejects a credential, or it lacks a scope or role
│   └── NotOffered              … or the account does not have the feature
├── Stopped                 6  a quota, a timeout or a vendor that does not answer; a later run resumes
│   ├── RateLimited
│   └── VendorUnavailable
├── SchemaError             7  a schema contract is broken, or the warehouse is newer than this Latido
├── GapError                8  what the vendor counts and what is stored disagree
├── LockedError             9  another run or program is in the way; a later run resumes
└── Interrupted       130/143  ended by a signal after a clean checkpoint
```

Each carries a sentence and, where there is one, the next command to type. Neither ever holds a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from latido.messages import Message


class LatidoError(Exception):
    """What happened and, in `hint`, what to do next."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: Message | str, hint: Message | str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.hint = hint


class DiskFull(LatidoError):
    """Nothing more can be stored; what was stored before is safe."""


class UsageError(LatidoError):
    """Something was asked for that does not exist; `hint` suggests the nearest."""

    exit_code = 2


class ConfigurationError(LatidoError):
    """A setting is wrong or missing."""

    exit_code = 3


class CredentialError(LatidoError):
    """The vendor rejects the credential, or it lacks a scope or role."""

    exit_code = 4


class NotOffered(CredentialError):
    """This account may not read, or does not have, what a stream reads: for want of a scope, a role or a plan.

    An optional stream is left out then.
    """


class Stopped(LatidoError):
    """A run ended early and resumes where it stopped."""

    exit_code = 6


class RateLimited(Stopped):
    """The vendor asks us to slow down for longer than this run may wait."""


class VendorUnavailable(Stopped):
    """The vendor cannot be reached, or answers nonsense, after all retries."""


class SchemaError(LatidoError):
    """A schema contract is broken, or the warehouse was written by a newer Latido."""

    exit_code = 7


class GapError(LatidoError):
    """What the vendor counts and what is stored disagree."""

    exit_code = 8


class LockedError(LatidoError):
    """Another run or another program holds what is needed."""

    exit_code = 9


class Interrupted(LatidoError):
    """A signal ended the run after a clean checkpoint; `exit_code` is 128 + its number."""

    def __init__(self, message: Message | str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]


EXIT_ORDER = (1, 3, 4, 7, 8, 6, 9, 5, 0)
"""Of several outcomes of one run, the first of these is its exit code."""
