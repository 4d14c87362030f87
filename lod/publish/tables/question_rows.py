"""A question as rows of the tables `questions`, `reponses`, `attributions`, `evenements`.

They say what its triples say (`question_triples.py`), as a test holds for each column.
"""

from collections.abc import Callable, Container, Iterator
from functools import cache, partial
from typing import Any

from pyoxigraph import NamedNode

from lod.model.question import JO, Question
from lod.pipeline.mapping.question_triples import official_address
from lod.publish.tables.columns import Row, tables
from lod.rdf import deadlines
from lod.rdf.iris import Iris, code_of

Values = dict[str, Any]  # column → value
NameOf = Callable[[str, str], str | None]  # IRI and property → a name
OF_QUESTIONS = ("questions", "reponses", "attributions", "evenements")  # tables
NAMED = {  # column of a resource → the property that names it
    "rubrique": "skos:prefLabel",
    "auteur": "foaf:name",
    "circonscription": "skos:prefLabel",
    "ministere_attributaire": "skos:prefLabel",
}
NO_JO: Values = dict.fromkeys(("date", "page", "numero_jo", "type_jo"))
NO_DETAIL: Values = dict.fromkeys(("date_depot", "libelle", "corrige", "texte"))  # of an event


class QuestionRows:
    """Makes the rows of questions, in their order.

    `shared` are the answers that serve several questions: only the first of these questions has
    their values, as in the triples. They stay in memory.
    """

    def __init__(self, iris: Iris, name_of: NameOf, shared: Container[str] = ()) -> None:
        self._iris, self._shared = iris, shared
        self._name_of = cache(name_of)  # of some thousand resources
        self._stated: dict[str, Values] = {}  # IRI of a shared answer → its values

    def rows_of(self, q: Question) -> dict[str, list[Row]]:
        """Return table → the rows of a question."""
        values_by_table = {
            "questions": [self._question(q)],
            "reponses": self._reponses(q),
            "attributions": self._attributions(q),
            "evenements": self._evenements(q),
        }
        return {
            name: [tables()[name].row(values) for values in table_values]
            for name, table_values in values_by_table.items()
        }

    def _question(self, q: Question) -> Values:
        iris, rule, state = self._iris, deadlines.rule_of(q), deadlines.statut(q)
        interroge, attributaire = q.ministere_interroge, q.ministere_attributaire
        repondant, retrait = q.ministere_repondant, q.retrait
        place = q.circonscription if q.circonscription and q.circonscription.departement else None
        motif = retrait and iris.motif(retrait)
        return {
            "uid": q.uid,
            "iri": iris.question(q.uid).value,
            "legislature": q.legislature,
            "type_question": q.type,
            "numero": q.numero,
            "titre": q.titre or None,
            **self._resource("rubrique", iris.rubrique(q.rubrique) if q.rubrique else None),
            "tete_analyse": q.tete_analyse or None,
            **self._resource("auteur", iris.auteur(q)),
            "mandat_ref": q.auteur.mandat_ref or None,
            **self._resource("groupe", iris.groupe(q, q.groupe) if q.groupe else None),
            "libelle_groupe": q.libelle_groupe,
            **self._resource("circonscription", iris.circonscription(place) if place else None),
            "departement": place and place.departement,
            **self._resource(
                "ministere_interroge", iris.ministere(interroge) if interroge else None
            ),
            "libelle_ministere_interroge": interroge and interroge.libelle,
            **self._resource(
                "ministere_attributaire", iris.ministere(attributaire) if attributaire else None
            ),
            "ministere_repondant": repondant and self._code(iris.ministere(repondant).value),
            "chaine_complete": q.chaine_complete,
            "date_parution": q.parution and q.parution.jour.isoformat(),
            "date_reponse": q.date_reponse and q.date_reponse.isoformat(),
            "date_signalement": q.date_signalement and q.date_signalement.isoformat(),
            "date_retrait": retrait and retrait.jour and retrait.jour.isoformat(),
            "motif_retrait": motif and self._code(motif.value),
            "regle_delai": rule and self._code(rule.iri.value),
            "date_limite": (limite := deadlines.date_limite(q)) and limite.isoformat(),
            "date_limite_signalement": (
                (limite := deadlines.date_limite_signalement(q)) and limite.isoformat()
            ),
            "delai_jours": deadlines.delai_jours(q),
            "statut": state and self._code(state[0].value),
            "statut_au": state and state[1].isoformat(),
            "source": official_address(q),
            "texte": q.texte or None,
        }

    def _reponses(self, q: Question) -> Iterator[Values]:
        for rang, r in enumerate(q.reponses, start=1):
            reponse = self._iris.reponse(q, r)
            own = {**self._resource("reponse", reponse), **_jo(r.jo), "texte": r.texte or None}
            if reponse.value in self._shared:
                own = self._stated.setdefault(reponse.value, own)
            yield {"uid": q.uid, "rang": rang, **own}

    def _attributions(self, q: Question) -> Iterator[Values]:
        for rang, attribution in enumerate(q.attributions, start=1):
            yield {
                "uid": q.uid,
                "rang": rang,
                **self._resource("ministere", self._iris.ministere(attribution.ministere)),
                "libelle": attribution.ministere.libelle,
                "libelle_long": attribution.ministere.libelle_long or None,
                **_jo(attribution.jo),
            }

    def _evenements(self, q: Question) -> Iterator[Values]:
        event = partial(_event, q.uid)
        for n, jo in enumerate(q.parutions, start=1):
            yield event("parution", n, jo)
        for n, signalement in enumerate(q.signalements, start=1):
            depot = signalement.depot.isoformat() if signalement.depot else None
            yield event("signalement", n, signalement.jo, date_depot=depot)
        for n, jo in enumerate(q.renouvellements, start=1):
            yield event("renouvellement", n, jo)
        for n, erratum in enumerate(q.errata, start=1):
            is_own = erratum.corrige == "question" or not q.reponses
            of = None if is_own else self._iris.reponse(q, q.reponses[erratum.rang - 1]).value
            corrected = self._code(of) if of else q.uid
            texte = erratum.texte or None
            yield event("erratum", n, erratum.jo, corrige=corrected, texte=texte)
        if (end := q.retrait) and end.jour:
            yield event("retrait", 1, end.jo or JO(jour=end.jour), libelle=end.libelle or None)
        if closed := q.cloture_autre_jour:
            yield event("cloture", 1, closed)

    def _resource(self, name: str, node: NamedNode | None) -> Values:
        """Return the columns of a resource: its code, its IRI, and its name if it is in NAMED."""
        iri = node.value if node else None
        values = {name: self._code(iri) if iri else None, f"{name}_iri": iri}
        if name in NAMED:
            values[f"{name}_nom"] = self._name_of(iri, NAMED[name]) if iri else None
        return values

    def _code(self, iri: str) -> str:
        return code_of(iri, self._iris.base)


def _event(uid: str, kind: str, number: int, jo: JO | None, **detail: str | None) -> Values:
    """Return the values of an event; the fragment is as in `question_triples.py`."""
    own = {"uid": uid, "evenement": f"{kind}-{number}", "type_evenement": kind}
    return {**own, **_jo(jo), **NO_DETAIL, **detail}


def _jo(jo: JO | None) -> Values:
    """Return the columns of a place in the Journal officiel."""
    if jo is None:
        return NO_JO
    return {
        "date": jo.jour.isoformat(),
        "page": jo.page or None,
        "numero_jo": jo.numero or None,
        "type_jo": jo.type or None,
    }
