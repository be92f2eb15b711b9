"""Values that tell when they change: what `gui.state.workspace.Workspace` is made of."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar, cast, overload

_T = TypeVar("_T")


class Observable(Protocol):
    """What has observed values, and tells which of them has changed."""

    def tell(self, name: str) -> None:
        """One has changed."""
        ...


class Observed(Generic[_T]):
    """A value that can be assigned; its owner tells when it becomes another one."""

    def __init__(self, default: _T) -> None:
        self._default = default
        self._name = ""

    def __set_name__(self, kind: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, owner: None, kind: type) -> Observed[_T]: ...
    @overload
    def __get__(self, owner: Observable, kind: type) -> _T: ...
    def __get__(self, owner: Observable | None, kind: type) -> _T | Observed[_T]:
        if owner is None:
            return self
        return cast("_T", vars(owner).get(self._name, self._default))

    def __set__(self, owner: Observable, value: _T) -> None:
        if self.put(owner, value):
            owner.tell(self._name)

    def put(self, owner: Observable, value: _T) -> bool:
        """Assign without telling; whether that made a difference."""
        before = vars(owner).get(self._name, self._default)
        vars(owner)[self._name] = value
        return before is not value and before != value
