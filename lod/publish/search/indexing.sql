-- recherche.db: written once by the build, then only read. No clock, and rows in one order: the same
-- questions give the same bytes.

-- of the release: base, editeur, donnees_au, sample, licence
CREATE TABLE propriete (nom TEXT PRIMARY KEY, valeur TEXT NOT NULL) WITHOUT ROWID;

-- what a search names beside questions: the end of its IRI, what pages call it, its other names (a
-- line each), where a deputy is elected, and what tells it from others of its name; its first and last
-- day ('' for none); of a ministry its portfolios, with spaces between, and 1 if it helps another one;
-- the last function of who held office
CREATE TABLE chose (
  id INTEGER PRIMARY KEY, genre TEXT NOT NULL, cle TEXT NOT NULL, nom TEXT NOT NULL,
  noms TEXT NOT NULL, lieu TEXT NOT NULL, detail TEXT NOT NULL, debut TEXT NOT NULL,
  fin TEXT NOT NULL, domaines TEXT NOT NULL, aide INTEGER NOT NULL, fonction TEXT NOT NULL,
  UNIQUE (genre, cle)
);

-- of the titles: stem → its commonest word, and the titles that have it
CREATE TABLE forme (racine TEXT PRIMARY KEY, mot TEXT NOT NULL, nombre INTEGER NOT NULL) WITHOUT ROWID;

-- what questions are filtered by: code (the end of the IRI), name, and the broader value if any
CREATE TABLE valeur (
  id INTEGER PRIMARY KEY, facette TEXT NOT NULL, cle TEXT NOT NULL, iri TEXT NOT NULL,
  nom TEXT NOT NULL, large INTEGER REFERENCES valeur, UNIQUE (facette, cle)
);

-- a question as a hit shows it; `jour` is that of its publication, `evenement` that of its newest
-- event, `delai` the days until its answer, `echeance` the last day for it while the question waits;
-- facets are ids of `valeur`
CREATE TABLE question (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL, titre TEXT NOT NULL, nom TEXT NOT NULL, jour TEXT,
  evenement TEXT, delai INTEGER, echeance TEXT, type INTEGER, legislature INTEGER, statut INTEGER,
  ministere INTEGER, rubrique INTEGER, groupe INTEGER, auteur INTEGER, departement INTEGER, circonscription INTEGER
);
CREATE UNIQUE INDEX question_uid ON question (uid);

-- values of facets of which a question may have several: texts that it or an answer cites
CREATE TABLE valeur_multiple (
  question INTEGER NOT NULL REFERENCES question, valeur INTEGER NOT NULL REFERENCES valeur,
  PRIMARY KEY (question, valeur)
) WITHOUT ROWID;

-- gzip: the question, then its answers, each after a U+001E
CREATE TABLE texte (id INTEGER PRIMARY KEY, contenu BLOB NOT NULL);

-- words that do not begin what stands for them: « synthetiq* » must find « synthetique » by « synthet »
CREATE TABLE lexique (mot TEXT PRIMARY KEY, racine TEXT NOT NULL) WITHOUT ROWID;

-- the words that stand for those of the texts; the texts themselves are not kept twice. `faits` are
-- number and uid, author, heading and department
CREATE VIRTUAL TABLE mots USING fts5 (titre, question, reponse, faits, content = '', tokenize = 'ascii');
-- bytes that wait in memory before they are written as one segment; the default makes hundreds
INSERT INTO mots (mots, rank) VALUES ('hashsize', 33554432);
