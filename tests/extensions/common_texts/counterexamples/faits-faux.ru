# Wrong facts about common texts, as those of `tests/counterexamples/faits-faux.ru`.

# 60: Of two texts the later one is called the first
# about: texte-commun/QANR5L15QE2
# said by: C16-passages
DELETE DATA { GRAPH <.well-known/void#textes-communs> { <texte-commun/QANR5L15QE2> qp:paruLePremier <question/QANR5L15QE2> . <texte-commun/QANR5L15QE2#QANR5L17QE701> qp:texteCompare <question/QANR5L17QE701> } } ;
INSERT DATA { GRAPH <.well-known/void#textes-communs> { <texte-commun/QANR5L15QE2> qp:paruLePremier <question/QANR5L17QE701> . <texte-commun/QANR5L15QE2#QANR5L17QE701> qp:texteCompare <question/QANR5L15QE2> } }

# 61: A common passage ends beyond the text
# about: texte-commun/QANR5L15QE14#QANR5L17QE704-1
# said by: C16-passages
DELETE DATA { GRAPH <.well-known/void#textes-communs> { <texte-commun/QANR5L15QE14#QANR5L17QE704-1> qp:fin "1890"^^xsd:integer } } ;
INSERT DATA { GRAPH <.well-known/void#textes-communs> { <texte-commun/QANR5L15QE14#QANR5L17QE704-1> qp:fin "18900"^^xsd:integer } }
