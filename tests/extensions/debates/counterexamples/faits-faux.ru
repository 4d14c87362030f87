# Wrong facts about sittings, as those of `tests/counterexamples/faits-faux.ru`.

# 101: A sitting is after the publication of its question
# about: question/QANR5L15QE11
# said by: C17-seances
INSERT DATA { GRAPH <.well-known/void#debats> { <seance/essai> dcterms:date "2199-01-01"^^xsd:date ; qp:pointDeSeance <seance/essai#1> . <seance/essai#1> qp:questionPosee <question/QANR5L15QE11> } }

# 102: A question is two points
# about: question/QANR5L15QE11
# said by: C17-seances
INSERT DATA { GRAPH <.well-known/void#debats> { <seance/essai#1> qp:questionPosee <question/QANR5L15QE11> . <seance/essai#2> qp:questionPosee <question/QANR5L15QE11> } }
