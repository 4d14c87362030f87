"""The suite of the Model Context Protocol."""

from tests.support.suites import JudgedSite

# the others call the tools, resources and prompts of a server that is written for the suite
SCENARIOS = ("server-initialize", "ping", "tools-list", "dns-rebinding-protection")


def conformance(site: JudgedSite) -> str:
    """Count the scenarios that pass, of those about what this server has."""
    passed = 0
    for name in SCENARIOS:
        said = site.run_npm("conformance", "server", f"--url={site.url}mcp", f"--scenario={name}")
        print(said)
        passed += " 0 failed, 0 warnings" in said
    return f"{passed}/{len(SCENARIOS)}"


SUITES = {"@modelcontextprotocol/conformance": conformance}
