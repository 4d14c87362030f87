"""`lod serve --proxy`: whose X-Forwarded-For is believed is said in addresses, or refused."""

import click
import pytest
from click.testing import CliRunner
from uvicorn.middleware.proxy_headers import _TrustedHosts

from lod.cli import main
from lod.cli.serving import proxy_addresses


def believed(value: str) -> str:
    option = click.Option(["--proxy"])
    return proxy_addresses(click.Context(main), option, value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("nonsense", "'nonsense' does not appear to be an IPv4 or IPv6 network"),
        ("localhost", "give the IP address of the proxy (127.0.0.1), or its network (10.0.0.0/8)"),
        ("10.0.0.1/8", "has host bits set"),
        ("127.0.0.1:8000", "does not appear to be"),
        ("300.0.0.1", "does not appear to be"),
        ("127.0.0.1,", "does not appear to be"),
        ("127.0.0.1,nonsense", "'nonsense' does not appear to be"),
        ("*", "'*' is everybody, who could then choose the address"),
        ("127.0.0.1,*", "'*' is everybody"),
        ("0.0.0.0/0", "'0.0.0.0/0' is everybody"),
        ("::/0", "'::/0' is everybody"),
    ],
)
def test_what_is_no_proxy_is_a_usage_error(value: str, message: str) -> None:
    """Exit 2, before anything is served; the message says what is expected."""
    done = CliRunner().invoke(main, ["serve", "/nowhere", "--proxy", value])
    assert done.exit_code == 2 and "Invalid value for '--proxy'" in done.output
    assert message in " ".join(done.output.split())


@pytest.mark.parametrize(
    ("value", "clients", "strangers"),
    [
        ("127.0.0.1", ["127.0.0.1"], ["127.0.0.2", "nonsense", ""]),
        ("10.0.0.0/8", ["10.1.2.3"], ["11.0.0.1"]),
        ("127.0.0.1, 10.0.0.0/8,::1", ["127.0.0.1", "10.9.9.9", "::1", "0:0::1"], ["::2"]),
    ],
)
def test_a_proxy_is_an_address_or_a_network(
    value: str, clients: list[str], strangers: list[str]
) -> None:
    """The server believes those that were named, and nobody else."""
    trusted = _TrustedHosts(believed(value))
    assert all(client in trusted for client in clients)
    assert not any(client in trusted for client in strangers)
    assert not trusted.trusted_literals  # it has understood every one of them
    assert believed("") == ""
