"""What a browser may do with our pages: Content-Security-Policy, as strict as each page bears."""

Policy = dict[str, str]
PAGES: Policy = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# the one style that YASGUI 4.6.2 makes in the page: handles to widen the columns of its table
RESIZER = "'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='"
EDITOR: Policy = PAGES | {
    "script-src": "'self'",
    "style-src": f"'self' {RESIZER}",
    "connect-src": "'self'",  # queries; no link and no plugin can send one elsewhere
}
# the preview that a client of the Reconciliation API shows within its own page, and nothing else
FRAMED: Policy = PAGES | {"form-action": "'none'", "frame-ancestors": "*"}
BY_FILE = {"sparql.html": EDITOR}  # name of a file of the site: what it needs more than others


def header_value(policy: Policy) -> str:
    """Return a policy as the header has it."""
    return "; ".join(f"{directive} {sources}" for directive, sources in policy.items())
