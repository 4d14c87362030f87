"""Terms and literals that are published; no other module spells a namespace.

`QP` has the terms that `ontology/qp.ttl` defines, as a test holds; a misspelt term is an
AttributeError. Terms are pyoxigraph's, as those of rdflib take ten times as long to make.
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
    """Every term of the ontology, in its order."""

    Question = term("qp:Question")
    Reponse = term("qp:Reponse")
    Attribution = term("qp:Attribution")
    Evenement = term("qp:Evenement")
    Parution = term("qp:Parution")
    Signalement = term("qp:Signalement")
    Renouvellement = term("qp:Renouvellement")
    Erratum = term("qp:Erratum")
    Retrait = term("qp:Retrait")
    Cloture = term("qp:Cloture")
    Depute = term("qp:Depute")
    Groupe = term("qp:Groupe")
    Ministere = term("qp:Ministere")
    Gouvernement = term("qp:Gouvernement")
    Mandat = term("qp:Mandat")
    Appartenance = term("qp:Appartenance")
    Legislature = term("qp:Legislature")
    Circonscription = term("qp:Circonscription")
    Departement = term("qp:Departement")
    Region = term("qp:Region")
    Lien = term("qp:Lien")
    Reste = term("qp:Reste")

    uid = term("qp:uid")
    numero = term("qp:numero")
    legislature = term("qp:legislature")
    typeQuestion = term("qp:typeQuestion")
    titre = term("qp:titre")
    analyse = term("qp:analyse")
    teteAnalyse = term("qp:teteAnalyse")
    texte = term("qp:texte")
    texteHtml = term("qp:texteHtml")
    rubrique = term("qp:rubrique")
    auteur = term("qp:auteur")
    mandatRef = term("qp:mandatRef")
    mandatAuteur = term("qp:mandatAuteur")
    groupe = term("qp:groupe")
    libelleGroupe = term("qp:libelleGroupe")
    circonscription = term("qp:circonscription")
    lieuElection = term("qp:lieuElection")
    ministereInterroge = term("qp:ministereInterroge")
    libelleMinistereInterroge = term("qp:libelleMinistereInterroge")
    ministereAttributaire = term("qp:ministereAttributaire")
    ministereRepondant = term("qp:ministereRepondant")
    attribution = term("qp:attribution")
    chaineComplete = term("qp:chaineComplete")
    dateParution = term("qp:dateParution")
    dateReponse = term("qp:dateReponse")
    dateSignalement = term("qp:dateSignalement")
    dateRetrait = term("qp:dateRetrait")
    motifRetrait = term("qp:motifRetrait")
    dateCloture = term("qp:dateCloture")
    codeCloture = term("qp:codeCloture")
    regleDelai = term("qp:regleDelai")
    dateLimite = term("qp:dateLimite")
    dateLimiteSignalement = term("qp:dateLimiteSignalement")
    delaiJours = term("qp:delaiJours")
    statut = term("qp:statut")
    statutAu = term("qp:statutAu")
    reponse = term("qp:reponse")
    rappelle = term("qp:rappelle")
    evenement = term("qp:evenement")
    reste = term("qp:reste")
    date = term("qp:date")
    joursDepuisParution = term("qp:joursDepuisParution")
    rang = term("qp:rang")
    ministere = term("qp:ministere")
    libelle = term("qp:libelle")
    libelleLong = term("qp:libelleLong")
    page = term("qp:page")
    pageSection = term("qp:pageSection")
    numeroJO = term("qp:numeroJO")
    typeJO = term("qp:typeJO")
    dateDepot = term("qp:dateDepot")
    corrige = term("qp:corrige")
    texteBrut = term("qp:texteBrut")
    departement = term("qp:departement")
    profession = term("qp:profession")
    categorieSocioprofessionnelle = term("qp:categorieSocioprofessionnelle")
    familleSocioprofessionnelle = term("qp:familleSocioprofessionnelle")
    mandat = term("qp:mandat")
    appartenance = term("qp:appartenance")
    datePriseFonction = term("qp:datePriseFonction")
    causeMandat = term("qp:causeMandat")
    causeFin = term("qp:causeFin")
    suppleantRef = term("qp:suppleantRef")
    sujet = term("qp:sujet")
    cible = term("qp:cible")
    preuve = term("qp:preuve")
    valeurPreuve = term("qp:valeurPreuve")
    sourcePreuve = term("qp:sourcePreuve")
    dateConstat = term("qp:dateConstat")
    registre = term("qp:registre")
    donneesAu = term("qp:donneesAu")
    sha256 = term("qp:sha256")
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
    delaiReponse = term("qp:delaiReponse")
    delaiSignalement = term("qp:delaiSignalement")

    types = term("qp:types")
    motifs = term("qp:motifs")
    preuves = term("qp:preuves")
    statuts = term("qp:statuts")
    regles = term("qp:regles-delai")
    portefeuilles = term("qp:portefeuilles")
    changements = term("qp:changements")
    roles = term("qp:roles")
    positions = term("qp:positions")

    etiquettePage = term("qp:etiquettePage")
    cheminJson = term("qp:cheminJson")


def qp(name: str) -> NamedNode:
    """Return the concept of the ontology with a computed name: `statut-retiree`."""
    return term(f"qp:{name}")


RDF_TYPE = term("rdf:type")
RDFS_LABEL = term("rdfs:label")
RDFS_IS_DEFINED_BY = term("rdfs:isDefinedBy")
RDFS_COMMENT = term("rdfs:comment")
RDFS_SUBCLASS = term("rdfs:subClassOf")
RDFS_SEE_ALSO = term("rdfs:seeAlso")
SKOS_BROADER = term("skos:broader")
SKOS_CONCEPT = term("skos:Concept")
SKOS_SCHEME = term("skos:ConceptScheme")
SKOS_PREF_LABEL = term("skos:prefLabel")
SKOS_ALT_LABEL = term("skos:altLabel")
SKOS_IN_SCHEME = term("skos:inScheme")
SKOS_EDITORIAL_NOTE = term("skos:editorialNote")
SKOS_DEFINITION = term("skos:definition")
SKOS_NOTE = term("skos:note")
SKOS_NOTATION = term("skos:notation")
FOAF_NAME = term("foaf:name")
FOAF_PERSON = term("foaf:Person")
FOAF_TITLE = term("foaf:title")
DCTERMS_IDENTIFIER = term("dcterms:identifier")
DCTERMS_SOURCE = term("dcterms:source")
DCTERMS_SUBJECT = term("dcterms:subject")
DCTERMS_TEMPORAL = term("dcterms:temporal")
DCTERMS_TYPE = term("dcterms:type")
DCTERMS_CREATED = term("dcterms:created")
DCTERMS_VERSION_OF = term("dcterms:isVersionOf")
DCTERMS_PART_OF = term("dcterms:isPartOf")
DCTERMS_DATE = term("dcterms:date")
DCTERMS_CONTRIBUTOR = term("dcterms:contributor")
DCTERMS_IS_REPLACED_BY = term("dcterms:isReplacedBy")
DCTERMS_FORMAT = term("dcterms:format")
DCAT_DOWNLOAD = term("dcat:downloadURL")
DCAT_RESOURCE = term("dcat:Resource")
DCAT_VERSION = term("dcat:version")
DCAT_HAS_VERSION = term("dcat:hasVersion")
DCAT_PREVIOUS = term("dcat:previousVersion")
DCTERMS_REFERENCES = term("dcterms:references")
DCTERMS_REPLACES = term("dcterms:replaces")
ORG_CHANGE_EVENT = term("org:ChangeEvent")
ORG_CLASSIFICATION = term("org:classification")
ORG_HEAD_OF = term("org:headOf")
ORG_MEMBER = term("org:member")
ORG_MEMBERSHIP = term("org:Membership")
ORG_ORIGINAL = term("org:originalOrganization")
ORG_RESULTING = term("org:resultingOrganization")
ORG_ORGANIZATION = term("org:organization")
ORG_ROLE = term("org:role")
ORG_SUB_ORGANIZATION_OF = term("org:subOrganizationOf")
SCHEMA_CONTAINED_IN = term("schema:containedInPlace")
SCHEMA_BIRTH_DATE = term("schema:birthDate")
SCHEMA_DEATH_DATE = term("schema:deathDate")
SCHEMA_START_DATE = term("schema:startDate")
SCHEMA_END_DATE = term("schema:endDate")
QB_DATA_SET = term("qb:dataSet")
QB_OBSERVATION = term("qb:Observation")
PROV_ENTITY = term("prov:Entity")
PROV_DERIVED = term("prov:wasDerivedFrom")
OWL_SAME_AS = term("owl:sameAs")
LABELS = (RDFS_LABEL, SKOS_PREF_LABEL, FOAF_NAME)  # of a resource: the first of these
_DATES = {10: term("xsd:date"), 7: term("xsd:gYearMonth"), 4: term("xsd:gYear")}
_DECIMAL = term("xsd:decimal")
_INTEGER = term("xsd:integer")
_BOOLEAN = term("xsd:boolean")


def fr(text: str) -> Literal:
    """Return a text in French."""
    return Literal(text, language="fr")


def plain_literal(text: str) -> Literal:
    """Return a plain string: an identifier or a code, in no language."""
    return Literal(text)


def integer(number: int) -> Literal:
    """Return a whole number."""
    return Literal(str(number), datatype=_INTEGER)


def decimal(number: float) -> Literal:
    """Return a number to a tenth, in the canonical form: `98.3`, `70`."""
    return Literal(f"{number:.1f}".removesuffix(".0"), datatype=_DECIMAL)


def boolean(value: bool) -> Literal:
    """Return a truth value."""
    return Literal("true" if value else "false", datatype=_BOOLEAN)


def civil_date(day: date) -> Literal:
    """Return a civil date, without time zone."""
    return Literal(day.isoformat(), datatype=_DATES[10])


def partial_date(text: str) -> Literal:
    """Return a date as precise as it is known: `2022-11-07`, `2017-12` or `2024`."""
    return Literal(text, datatype=_DATES[len(text)])


def wikidata(qid: str) -> NamedNode:
    """Return the IRI of an item of Wikidata."""
    return NamedNode(PREFIXES["wd"] + qid)
