"""The address of a room, and whether other machines can open it."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

LONGEST_ADDRESS = 500
"""Signs; a longer address gives a code of squares so small that no phone reads it from a projector."""


def room_address(page: str, parameter: str, code: str) -> str:
    """Write the address that leads into a room.

    Args:
        page: The page's address as a browser shows it; what follows a `?` or `#` is left away.
        parameter: The address's name for a room.
        code: The room.

    Example:
        >>> room_address("http://192.0.2.7:8501/Class_test_set?large=1", "room", "K7M2P9")
        'http://192.0.2.7:8501/Class_test_set?room=K7M2P9'
    """
    return f"{page.partition('#')[0].partition('?')[0]}?{urlencode({parameter: code})}"


def reaches_others(address: str) -> bool:
    """Whether other machines can open an address: it names neither this machine to itself, nor nothing.

    Args:
        address: The address as the browser of somebody on some machine shows it.

    Example:
        >>> [reaches_others(f"http://{host}:8501/") for host in ("192.0.2.7", "school.example", "[fd00::2]")]
        [True, True, True]
        >>> [reaches_others(f"http://{host}:8501/") for host in ("localhost", "127.0.0.1", "[::1]", "0.0.0.0", "")]
        [False, False, False, False, False]
    """
    try:
        host = (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:  # brackets that hold no address
        return False
    try:
        number = ip_address(host)
    except ValueError:
        return bool(host) and host != "localhost" and not host.endswith(".localhost")
    return not (number.is_loopback or number.is_unspecified)
