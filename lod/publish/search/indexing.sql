-- recherche.db: written once by the build, then only read.
-- No clock, and rows in one order: the same questions give the same bytes.
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;

-- of the release: base, editeur, donnees_au, sample, licence
CREATE TABLE propriete (nom TEXT PRIMARY KEY, valeur TEXT NOT NULL) WITHOUT ROWID;

-- what pages call the resources that have a feed
CREATE TABLE nom (iri TEXT PRIMARY KEY, nom TEXT NOT NULL) WITHOUT ROWID;

-- what questions are filtered by: code (the end of the IRI), name, and the broader value if any
CREATE TABLE valeur (
  id INTEGER PRIMARY KEY, facette TEXT NOT NULL, cle TEXT NOT NULL, iri TEXT NOT NULL,
  nom TEXT NOT NULL, large INTEGER REFERENCES valeur, UNIQUE (facette, cle)
);

-- a question as a hit shows it; `jour` is that of its publication, facets are ids of `valeur`
CREATE TABLE question (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL, titre TEXT NOT NULL, nom TEXT NOT NULL, jour TEXT,
  type INTEGER, legislature INTEGER, statut INTEGER, ministere INTEGER, rubrique INTEGER,
  groupe INTEGER, auteur INTEGER
);

-- compressed: the question, then its answers, each after a U+001E
CREATE TABLE texte (id INTEGER PRIMARY KEY, contenu BLOB NOT NULL);

-- words that do not begin what stands for them: « synthetiq* » must find « synthetique » by « synthet »
CREATE TABLE lexique (mot TEXT PRIMARY KEY, racine TEXT NOT NULL) WITHOUT ROWID;

-- the words that stand for those of the texts; the texts themselves are not kept twice
CREATE VIRTUAL TABLE mots USING fts5 (titre, question, reponse, content = '', tokenize = 'ascii');
-- bytes that wait in memory before they are written as one segment; the default makes hundreds
INSERT INTO mots (mots, rank) VALUES ('hashsize', 33554432);
