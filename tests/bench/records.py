"""Official-looking records for measurements: any number, seeded, synthetic in every text."""

import json
import random
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from lod.mappings import mandats

VOCABULARY = (
    "le la de et à un une pour dans sur avec par mesure ministère question santé école commune "
    "énergie agriculture logement transport emploi retraite impôt projet loi décret année effet "
    "situation difficulté entreprise service public territoire enfant famille moyen budget"
)
WORDS = VOCABULARY.split()
RUBRIQUES = ("agriculture", "énergie et carburants", "enseignement", "impôts locaux", "santé")
MINISTERES = ("Agriculture", "Économie", "Éducation nationale", "Intérieur", "Santé", "Travail")
START = date(2024, 7, 23)


def records(count: int, seed: int = 1) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (uid, record): re-attributed, answered, withdrawn, shared and open questions."""
    rng = random.Random(seed)
    deputies = [m for m in mandats() if m.legislature == 17]
    shared: list[dict[str, Any]] = []
    for number in range(1, count + 1):
        uid = f"QANR5L17QE{900000 + number}"
        day = START + timedelta(days=7 * rng.randrange(60))
        author = rng.choice(deputies).acteur_ref
        chain = rng.sample(MINISTERES, rng.choices((1, 2, 3), (80, 15, 5))[0])
        answer = _answer(rng, day, shared) if rng.random() < 0.7 else None
        yield uid, {"question": _question(rng, uid, number, day, author, chain, answer)}


def _text(rng: random.Random, characters: int) -> str:
    return " ".join(rng.choices(WORDS, k=characters // 6)).capitalize() + "."


def _jo(day: date, rng: random.Random | None = None) -> dict[str, Any]:
    return {
        "typeJO": "JO_QUESTION",
        "dateJO": day.isoformat(),
        "pageJO": str(rng.randrange(1, 9999)) if rng else None,
        "numJO": f"{day.year}{day.isocalendar().week:04d}" if rng else None,
        "urlLegifrance": None,
        "referenceNOR": None,
    }


def _organe(name: str) -> dict[str, Any]:
    return {"abrege": name, "developpe": f"Ministère chargé de : {name.lower()}"}


def _answer(rng: random.Random, day: date, shared: list[dict[str, Any]]) -> dict[str, Any]:
    if shared and rng.random() < 0.2:
        return rng.choice(shared)
    texte = f"<p>{_text(rng, 1500)}</p><br>{_text(rng, 1400)} le c&#339;ur"
    answer = {"infoJO": _jo(day + timedelta(days=rng.randrange(7, 300)), rng), "texte": texte}
    shared.append(answer)
    del shared[:-20]
    return answer


def _question(
    rng: random.Random, uid: str, number: int, day: date, author: str,
    chain: list[str], answer: dict[str, Any] | None,
) -> dict[str, Any]:  # fmt: skip
    end = answer["infoJO"]["dateJO"] if answer else None
    code = ("REP_PUB", "Réponse publiée") if answer else ("RET", "Fin de mandat")
    closed = answer or rng.random() < 0.3
    attributions = [
        {"infoJO": _jo(day + timedelta(days=14 * n)), "denomination": _organe(name)}
        for n, name in enumerate(chain)
    ]
    return {
        "@xsi:type": "QuestionEcrite_Type",
        "uid": uid,
        "identifiant": {
            "numero": str(900000 + number), "regime": "5eme Republique", "legislature": "17",
        },
        "type": "QE",
        "indexationAN": {
            "rubrique": rng.choice(RUBRIQUES), "teteAnalyse": None,
            "analyses": {"analyse": _text(rng, 60)},
        },
        "auteur": {
            "identite": {"acteurRef": author, "mandatRef": f"PM{800000 + number}"},
            "groupe": {"organeRef": "PO845407", "abrege": "EPR",
                       "developpe": "Ensemble pour la République"},
        },
        "minInt": _organe(chain[0]),
        "minAttribs": {"minAttrib": attributions if len(attributions) > 1 else attributions[0]},
        "textesQuestion": {"texteQuestion": {"infoJO": _jo(day, rng), "texte": _text(rng, 1800)}},
        "textesReponse": {"texteReponse": answer} if answer else None,
        "cloture": {
            "codeCloture": code[0], "libelleCloture": code[1],
            "dateCloture": end or (day + timedelta(days=400)).isoformat(), "infoJO": None,
        } if closed else None,
        "signalement": None,
        "renouvellements": None,
    }  # fmt: skip


def write_zip(path: Path, count: int) -> None:
    """Write so many records as the official archive has them: one file a question."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for uid, record in records(count):
            archive.writestr(f"json/{uid}.json", json.dumps(record, ensure_ascii=False))


if __name__ == "__main__":
    write_zip(Path(sys.argv[1]), int(sys.argv[2]))
