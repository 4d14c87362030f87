# Wrong facts that a journalist, a clerk or a program could produce, each a small change of the
# release of invented lives. They were written down before anybody looked at what tells of them, and
# do not change with it: only `said by` does, all controls and shapes that tell of the node `about`,
# by a row about its document. Nothing tells of a fact without it: the data cannot know.

# 1: The group of the question is that of another deputy: a Communist asks in the name of the MoDem
# about: question/QANR5L15QE43349
# said by: C12-groupes
DELETE DATA { <question/QANR5L15QE43349> qp:groupe <groupe/PO730940> } ;
INSERT DATA { <question/QANR5L15QE43349> qp:groupe <groupe/PO980003> }

# 2: The question of Elsa Faucillon (92-1) is given to Typhanie Degois (73-1)
# about: question/QANR5L15QE12
# said by: C13-circonscriptions C13-noms
DELETE DATA { <question/QANR5L15QE12> qp:auteur <depute/PA721896> } ;
INSERT DATA { <question/QANR5L15QE12> qp:auteur <depute/PA721398> }

# 3: The question is given a constituency of another department than its author was elected in
# about: question/QANR5L15QE43349
# said by: C13-circonscriptions
DELETE DATA { <question/QANR5L15QE43349> qp:circonscription <circonscription/13-13> } ;
INSERT DATA { <question/QANR5L15QE43349> qp:circonscription <circonscription/75-12> }

# 4: The source leads to the page of another question
# about: question/QANR5L15QE3
# said by: C6-sources
DELETE DATA { <question/QANR5L15QE3> dcterms:source <https://www.assemblee-nationale.fr/dyn/15/questions/QANR5L15QE3> } ;
INSERT DATA { <question/QANR5L15QE3> dcterms:source <https://www.assemblee-nationale.fr/dyn/15/questions/QANR5L15QE4> }

# 5: Question 12 is numbered 13, which another one is
# about: question/QANR5L15QE12
# said by: C6-numeros
DELETE DATA {
  <question/QANR5L15QE12> qp:numero "12"^^xsd:integer .
  <question/QANR5L15QE12> rdfs:label "Question écrite n° 12 (15e législature)"@fr
} ;
INSERT DATA {
  <question/QANR5L15QE12> qp:numero "13"^^xsd:integer .
  <question/QANR5L15QE12> rdfs:label "Question écrite n° 13 (15e législature)"@fr
}

# 6: A question of 2017 is counted in the 17th legislature
# about: question/QANR5L15QE2
# said by: C1-legislatures C12-legislatures C4-statuts C6-numeros
DELETE DATA { <question/QANR5L15QE2> qp:legislature <legislature/15> } ;
INSERT DATA { <question/QANR5L15QE2> qp:legislature <legislature/17> }

# 7: A written question is called a question to the Government
# about: question/QANR5L15QE9
# said by: C3-delais C6-numeros Question-regle-orale
DELETE DATA { <question/QANR5L15QE9> qp:typeQuestion qp:type-QE } ;
INSERT DATA { <question/QANR5L15QE9> qp:typeQuestion qp:type-QG }

# 8: The day of publication is shifted by one wherever it counts, as a time zone does
# about: question/QANR5L15QE18
# said by: C14-rangs
DELETE DATA {
  <question/QANR5L15QE18> qp:dateParution "2017-09-05"^^xsd:date .
  <question/QANR5L15QE18> qp:dateLimite "2017-11-05"^^xsd:date .
  <question/QANR5L15QE18> qp:delaiJours "56"^^xsd:integer .
  <question/QANR5L15QE18#parution-1> qp:date "2017-09-05"^^xsd:date .
  <question/QANR5L15QE18#parution-1> rdfs:label "Parution, 5 septembre 2017, page 6534"@fr
} ;
INSERT DATA {
  <question/QANR5L15QE18> qp:dateParution "2017-09-04"^^xsd:date .
  <question/QANR5L15QE18> qp:dateLimite "2017-11-04"^^xsd:date .
  <question/QANR5L15QE18> qp:delaiJours "57"^^xsd:integer .
  <question/QANR5L15QE18#parution-1> qp:date "2017-09-04"^^xsd:date .
  <question/QANR5L15QE18#parution-1> rdfs:label "Parution, 4 septembre 2017, page 6534"@fr
}

# 9: The deadline is three months after publication, not two
# about: question/QANR5L17QE90001
# said by: C3-delais C4-statuts
DELETE DATA { <question/QANR5L17QE90001> qp:dateLimite "2025-05-25"^^xsd:date } ;
INSERT DATA { <question/QANR5L17QE90001> qp:dateLimite "2025-06-25"^^xsd:date }

# 10: An answer two months late is called in time
# about: question/QANR5L15QE90102
# said by: C4-statuts
DELETE DATA { <question/QANR5L15QE90102> qp:statut qp:statut-repondue-hors-delai } ;
INSERT DATA { <question/QANR5L15QE90102> qp:statut qp:statut-repondue-dans-delai }

# 11: The question states its answer a day before the answer does
# about: question/QANR5L15QE90102
# said by: C1-dates C3-delais C4-statuts
DELETE DATA { <question/QANR5L15QE90102> qp:dateReponse "2021-06-01"^^xsd:date } ;
INSERT DATA { <question/QANR5L15QE90102> qp:dateReponse "2021-05-31"^^xsd:date }

# 12: The days to the answer lose a digit: 19 for 119
# about: question/QANR5L15QE90102
# said by: C3-delais
DELETE DATA { <question/QANR5L15QE90102> qp:delaiJours "119"^^xsd:integer } ;
INSERT DATA { <question/QANR5L15QE90102> qp:delaiJours "19"^^xsd:integer }

# 13: A withdrawn question has the answer of another
# about: question/QANR5L15QE3
# said by: C1-dates Question-reponse-sans-date
INSERT DATA { <question/QANR5L15QE3> qp:reponse <reponse/2018-04-10-932c30b0f68521f6> }

# 14: A question recalls one that was asked after it
# about: question/QANR5L15QE90101
# said by: C10-anterieures C10-dates
DELETE DATA { <question/QANR5L15QE90102> qp:rappelle <question/QANR5L15QE90101> } ;
INSERT DATA { <question/QANR5L15QE90101> qp:rappelle <question/QANR5L15QE90102> }

# 15: A question still waits in a legislature that ended
# about: question/QANR5L15QE2
# said by: C4-statuts
DELETE DATA { <question/QANR5L15QE2> qp:statut qp:statut-suite-inconnue } ;
INSERT DATA { <question/QANR5L15QE2> qp:statut qp:statut-en-attente-hors-delai }

# 16: A question of the 15th legislature has a heading that only the 8th had
# about: question/QANR5L15QE19
# said by: C8-rubriques
DELETE DATA { <question/QANR5L15QE19> qp:rubrique <rubrique/etat> } ;
INSERT DATA { <question/QANR5L15QE19> qp:rubrique <rubrique/professions-et-activites-paramedicales> }

# 17: The title is that of another question
# about: question/QANR5L15QE43349
DELETE DATA { <question/QANR5L15QE43349> qp:titre "Quel projet alternatif à l'emprise des GAFAM sur les « clouds » ?"@fr } ;
INSERT DATA { <question/QANR5L15QE43349> qp:titre "Titre inventé 90102"@fr }

# 18: The text of the question has HTML in it
# about: question/QANR5L15QE90102
# said by: C15-html
DELETE { ?q qp:texte ?t } INSERT { ?q qp:texte ?new }
WHERE { VALUES ?q { <question/QANR5L15QE90102> } ?q qp:texte ?t BIND(STRLANG(CONCAT("<p>", STR(?t), "<br></p>"), "fr") AS ?new) }

# 19: The text of the question is mojibake
# about: question/QANR5L15QE13
# said by: C15-encodage
DELETE { ?q qp:texte ?t } INSERT { ?q qp:texte ?new }
WHERE { VALUES ?q { <question/QANR5L15QE13> } ?q qp:texte ?t BIND(STRLANG(REPLACE(STR(?t), "é", "Ã©"), "fr") AS ?new) }

# 20: The text of the question is cut after 100 characters, its HTML is whole
# about: question/QANR5L15QE17
# said by: C12-textes
DELETE { ?q qp:texte ?t } INSERT { ?q qp:texte ?new }
WHERE { VALUES ?q { <question/QANR5L15QE17> } ?q qp:texte ?t BIND(STRLANG(SUBSTR(STR(?t), 1, 100), "fr") AS ?new) }

# 21: The text of the answer stands where that of the question should
# about: question/QANR5L15QE9
# said by: C12-textes
DELETE { ?q qp:texte ?t } INSERT { ?q qp:texte ?a }
WHERE { VALUES ?q { <question/QANR5L15QE9> } ?q qp:texte ?t ; qp:reponse/qp:texte ?a }

# 22: The title has HTML entities in it
# about: question/QANR5L15QE2
# said by: C15-html
DELETE DATA { <question/QANR5L15QE2> qp:titre "pouvoir d'achat & prix"@fr } ;
INSERT DATA { <question/QANR5L15QE2> qp:titre "pouvoir d&#39;achat &amp; prix"@fr }

# 23: The answer was published before its question: 2020 for 2021
# about: question/QANR5L15QE90101
# said by: Question-dateParution-avant-dateReponse
DELETE DATA {
  <question/QANR5L15QE90101> qp:dateReponse "2021-02-02"^^xsd:date .
  <question/QANR5L15QE90101> qp:statutAu "2021-02-02"^^xsd:date .
  <question/QANR5L15QE90101> qp:delaiJours "28"^^xsd:integer .
  <reponse/2021-02-02-d6ab962f77a6a663> qp:date "2021-02-02"^^xsd:date .
  <reponse/2021-02-02-d6ab962f77a6a663> rdfs:label "Réponse publiée au JO le 2 février 2021"@fr
} ;
INSERT DATA {
  <question/QANR5L15QE90101> qp:dateReponse "2020-02-02"^^xsd:date .
  <question/QANR5L15QE90101> qp:statutAu "2020-02-02"^^xsd:date .
  <reponse/2021-02-02-d6ab962f77a6a663> qp:date "2020-02-02"^^xsd:date .
  <reponse/2021-02-02-d6ab962f77a6a663> rdfs:label "Réponse publiée au JO le 2 février 2020"@fr
}

# 24: The answer is dated 2044
# about: reponse/2025-06-03-47e877f6e44013e2
# said by: C1-avenir C1-numeros
DELETE DATA {
  <reponse/2025-06-03-47e877f6e44013e2> qp:date "2025-06-03"^^xsd:date .
  <reponse/2025-06-03-47e877f6e44013e2> rdfs:label "Réponse publiée au JO le 3 juin 2025"@fr .
  <question/QANR5L17QE90001> qp:dateReponse "2025-06-03"^^xsd:date .
  <question/QANR5L17QE90020> qp:dateReponse "2025-06-03"^^xsd:date
} ;
INSERT DATA {
  <reponse/2025-06-03-47e877f6e44013e2> qp:date "2044-06-03"^^xsd:date .
  <reponse/2025-06-03-47e877f6e44013e2> rdfs:label "Réponse publiée au JO le 3 juin 2044"@fr .
  <question/QANR5L17QE90001> qp:dateReponse "2044-06-03"^^xsd:date .
  <question/QANR5L17QE90020> qp:dateReponse "2044-06-03"^^xsd:date
}

# 25: The answer of another question, of half a year later, is joined to this one
# about: question/QANR5L15QE21
# said by: C1-dates
DELETE DATA { <question/QANR5L15QE21> qp:reponse <reponse/2017-10-10-b71f846de2f8c9fb> } ;
INSERT DATA { <question/QANR5L15QE21> qp:reponse <reponse/2018-04-10-932c30b0f68521f6> }

# 26: The label of the answer names the day after
# about: reponse/2018-03-27-774e3dc4c78ec9d5
# said by: C6-jours
DELETE DATA { <reponse/2018-03-27-774e3dc4c78ec9d5> rdfs:label "Réponse publiée au JO le 27 mars 2018"@fr } ;
INSERT DATA { <reponse/2018-03-27-774e3dc4c78ec9d5> rdfs:label "Réponse publiée au JO le 28 mars 2018"@fr }

# 27: The answer of 2018 is in an issue of the Journal officiel of 2017
# about: reponse/2018-03-27-774e3dc4c78ec9d5
# said by: C1-numeros
DELETE DATA { <reponse/2018-03-27-774e3dc4c78ec9d5> qp:numeroJO "20180013" } ;
INSERT DATA { <reponse/2018-03-27-774e3dc4c78ec9d5> qp:numeroJO "20170013" }

# 28: Two steps of the chain of attributions have rank 2, none has rank 3
# about: question/QANR5L17QE702
# said by: C2-attributions
DELETE DATA { <question/QANR5L17QE702#attribution-3> qp:rang "3"^^xsd:integer } ;
INSERT DATA { <question/QANR5L17QE702#attribution-3> qp:rang "2"^^xsd:integer }

# 29: A step of the chain is earlier than the step before it
# about: question/QANR5L17QE702
# said by: C14-rangs
DELETE DATA { <question/QANR5L17QE702#attribution-4> qp:date "2024-12-17"^^xsd:date } ;
INSERT DATA { <question/QANR5L17QE702#attribution-4> qp:date "2024-11-12"^^xsd:date }

# 30: The ministry in charge is the first of the chain, not the last
# about: question/QANR5L17QE702
# said by: C2-attributions
DELETE DATA { <question/QANR5L17QE702> qp:ministereAttributaire <ministere/PO990005> } ;
INSERT DATA { <question/QANR5L17QE702> qp:ministereAttributaire <ministere/PO990003> }

# 31: A step of the chain leads to another ministry than its label names
# about: question/QANR5L17QE702
# said by: C12-libelles C14-ministeres
DELETE DATA { <question/QANR5L17QE702#attribution-3> qp:ministere <ministere/PO990004> } ;
INSERT DATA { <question/QANR5L17QE702#attribution-3> qp:ministere <ministere/PO855083> }

# 32: The question of 2021 is put to a ministry of 2024
# about: question/QANR5L15QE43349
# said by: C12-libelles C14-ministeres
DELETE DATA { <question/QANR5L15QE43349> qp:ministereInterroge <ministere/PO774113> } ;
INSERT DATA { <question/QANR5L15QE43349> qp:ministereInterroge <ministere/PO855083> }

# 33: A question is renewed three times that never was published
# about: question/QANR5L15QE12
# said by: Question-ecrite-parue
DELETE { <question/QANR5L15QE12> ?p ?o . <question/QANR5L15QE12#parution-1> ?pp ?oo }
WHERE { { <question/QANR5L15QE12> ?p ?o FILTER(?p IN (qp:dateParution, qp:dateLimite, qp:regleDelai) || ?o = <question/QANR5L15QE12#parution-1>) } UNION { <question/QANR5L15QE12#parution-1> ?pp ?oo } }

# 34: The erratum corrects another question than its own
# about: question/QANR5L15QE15
# said by: C11-errata
DELETE DATA { <question/QANR5L15QE15#erratum-1> qp:corrige <question/QANR5L15QE15> } ;
INSERT DATA { <question/QANR5L15QE15#erratum-1> qp:corrige <question/QANR5L15QE14> }

# 35: The question is withdrawn a year after its legislature ended
# about: question/QANR5L15QE3
# said by: C1-legislatures
DELETE DATA {
  <question/QANR5L15QE3> qp:dateRetrait "2019-03-12"^^xsd:date .
  <question/QANR5L15QE3> qp:statutAu "2019-03-12"^^xsd:date .
  <question/QANR5L15QE3#retrait-1> qp:date "2019-03-12"^^xsd:date .
  <question/QANR5L15QE3#retrait-1> rdfs:label "Retrait, 12 mars 2019"@fr
} ;
INSERT DATA {
  <question/QANR5L15QE3> qp:dateRetrait "2023-03-12"^^xsd:date .
  <question/QANR5L15QE3> qp:statutAu "2023-03-12"^^xsd:date .
  <question/QANR5L15QE3#retrait-1> qp:date "2023-03-12"^^xsd:date .
  <question/QANR5L15QE3#retrait-1> rdfs:label "Retrait, 12 mars 2023"@fr
}

# 36: The name of the deputy is not that of her label
# about: depute/PA721896
# said by: C6-noms
DELETE DATA { <depute/PA721896> foaf:name "Elsa Faucillon" } ;
INSERT DATA { <depute/PA721896> foaf:name "Clémentine Autain" }

# 37: Elsa Faucillon is called M.
# about: depute/PA721896
# said by: C13-noms
DELETE DATA { <depute/PA721896> foaf:title "Mme" } ;
INSERT DATA { <depute/PA721896> foaf:title "M." }

# 38: The deputy was born in 2010, and sits since 2022
# about: depute/PA900001
# said by: C13-ages
DELETE DATA { <depute/PA900001> schema:birthDate "1970-01-31"^^xsd:date } ;
INSERT DATA { <depute/PA900001> schema:birthDate "2010-01-31"^^xsd:date }

# 39: A mandate of 2022 to 2024 is one of the 17th legislature
# about: depute/PA900001#mandat-PM910000
# said by: C14-periodes
DELETE DATA {
  <depute/PA900001#mandat-PM910000> qp:legislature <legislature/16> .
  <depute/PA900001#mandat-PM910000> rdfs:label "Mandat de la 16e législature, Ain (1re circonscription), du 19 juin 2022 au 9 juin 2024"@fr
} ;
INSERT DATA {
  <depute/PA900001#mandat-PM910000> qp:legislature <legislature/17> .
  <depute/PA900001#mandat-PM910000> rdfs:label "Mandat de la 17e législature, Ain (1re circonscription), du 19 juin 2022 au 9 juin 2024"@fr
}

# 40: The deputy has two mandates at once
# about: depute/PA610681#mandat-PM610001
# said by: C13-cumuls
DELETE DATA {
  <depute/PA610681#mandat-PM610001> schema:endDate "2017-12-31"^^xsd:date .
  <depute/PA610681#mandat-PM610001> rdfs:label "Mandat de la 15e législature, Réunion (1re circonscription), du 21 juin 2017 au 31 décembre 2017"@fr
} ;
INSERT DATA {
  <depute/PA610681#mandat-PM610001> schema:endDate "2018-12-31"^^xsd:date .
  <depute/PA610681#mandat-PM610001> rdfs:label "Mandat de la 15e législature, Réunion (1re circonscription), du 21 juin 2017 au 31 décembre 2018"@fr
}

# 41: The deputy dies in 2017, and has a mandate until 2022
# about: depute/PA610681
# said by: C14-periodes
INSERT DATA { <depute/PA610681> schema:deathDate "2017-12-30"^^xsd:date }

# 42: The deputy is of two groups at once
# about: depute/PA900001#appartenance-PM920001
# said by: C13-cumuls C14-periodes
DELETE DATA {
  <depute/PA900001#appartenance-PM920001> schema:endDate "2025-03-31"^^xsd:date .
  <depute/PA900001#appartenance-PM920001> rdfs:label "Groupe Les Exemples, apparenté, du 19 juillet 2024 au 31 mars 2025"@fr
} ;
INSERT DATA {
  <depute/PA900001#appartenance-PM920001> schema:endDate "2025-12-31"^^xsd:date .
  <depute/PA900001#appartenance-PM920001> rdfs:label "Groupe Les Exemples, apparenté, du 19 juillet 2024 au 31 décembre 2025"@fr
}

# 43: The deputy joins in 2024 a group of the legislature that ended in 2022
# about: depute/PA721764#appartenance-PM844001
# said by: C14-periodes
DELETE DATA {
  <depute/PA721764#appartenance-PM844001> org:organization <groupe/PO845407> .
  <depute/PA721764#appartenance-PM844001> rdfs:label "Groupe Ensemble pour la République, membre, à partir du 19 juillet 2024"@fr
} ;
INSERT DATA {
  <depute/PA721764#appartenance-PM844001> org:organization <groupe/PO980003> .
  <depute/PA721764#appartenance-PM844001> rdfs:label "Groupe Démocrate (MoDem et Indépendants), membre, à partir du 19 juillet 2024"@fr
}

# 44: The group ends before it begins
# about: groupe/PO930001
# said by: C14-periodes Periode-fin-avant-debut
DELETE DATA { <groupe/PO930001> schema:endDate "2025-03-31"^^xsd:date } ;
INSERT DATA { <groupe/PO930001> schema:endDate "2023-03-31"^^xsd:date }

# 45: A ministry of 2024 belongs to the government of 2022
# about: ministere/PO855083
# said by: C14-debuts C14-fins
DELETE DATA { <ministere/PO855083> org:subOrganizationOf <gouvernement/PO855052> } ;
INSERT DATA { <ministere/PO855083> org:subOrganizationOf <gouvernement/PO791579> }

# 46: Olivier Véran is minister three years before his ministry exists
# about: ministere/PO773396#ministre-1
# said by: C14-periodes
DELETE DATA {
  <ministere/PO773396#ministre-1> schema:startDate "2020-07-07"^^xsd:date .
  <ministere/PO773396#ministre-1> rdfs:label "Olivier Véran, ministre des solidarités et de la santé, du 7 juillet 2020 au 16 mai 2022"@fr
} ;
INSERT DATA {
  <ministere/PO773396#ministre-1> schema:startDate "2017-07-07"^^xsd:date .
  <ministere/PO773396#ministre-1> rdfs:label "Olivier Véran, ministre des solidarités et de la santé, du 7 juillet 2017 au 16 mai 2022"@fr
}

# 47: Two governments at once: that of Jean Castex lasts into that of Élisabeth Borne
# about: gouvernement/PO773371
# said by: C14-gouvernements
DELETE DATA { <gouvernement/PO773371> schema:endDate "2022-05-16"^^xsd:date } ;
INSERT DATA { <gouvernement/PO773371> schema:endDate "2022-06-16"^^xsd:date }

# 48: Michel Barnier is at the head of the government of François Bayrou
# about: gouvernement/PO855052
# said by: C14-chefs
DELETE DATA { <depute/PA410> org:headOf <gouvernement/PO855052> } ;
INSERT DATA { <depute/PA368> org:headOf <gouvernement/PO855052> }

# 49: The 13th constituency of Bouches-du-Rhône is in Paris
# about: circonscription/13-13
# said by: C6-lieux
DELETE DATA { <circonscription/13-13> schema:containedInPlace <departement/13> } ;
INSERT DATA { <circonscription/13-13> schema:containedInPlace <departement/75> }

# 50: The department Ain is in Île-de-France
# about: departement/01
DELETE DATA { <departement/01> schema:containedInPlace <region/84> } ;
INSERT DATA { <departement/01> schema:containedInPlace <region/11> }

# 51: Two headings of one legislature are merged: health is agriculture
# about: rubrique/sante
# said by: C15-synonymes
INSERT DATA { <rubrique/sante> skos:exactMatch <rubrique/agriculture> }

# 52: The heading health is linked to agriculture in EuroVoc
# about: rubrique/sante
# said by: C5-liens
DELETE DATA { <rubrique/sante> skos:closeMatch <http://eurovoc.europa.eu/2479> } ;
INSERT DATA { <rubrique/sante> skos:closeMatch <http://eurovoc.europa.eu/5886> }

# 53: The 16th legislature begins three weeks before the 15th ends
# about: legislature/16
# said by: C14-gouvernements
DELETE DATA { <legislature/16> schema:startDate "2022-06-22"^^xsd:date } ;
INSERT DATA { <legislature/16> schema:startDate "2022-06-01"^^xsd:date }

# 54: The deputy is linked to another deputy in Wikidata
# about: depute/PA721896
# said by: C5-liens
DELETE DATA {
  <depute/PA721896> owl:sameAs <http://www.wikidata.org/entity/Q30349257> .
  <depute/PA721896#lien-wikidata> qp:cible <http://www.wikidata.org/entity/Q30349257> .
  <depute/PA721896#lien-wikidata> rdfs:label "Lien de PA721896 vers Wikidata (Q30349257)"@fr
} ;
INSERT DATA {
  <depute/PA721896> owl:sameAs <http://www.wikidata.org/entity/Q30337897> .
  <depute/PA721896#lien-wikidata> qp:cible <http://www.wikidata.org/entity/Q30337897> .
  <depute/PA721896#lien-wikidata> rdfs:label "Lien de PA721896 vers Wikidata (Q30337897)"@fr
}

# 55: The question refers to another law than its text cites
# about: question/QANR5L15QE90102
# said by: C10-citations
DELETE DATA { <question/QANR5L15QE90102> dcterms:references <https://www.legifrance.gouv.fr/eli/loi/2016/10/7/2016-1321/jo/texte> } ;
INSERT DATA { <question/QANR5L15QE90102> dcterms:references <https://www.legifrance.gouv.fr/eli/loi/2016/10/7/2016-1322/jo/texte> }

# 56: More questions are answered than asked
# about: legislature/15#statistique-15-QE
# said by: C9-comptes Statistique-repondues
DELETE DATA { <legislature/15#statistique-15-QE> qp:repondues "27"^^xsd:integer } ;
INSERT DATA { <legislature/15#statistique-15-QE> qp:repondues "72"^^xsd:integer }

# 57: The counts do not add up to the questions asked
# about: legislature/15#statistique-15-QE
# said by: C9-comptes
DELETE DATA { <legislature/15#statistique-15-QE> qp:sansReponse "0"^^xsd:integer } ;
INSERT DATA { <legislature/15#statistique-15-QE> qp:sansReponse "8"^^xsd:integer }

# 58: The counts add up, and are ten more than there are questions
# about: legislature/15#statistique-15-QE
# said by: C9-comptes C9-statistiques
DELETE DATA {
  <legislature/15#statistique-15-QE> qp:posees "36"^^xsd:integer .
  <legislature/15#statistique-15-QE> qp:repondues "27"^^xsd:integer .
  <legislature/15#statistique-15-QE> qp:reponduesDansDelai "25"^^xsd:integer
} ;
INSERT DATA {
  <legislature/15#statistique-15-QE> qp:posees "46"^^xsd:integer .
  <legislature/15#statistique-15-QE> qp:repondues "37"^^xsd:integer .
  <legislature/15#statistique-15-QE> qp:reponduesDansDelai "35"^^xsd:integer
}

# 59: The family name of the deputy is not that of her name
# about: depute/PA900001
# said by: C6-noms
DELETE DATA { <depute/PA900001> foaf:familyName "Exemple" } ;
INSERT DATA { <depute/PA900001> foaf:familyName "Autre" }

# 62: The page of an answer has its last digits twice: 434848 for 4348
# about: reponse/2025-06-03-47e877f6e44013e2
# said by: C1-pages
DELETE DATA { <reponse/2025-06-03-47e877f6e44013e2> qp:page "4348"^^xsd:integer } ;
INSERT DATA { <reponse/2025-06-03-47e877f6e44013e2> qp:page "434848"^^xsd:integer }

# 63: The answer of a question to the ministry of economy is given to one of another ministry, too
# about: reponse/2025-06-03-47e877f6e44013e2
# said by: C11-communes
INSERT DATA { <question/QANR5L15QE43349> qp:reponse <reponse/2025-06-03-47e877f6e44013e2> }

# 64: The text of the question stops in the middle of a sentence
# about: question/QANR5L15QE12
# said by: C12-fins
DELETE { ?q qp:texte ?t } INSERT { ?q qp:texte ?new }
WHERE { VALUES ?q { <question/QANR5L15QE12> } ?q qp:texte ?t BIND(STRLANG(STRBEFORE(STR(?t), " école public"), "fr") AS ?new) }

# 65: The text of the question stands twice in itself
# about: question/QANR5L15QE12
# said by: C12-fins
DELETE { ?q qp:texte ?t } INSERT { ?q qp:texte ?new }
WHERE { VALUES ?q { <question/QANR5L15QE12> } ?q qp:texte ?t BIND(STRLANG(CONCAT(STR(?t), "\n", STR(?t)), "fr") AS ?new) }

# 66: A question is renewed a year before it is published
# about: question/QANR5L15QE12
# said by: C1-actes
INSERT DATA {
  <question/QANR5L15QE12> qp:evenement <question/QANR5L15QE12#renouvellement-9> .
  <question/QANR5L15QE12#renouvellement-9> a qp:Renouvellement ; qp:date "2016-09-05"^^xsd:date ;
    rdfs:label "Renouvellement, 5 septembre 2016"@fr
}

# 67: A question that was answered, after its due date, still waits
# about: question/QANR5L15QE90102
# said by: C4-statuts
DELETE DATA { <question/QANR5L15QE90102> qp:statut qp:statut-repondue-hors-delai } ;
INSERT DATA { <question/QANR5L15QE90102> qp:statut qp:statut-en-attente-hors-delai }

# 68: The question has the identifier of another
# about: question/QANR5L15QE13
# said by: C6-identites C6-numeros C6-sources
DELETE DATA { <question/QANR5L15QE13> qp:uid "QANR5L15QE13" } ;
INSERT DATA { <question/QANR5L15QE13> qp:uid "QANR5L15QE14" }

# 69: The question was renewed in an edition of the Journal officiel that does not exist
# about: question/QANR5L15QE12#renouvellement-1
# said by: C1-editions
DELETE DATA { <question/QANR5L15QE12#renouvellement-1> qp:typeJO "JO_QUESTION" } ;
INSERT DATA { <question/QANR5L15QE12#renouvellement-1> qp:typeJO "JO_QUESTIONS" }

# 70: The question has lost its class, so that no shape of questions looks at it
# about: question/QANR5L15QE17
# said by: Identifie-type
DELETE DATA { <question/QANR5L15QE17> a qp:Question }

# 71: The attribution belongs to no question
# about: question/QANR5L15QE19#attribution-1
# said by: C11-parties
DELETE DATA { <question/QANR5L15QE19> qp:attribution <question/QANR5L15QE19#attribution-1> }

# 72: The ministry of 2024 has no field, so that the figures of no portfolio count it
# about: ministere/PO855083
# said by: C14-portefeuilles
DELETE WHERE { <ministere/PO855083> org:classification ?domaine }
