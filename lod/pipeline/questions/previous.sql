PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE propriete (nom TEXT PRIMARY KEY, valeur TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE enregistrement (
  nom TEXT, sha256 TEXT, uid TEXT NOT NULL, auteur TEXT, legislature INTEGER NOT NULL,
  dernier TEXT,  -- the latest day that it names
  somme INTEGER NOT NULL,  -- CRC-32 of the others
  PRIMARY KEY (nom, sha256)
) STRICT, WITHOUT ROWID;
