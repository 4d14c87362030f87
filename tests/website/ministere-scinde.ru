INSERT DATA { <legislature/17> qp:donneesAu "2026-01-31"^^xsd:date } ;
INSERT { ?ministere a qp:Ministere ; skos:prefLabel ?nom ; schema:startDate ?jour ;
  dcterms:replaces ?avant }
WHERE { VALUES (?ministere ?nom ?avant) {
  (<entier> "entier"@fr UNDEF) (<un> "un"@fr <entier>) (<autre> "autre"@fr <entier>)
  (<ancien> "ancien"@fr UNDEF) (<nouveau> "nouveau"@fr <ancien>)
} BIND("2025-10-01"^^xsd:date AS ?jour) } ;
INSERT { ?place a org:Membership ; org:organization ?m ; org:member ?nom ;
  schema:startDate ?jour ; qp:libelle "" . ?nom foaf:name "Nom" }
WHERE { VALUES ?m { <un> <autre> <nouveau> } ?m schema:startDate ?jour
  BIND(IRI(CONCAT(STR(?m), "#ministre-1")) AS ?place) BIND(IRI(CONCAT(STR(?m), "/nom")) AS ?nom) } ;
INSERT { ?q qp:typeQuestion qp:type-QE ; qp:statut qp:statut-en-attente-hors-delai ;
  qp:ministereAttributaire ?m ; qp:dateParution "2025-02-01"^^xsd:date ;
  qp:dateLimite "2025-04-01"^^xsd:date }
WHERE { VALUES ?m { <entier> <ancien> } BIND(IRI(CONCAT(STR(?m), "/question")) AS ?q) }
