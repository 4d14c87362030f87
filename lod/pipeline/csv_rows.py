"""The rows of `questions.csv`: one for each question."""

from typing import Any

from lod.model.question import Question
from lod.pipeline.mapping.question_triples import official_address
from lod.rdf import deadlines
from lod.rdf.iris import Iris
from lod.rdf.jsonld import compact

CSV_HEADER = (
    "iri", "uid", "legislature", "typeQuestion", "numero", "titre", "auteur", "nomAuteur",
    "groupe", "libelleGroupe", "circonscription", "rubrique", "ministereInterroge",
    "libelleMinistereInterroge", "ministereAttributaire", "libelleMinistereAttributaire",
    "dateParution", "page", "numeroJO", "dateReponse", "dateSignalement", "dateRetrait",
    "libelleMotifRetrait", "dateCloture", "codeCloture", "regleDelai", "dateLimite",
    "dateLimiteSignalement", "delaiJours", "statut", "statutAu", "adresse",
)  # fmt: skip


def csv_row(q: Question, iris: Iris) -> tuple[Any, ...]:
    """Return the cells of one question, in the order of CSV_HEADER; labels as in the record."""
    interroge, attributaire, parution = q.ministere_interroge, q.ministere_attributaire, q.parution
    place = q.circonscription if q.circonscription and q.circonscription.departement else None
    rule, state, auteur = deadlines.rule_of(q), deadlines.statut(q), iris.auteur(q)
    return (
        iris.question(q.uid).value, q.uid, q.legislature, q.type, q.numero, q.titre,
        auteur and auteur.value, q.auteur.nom,
        iris.groupe(q, q.groupe).value if q.groupe else None,
        q.groupe and (q.groupe.libelle_long or q.groupe.libelle),
        iris.circonscription(place).value if place else None, q.rubrique,
        iris.ministere(interroge).value if interroge else None,
        interroge and interroge.libelle,
        iris.ministere(attributaire).value if attributaire else None,
        attributaire and attributaire.libelle,
        parution and parution.jour, parution and parution.page, parution and parution.numero,
        q.date_reponse, q.date_signalement,
        q.retrait and q.retrait.jour, q.retrait and q.retrait.libelle,
        q.cloture and q.cloture.code and q.cloture.jour, q.cloture and q.cloture.code,
        rule and compact(rule.iri.value), deadlines.date_limite(q),
        deadlines.date_limite_signalement(q), deadlines.delai_jours(q),
        state and compact(state[0].value), state and state[1], official_address(q),
    )  # fmt: skip
