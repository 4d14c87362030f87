"""The Content-Security-Policy headers of the pages, each as strict as its page allows."""

Policy = dict[str, str]
_CLOSED: Policy = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# scripts of ours; what they ask goes to this server only, whatever a link or a plugin says
PAGES: Policy = _CLOSED | {"script-src": "'self'", "connect-src": "'self'"}
# hash of the only inline style of YASGUI 4.6.2: the handles that resize the columns of its table
RESIZER = "'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='"
EDITOR: Policy = PAGES | {"style-src": f"'self' {RESIZER}"}
# what other sites show in a frame of their own page: a picture, a table, the preview of a resource
FRAMED: Policy = _CLOSED | {"form-action": "'none'", "frame-ancestors": "*"}
BY_FILE = {
    "sparql.html": EDITOR,
    "sparql.en.html": EDITOR,
    "cadre.html": FRAMED,
    "cadre.en.html": FRAMED,
}  # file name in the site → its policy, where it is not PAGES


def header_value(policy: Policy) -> str:
    return "; ".join(f"{directive} {sources}" for directive, sources in policy.items())
