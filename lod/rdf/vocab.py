"""Terms and literals that are published; no other module spells a namespace.

`QP` has the terms that the ontology defines, as a test holds; a misspelt term is an
AttributeError. Terms of others are `SKOS.prefLabel`: a test looks for each in its vocabulary. All
are pyoxigraph's, as terms of rdflib take ten times as long to make.
"""

from datetime import date

from pyoxigraph import Literal, NamedNode

NAMESPACE = "https://w3id.org/questions-parlementaires/def#"
SHAPES_NAMESPACE = "https://w3id.org/questions-parlementaires/shapes#"
PREFIXES = {
    "qp": NAMESPACE,
    "as": "https://www.w3.org/ns/activitystreams#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "eurovoc": "http://eurovoc.europa.eu/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "ldes": "https://w3id.org/ldes#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "tree": "https://w3id.org/tree#",
    "void": "http://rdfs.org/ns/void#",
    "void-ext": "http://ldf.fi/void-ext#",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# of what stands beside the data: descriptions, shapes, history, facts of Wikidata
BESIDE = {"as", "dcat", "ldes", "sd", "sh", "tree", "void", "void-ext", "wdt"}
DATA_PREFIXES = {prefix: iri for prefix, iri in PREFIXES.items() if prefix not in BESIDE}


def term(name: str) -> NamedNode:
    """Return the term that a prefixed name such as `skos:prefLabel` stands for."""
    prefix, local = name.split(":", 1)
    return NamedNode(PREFIXES[prefix] + local)


class QP:
    """Every term of the ontology, file by file, in the order of each."""

    # qp.ttl
    Question = term("qp:Question")
    Reponse = term("qp:Reponse")
    Attribution = term("qp:Attribution")
    Evenement = term("qp:Evenement")
    Depute = term("qp:Depute")
    Groupe = term("qp:Groupe")
    Ministere = term("qp:Ministere")
    Legislature = term("qp:Legislature")
    uid = term("qp:uid")
    numero = term("qp:numero")
    legislature = term("qp:legislature")
    typeQuestion = term("qp:typeQuestion")
    titre = term("qp:titre")
    texte = term("qp:texte")
    rubrique = term("qp:rubrique")
    auteur = term("qp:auteur")
    groupe = term("qp:groupe")
    circonscription = term("qp:circonscription")
    ministereInterroge = term("qp:ministereInterroge")
    ministereAttributaire = term("qp:ministereAttributaire")
    ministereRepondant = term("qp:ministereRepondant")
    dateParution = term("qp:dateParution")
    dateReponse = term("qp:dateReponse")
    dateSignalement = term("qp:dateSignalement")
    dateRetrait = term("qp:dateRetrait")
    motifRetrait = term("qp:motifRetrait")
    dateLimite = term("qp:dateLimite")
    delaiJours = term("qp:delaiJours")
    statut = term("qp:statut")
    statutAu = term("qp:statutAu")
    reponse = term("qp:reponse")
    rappelle = term("qp:rappelle")
    attribution = term("qp:attribution")
    evenement = term("qp:evenement")
    rang = term("qp:rang")
    ministere = term("qp:ministere")
    libelle = term("qp:libelle")
    date = term("qp:date")
    types = term("qp:types")
    motifs = term("qp:motifs")
    statuts = term("qp:statuts")

    # modules/delais.ttl
    regleDelai = term("qp:regleDelai")
    dateLimiteSignalement = term("qp:dateLimiteSignalement")
    delaiAccorde = term("qp:delaiAccorde")
    delaiAccordeApresSignalement = term("qp:delaiAccordeApresSignalement")
    regles = term("qp:regles-delai")

    # modules/evenements.ttl
    Parution = term("qp:Parution")
    Signalement = term("qp:Signalement")
    Renouvellement = term("qp:Renouvellement")
    Erratum = term("qp:Erratum")
    Retrait = term("qp:Retrait")
    Cloture = term("qp:Cloture")
    page = term("qp:page")
    numeroJO = term("qp:numeroJO")
    typeJO = term("qp:typeJO")
    dateDepot = term("qp:dateDepot")
    corrige = term("qp:corrige")

    # modules/liens.ttl
    Lien = term("qp:Lien")
    sujet = term("qp:sujet")
    cible = term("qp:cible")
    preuve = term("qp:preuve")
    valeurPreuve = term("qp:valeurPreuve")
    sourcePreuve = term("qp:sourcePreuve")
    dateConstat = term("qp:dateConstat")
    registre = term("qp:registre")
    preuves = term("qp:preuves")

    # modules/personnes.ttl
    Mandat = term("qp:Mandat")
    Gouvernement = term("qp:Gouvernement")
    Circonscription = term("qp:Circonscription")
    Departement = term("qp:Departement")
    Region = term("qp:Region")
    mandatAuteur = term("qp:mandatAuteur")
    mandat = term("qp:mandat")
    profession = term("qp:profession")
    categorieSocioprofessionnelle = term("qp:categorieSocioprofessionnelle")
    familleSocioprofessionnelle = term("qp:familleSocioprofessionnelle")
    datePriseFonction = term("qp:datePriseFonction")
    causeMandat = term("qp:causeMandat")
    causeFin = term("qp:causeFin")
    suppleantRef = term("qp:suppleantRef")
    portefeuilles = term("qp:portefeuilles")
    roles = term("qp:roles")
    positions = term("qp:positions")

    # modules/releve.ttl
    analyse = term("qp:analyse")
    teteAnalyse = term("qp:teteAnalyse")
    texteHtml = term("qp:texteHtml")
    libelleGroupe = term("qp:libelleGroupe")
    lieuElection = term("qp:lieuElection")
    mandatRef = term("qp:mandatRef")
    libelleMinistereInterroge = term("qp:libelleMinistereInterroge")
    libelleLong = term("qp:libelleLong")
    chaineComplete = term("qp:chaineComplete")
    Reste = term("qp:Reste")
    reste = term("qp:reste")
    texteBrut = term("qp:texteBrut")
    etiquettePage = term("qp:etiquettePage")
    cheminJson = term("qp:cheminJson")
    donneesAu = term("qp:donneesAu")

    # modules/statistiques.ttl
    statistiqueDe = term("qp:statistiqueDe")
    statistiqueLegislature = term("qp:statistiqueLegislature")
    statistiqueType = term("qp:statistiqueType")
    posees = term("qp:posees")
    repondues = term("qp:repondues")
    retirees = term("qp:retirees")
    sansReponse = term("qp:sansReponse")
    enAttente = term("qp:enAttente")
    reponduesDansDelai = term("qp:reponduesDansDelai")
    reponduesHorsDelai = term("qp:reponduesHorsDelai")
    enAttenteHorsDelai = term("qp:enAttenteHorsDelai")
    delaiMedian = term("qp:delaiMedian")
    delaiMoyen = term("qp:delaiMoyen")

    # modules/versions.ttl
    changement = term("qp:changement")
    changements = term("qp:changements")


def qp(name: str) -> NamedNode:
    """Return a term of the ontology by its name: a concept, such as `statut-retiree`, or a term
    that an extension adds; `QP` has all others.
    """
    return term(f"qp:{name}")


class Vocabulary:
    """The terms of a vocabulary of others: `SKOS.prefLabel` is `skos:prefLabel`."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def __getattr__(self, name: str) -> NamedNode:
        made = term(f"{self._prefix}:{name}")
        setattr(self, name, made)  # made once
        return made


DCAT, DCTERMS, FOAF, ORG = map(Vocabulary, ("dcat", "dcterms", "foaf", "org"))
OWL, PROV, QB, RDF, RDFS = map(Vocabulary, ("owl", "prov", "qb", "rdf", "rdfs"))
SCHEMA, SH, SKOS, VOID, XSD = map(Vocabulary, ("schema", "sh", "skos", "void", "xsd"))
LABELS = (RDFS.label, SKOS.prefLabel, FOAF.name)  # of a resource: the first of these
_DATES = {10: XSD.date, 7: XSD.gYearMonth, 4: XSD.gYear}
NUMBERS = frozenset(  # datatypes
    PREFIXES["xsd"] + name
    for name in ("integer", "decimal", "double", "float", "int", "long", "short", "byte",
                 "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger",
                 "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte")
)  # fmt: skip


def fr(text: str) -> Literal:
    return Literal(text, language="fr")


def en(text: str) -> Literal:
    return Literal(text, language="en")


def plain_literal(text: str) -> Literal:
    """Return a plain string: an identifier or a code, in no language."""
    return Literal(text)


def integer(number: int) -> Literal:
    return Literal(str(number), datatype=XSD.integer)


def decimal(number: float) -> Literal:
    """Return a number to a tenth, in the canonical form: `98.3`, `70`."""
    return Literal(f"{number:.1f}".removesuffix(".0"), datatype=XSD.decimal)


def boolean(value: bool) -> Literal:
    return Literal("true" if value else "false", datatype=XSD.boolean)


def civil_date(day: date) -> Literal:
    return Literal(day.isoformat(), datatype=_DATES[10])


def partial_date(text: str) -> Literal:
    """Return a date as precise as it is known: `2022-11-07`, `2017-12` or `2024`."""
    return Literal(text, datatype=_DATES[len(text)])


def media_type(name: str) -> NamedNode:
    return NamedNode(f"https://www.iana.org/assignments/media-types/{name}")


def wikidata(qid: str) -> NamedNode:
    return NamedNode(PREFIXES["wd"] + qid)


def eurovoc(number: str) -> NamedNode:
    return NamedNode(PREFIXES["eurovoc"] + number)
