"""Calendars as RFC 5545 has them, read without a line of ours."""


def unfolded(data: bytes) -> list[tuple[str, str]]:
    """Name, with its parameters, and value of each line, read as RFC 5545 (3.1) says."""
    assert data.endswith(b"\r\n") and b"\r\n\r\n" not in data
    lines = data.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 and b"\r" not in line and b"\n" not in line for line in lines)
    for line in lines:
        line.decode()  # no character is cut
    text = data.decode().replace("\r\n ", "")
    return [(name, value) for name, _, value in (line.partition(":") for line in text.splitlines())]


def events(data: bytes) -> list[dict[str, str]]:
    """The events of a calendar, each property at most once."""
    found: list[dict[str, str]] = []
    for name, value in unfolded(data):
        if (name, value) == ("BEGIN", "VEVENT"):
            found.append({})
        elif found:
            assert name not in found[-1] or name == "END", name
            found[-1][name] = value
    return found
