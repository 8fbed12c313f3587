# SPDX-License-Identifier: Apache-2.0
"""What is known of an address: its number, canonical text, segment, and in which networks it lies."""
import ipaddress

PRIVATE = [ipaddress.ip_network(n) for n in (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10",
    "::1/128")]
NOT_UNICAST = [ipaddress.ip_network(n) for n in ("224.0.0.0/4", "255.255.255.255/32", "0.0.0.0/32", "::/128",
                                                 "ff00::/8")]


def parse(text):
    """The address, ::ffff:a.b.c.d as IPv4; None when malformed or absent."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def number(address):
    """128 bits; an IPv4 address is the one it is mapped to."""
    return int(address) if address.version == 6 else (0xFFFF << 32) + int(address)


def inside(address, networks):
    return any(address.version == n.version and address in n for n in networks)


def segment(address, cfg):
    """Longest named CIDR (of equal ones the first), else the prefix."""
    best = None
    for entry in cfg.segment_mapping:
        network = ipaddress.ip_network(entry["cidr"], strict=False)
        if address.version == network.version and address in network:
            if best is None or network.prefixlen > best[0]:
                best = (network.prefixlen, entry["name"])
    if best:
        return best[1]
    length = cfg.ipv4_prefix_length if address.version == 4 else cfg.ipv6_prefix_length
    return str(ipaddress.ip_network((address, length), strict=False))


def high_risk(address, segment_id, cfg):
    """The list names ids or CIDRs."""
    for entry in cfg.high_risk_segments:
        if entry == segment_id:
            return True
        try:
            network = ipaddress.ip_network(entry, strict=False)
        except ValueError:
            continue
        if inside(address, [network]):
            return True
    return False


def describe(texts, cfg):
    """One row per distinct address of the input, for the table `address`."""
    hosts = [ipaddress.ip_network(n, strict=False) for n in cfg.host_networks]
    rows = {}
    for text in texts:
        address = parse(text)
        if address is None or str(address) in rows:
            continue
        segment_id = segment(address, cfg)
        is_host = inside(address, hosts)
        outside = not is_host and not inside(address, PRIVATE) and not inside(address, NOT_UNICAST)
        rows[str(address)] = (str(address), number(address), is_host, segment_id,
                              high_risk(address, segment_id, cfg), outside)
    return list(rows.values())
