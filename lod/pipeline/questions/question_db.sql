PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE question (
  rang INTEGER PRIMARY KEY,  -- from 1: legislature, type, number
  uid TEXT NOT NULL UNIQUE,
  cle BLOB NOT NULL,  -- of all that it is made of
  jour TEXT,  -- of the status, if it follows the data
  etat BLOB NOT NULL,  -- digest of its state
  deja TEXT NOT NULL,  -- IRIs of its answers that an earlier question states
  faits BLOB NOT NULL,
  resume BLOB NOT NULL,
  somme INTEGER NOT NULL  -- CRC-32 of `resume`, and of `question` and `textes` of its content
) STRICT;
CREATE TABLE contenu (
  rang INTEGER PRIMARY KEY,
  question BLOB NOT NULL,
  textes BLOB NOT NULL
) STRICT;
-- the newest questions of each followed resource, and of all: ''
CREATE TABLE suivi (entite TEXT, place INTEGER, rang INTEGER NOT NULL, PRIMARY KEY (entite, place)) STRICT, WITHOUT ROWID;
CREATE TABLE source (sha256 TEXT PRIMARY KEY, octets BLOB NOT NULL, somme INTEGER NOT NULL) STRICT;
-- what the next release needs to know of a published record, if it meets it again
CREATE TABLE enregistrement (
  nom TEXT, sha256 TEXT, uid TEXT NOT NULL, auteur TEXT, legislature INTEGER NOT NULL,
  dernier TEXT,  -- the latest day that it names
  somme INTEGER NOT NULL,  -- CRC-32 of the others
  PRIMARY KEY (nom, sha256)
) STRICT, WITHOUT ROWID;
CREATE TABLE propriete (nom TEXT PRIMARY KEY, valeur TEXT NOT NULL) STRICT, WITHOUT ROWID;
