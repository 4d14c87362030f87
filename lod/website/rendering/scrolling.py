"""What is wider than a page scrolls by itself, by keys as well; each such table has a name."""

import re
from collections import Counter

UNNAMED = 'role="group" aria-label="Table"'
PLACE = re.compile(rf"<h[1-6][^<>]*>(.*?)(?:</h[1-6]>|\Z)|{UNNAMED}", re.S)
TAG = re.compile(r"<[^<>]*>")


def scrollable(html: str) -> str:
    """Return a text whose tables and blocks of code scroll by themselves."""
    html = html.replace("<table>", f'<div class="defile" tabindex="0" {UNNAMED}><table>')
    html = html.replace("</table>", "</table></div>")
    html = html.replace(' style="text-align:right"', ' class="n"')  # no style in a page: its policy
    return html.replace("<pre>", '<pre tabindex="0">')


def named_tables(page: str) -> str:
    """Return a page whose unnamed tables are called as the heading above, with a number from the
    second one below it on.

    >>> table = f"<div {UNNAMED}>"
    >>> print(named_tables(f"<h2>On <i>A</i></h2>{table}{table}").replace('role="group" ', ""))
    <h2>On <i>A</i></h2><div aria-label="On A"><div aria-label="On A (2)">
    """
    heading, tables = "Table", Counter[str]()

    def name(place: re.Match[str]) -> str:
        nonlocal heading
        if place[0] != UNNAMED:
            heading = " ".join(TAG.sub("", place[1]).replace('"', "&quot;").split())
            return place[0]
        tables[heading] += 1
        number = f" ({tables[heading]})" if tables[heading] > 1 else ""
        return f'role="group" aria-label="{heading}{number}"'

    return PLACE.sub(name, page) if UNNAMED in page else page
