"""A JSON object in, a frozen configuration whose every field has the type it says out; and back."""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar, get_origin, get_type_hints

from sensorlm.errors import ConfigError

C = TypeVar("C", bound="JsonConfig")


class JsonConfig:
    """JSON round trip and `replace` for the frozen config dataclasses below."""

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dict that `from_json` reads back equal."""
        return dataclasses.asdict(self)  # type: ignore[call-overload, no-any-return]

    def replace(self: C, **changes: Any) -> C:  # noqa: ANN401
        """A copy with `changes`, checked anew.

        Raises:
            ConfigError: a change contradicts the rest, or names no field.
        """
        return type(self).from_json({**self.to_json(), **changes})

    @classmethod
    def from_json(cls: type[C], data: Any) -> C:  # noqa: ANN401 (a file may hold anything)
        """Build from a JSON object; missing keys take their defaults.

        Raises:
            ConfigError: not an object, an unknown key, a value of the wrong type, or a contradiction.
        """
        if not isinstance(data, Mapping):
            raise ConfigError(f"{cls.__name__}: {data!r} is not a JSON object. Give the fields by name.")
        fields = get_type_hints(cls)
        unknown = sorted(set(data) - set(fields))
        if unknown:
            raise ConfigError(f"{cls.__name__}: unknown fields {unknown}. Fields: {', '.join(fields)}.")
        return cls(**{key: _typed(cls.__name__, key, value, fields[key]) for key, value in data.items()})


def _typed(owner: str, key: str, value: Any, wanted: Any) -> Any:  # noqa: ANN401
    options = getattr(wanted, "__args__", (wanted,))
    if value is None and type(None) in options:
        return None
    for option in options:
        if get_origin(option) is tuple:
            if isinstance(value, list | tuple) and all(type(each) is int for each in value):
                return tuple(value)
            continue
        if isinstance(option, type) and issubclass(option, JsonConfig):
            return value if isinstance(value, option) else option.from_json(value)
        if option is float and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, option) and not (option is int and isinstance(value, bool)):
            return value
    names = " or ".join(getattr(o, "__name__", str(o)) for o in options)
    raise ConfigError(f"{owner}.{key}={value!r} has type {type(value).__name__}. It must be {names}.")
