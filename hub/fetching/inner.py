"""Which IP addresses belong to the public internet. An own list, because ``ipaddress.is_global`` says yes to some that
lead inside: NAT64, 6to4 and IPv4-compatible addresses, multicast and parts of 192.0.0.0/24.

Source: the IANA registries of special-purpose addresses for IPv4 and IPv6.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_INNER_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
        "192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 "
        "203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
    ).split()
)
_PUBLIC_6 = IPv6Network("2000::/3")
_INNER_6 = tuple(
    IPv6Network(text)
    for text in "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3ffe::/16 3fff::/20 5f00::/16".split()
)
_MAPPED, _COMPATIBLE = IPv6Network("::ffff:0:0/96"), IPv6Network("::/96")
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("::ffff:0:0:0/96"))
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
_6TO4, _TEREDO = IPv6Network("2002::/16"), IPv6Network("2001::/32")
_ISATAP = (0x00005EFE, 0x02005EFE)

Address = IPv4Address | IPv6Address


def is_public(text: str) -> bool:
    """Whether this address and every address it carries inside are public; anything unreadable is not."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return all(_is_public(one) for one in (address, *carried(address)))


def carried(address: Address) -> list[IPv4Address]:
    """The IPv4 addresses inside an IPv6 address: mapped, compatible, NAT64, 6to4, Teredo (server, client), ISATAP."""
    if isinstance(address, IPv4Address):
        return []
    number = int(address)
    low = IPv4Address(number & 0xFFFFFFFF)
    if address in _6TO4:
        return [IPv4Address(number >> 80 & 0xFFFFFFFF)]
    if address in _TEREDO:
        return [IPv4Address(number >> 64 & 0xFFFFFFFF), IPv4Address(~number & 0xFFFFFFFF)]
    is_isatap = number >> 32 & 0xFFFFFFFF in _ISATAP
    if is_isatap or address in _MAPPED or address in _COMPATIBLE or any(address in network for network in _NAT64):
        return [low]
    return []


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _INNER_4)
    if address in _MAPPED or address in _NAT64[0]:
        return True  # stands for the address it carries, which is judged by itself
    return address in _PUBLIC_6 and not any(address in network for network in _INNER_6)
