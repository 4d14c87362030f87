PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE propriete (nom TEXT PRIMARY KEY, valeur TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- the questions whose texts are here, with the key of all that they are made of
CREATE TABLE vue (uid TEXT PRIMARY KEY, cle BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE texte (
  iri TEXT, uid TEXT, genre TEXT NOT NULL, auteur TEXT NOT NULL, jour TEXT NOT NULL,
  signature BLOB NOT NULL, PRIMARY KEY (iri, uid)
) STRICT, WITHOUT ROWID;
-- what two texts have in common, if it is enough to be published
CREATE TABLE paire (un TEXT, autre TEXT, comparaison BLOB NOT NULL, PRIMARY KEY (un, autre)) STRICT, WITHOUT ROWID;
