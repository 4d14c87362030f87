"""Quads of a release that can be told from others, for stores elsewhere."""

from pyoxigraph import Literal, NamedNode, Quad

from tests.support.server_data import BASE

FACTS = NamedNode(f"{BASE}.well-known/void#faits-wikidata")
NUMBER = NamedNode("urn:rang")


def quads(identity: str, size: int = 1000) -> list[Quad]:
    """A release: so many triples that name it, and facts in a graph with a name of its own."""
    mine = (Quad(NamedNode(f"urn:{identity}-{n}"), NUMBER, Literal(n)) for n in range(size))
    facts = (Quad(NamedNode(f"urn:f{n}"), NUMBER, Literal(identity), FACTS) for n in range(100))
    lasting = (Quad(NamedNode(f"urn:f{n}"), NUMBER, Literal("ever"), FACTS) for n in range(50))
    return [*mine, *facts, *lasting]
