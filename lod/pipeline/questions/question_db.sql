PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE question (
  rang INTEGER PRIMARY KEY,  -- from 1: legislature, type, number
  uid TEXT NOT NULL UNIQUE,
  cle BLOB NOT NULL,  -- of all that it is made of
  jour TEXT,  -- of the status, if it follows the data
  etat BLOB NOT NULL,  -- digest of its state
  deja TEXT NOT NULL,  -- IRIs of its answers that an earlier question states
  resume BLOB NOT NULL,
  somme INTEGER NOT NULL  -- CRC-32 of `resume`, and of `question` and `textes` of its content
) STRICT;
-- what lists and tables say of a question: `QuestionFacts`; '' for what it does not have
CREATE TABLE fait (
  rang INTEGER PRIMARY KEY,
  iri TEXT NOT NULL, legislature INTEGER NOT NULL, type TEXT NOT NULL, numero INTEGER NOT NULL,
  titre TEXT NOT NULL, shown_title TEXT NOT NULL,
  parution TEXT NOT NULL, reponse TEXT NOT NULL, retrait TEXT NOT NULL, limite TEXT NOT NULL,
  last_event TEXT NOT NULL, delai INTEGER,
  statut TEXT NOT NULL, auteur TEXT NOT NULL, groupe TEXT NOT NULL, circonscription TEXT NOT NULL,
  ministere TEXT NOT NULL, rubrique TEXT NOT NULL, motif TEXT NOT NULL
) STRICT;
CREATE TABLE contenu (
  rang INTEGER PRIMARY KEY,
  question BLOB NOT NULL,
  textes BLOB NOT NULL
) STRICT;
-- whom and what a question is about: resource and role, the prefixed name of a property
CREATE TABLE sujet (entite TEXT, role TEXT, rang INTEGER, PRIMARY KEY (entite, role, rang)) STRICT, WITHOUT ROWID;
CREATE TEMP TABLE sujet_lu (entite TEXT, role TEXT, rang INTEGER);  -- the same, as they come
CREATE TABLE source (sha256 TEXT PRIMARY KEY, octets BLOB NOT NULL, somme INTEGER NOT NULL) STRICT;
-- what the next release needs to know of a published record, if it meets it again
CREATE TABLE enregistrement (
  nom TEXT, sha256 TEXT, uid TEXT NOT NULL, auteur TEXT, legislature INTEGER NOT NULL,
  dernier TEXT,  -- the latest day that it names
  somme INTEGER NOT NULL,  -- CRC-32 of the others
  PRIMARY KEY (nom, sha256)
) STRICT, WITHOUT ROWID;
CREATE TABLE propriete (nom TEXT PRIMARY KEY, valeur TEXT NOT NULL) STRICT, WITHOUT ROWID;
