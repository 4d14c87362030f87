-- added to recherche.db, anew in each release
DROP TABLE IF EXISTS code_postal;
DROP TABLE IF EXISTS commune;
DROP TABLE IF EXISTS elu;

-- the communes of the departments that are things, the largest first, then the consular posts: code
-- of Insee, or name of the post; name; the same as names are compared (`communes.py`); the end of the
-- IRI of the department; the numbers of its constituencies, with spaces between
CREATE TABLE commune (
  id INTEGER PRIMARY KEY, cle TEXT NOT NULL, nom TEXT NOT NULL, nom_plie TEXT NOT NULL,
  departement TEXT NOT NULL, circonscriptions TEXT NOT NULL
);
CREATE INDEX commune_nom ON commune (nom_plie);
CREATE TABLE code_postal (
  code TEXT NOT NULL, commune INTEGER NOT NULL REFERENCES commune, PRIMARY KEY (code, commune)
) WITHOUT ROWID;

-- who is elected in a constituency (the end of its IRI): `PA…`, name, full name of the group; `au` is
-- the day on which the person is known to sit, "" for one who is known to be elected, and no more
CREATE TABLE elu (
  circonscription TEXT NOT NULL, cle TEXT NOT NULL, nom TEXT NOT NULL, groupe TEXT NOT NULL,
  legislature INTEGER NOT NULL, au TEXT NOT NULL, PRIMARY KEY (circonscription, cle)
) WITHOUT ROWID;
