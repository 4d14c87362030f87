# Wrong facts about sittings, as those of `tests/counterexamples/faits-faux.ru`.

# 62: A sitting is after the publication of its question
# about: question/QANR5L16QG90003
# said by: C17-seances
DELETE DATA { GRAPH <.well-known/void#debats> { <seance/crsanr5l16s2022e9n901> dcterms:date "2022-08-02"^^xsd:date } } ;
INSERT DATA { GRAPH <.well-known/void#debats> { <seance/crsanr5l16s2022e9n901> dcterms:date "2022-09-02"^^xsd:date } }

# 63: A question is two points
# about: question/QANR5L16QG90003
# said by: C17-seances
INSERT DATA { GRAPH <.well-known/void#debats> { <seance/crsanr5l16s2022e9n901#7> qp:questionPosee <question/QANR5L16QG90003> } }
