// The search of a static host. The index is made by lod/website/static_search.py: words by
// their two first letters in recherche/mots/, what hits show in recherche/blocs/. Its files are
// scripts that call `lu`, since a page opened from a disk may read nothing else.
"use strict";

const PAR_PAGE = 20;
const MOTS = 16; // words in one request
const AUTRES = "autres";
// what a hit costs by field (number, title, author, heading): a whole word, the beginning of one
const COUTS = [[0, 8], [2, 3], [4, 5], [6, 7]];

const form = document.getElementById("recherche");
const cles = new Set(form.dataset.cles.split(" "));
const outils = new Set(form.dataset.outils.split(" "));
const bloc = Number(form.dataset.bloc);
const contenus = new Map(); // name of a file → its content
const demandes = new Map(); // name of a file → the promise of its content

function lu(nom, contenu) {
  contenus.set(nom, contenu);
}

function lire(nom) {
  if (!demandes.has(nom)) {
    demandes.set(nom, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `recherche/${nom}.js?${form.dataset.version}`;
      script.onload = () => resolve(contenus.get(nom));
      script.onerror = () => reject(new Error(nom));
      document.head.append(script);
    }));
  }
  return demandes.get(nom);
}

// as lod/texts.py folds: case, accents and ligatures do not count
function plier(mot) {
  const lettres = mot.toLowerCase().replaceAll("œ", "oe").replaceAll("æ", "ae").replaceAll("ß", "ss");
  return lettres.normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, "");
}

function motsDe(texte) {
  const mots = (texte.normalize("NFC").match(/[\p{L}\p{N}]+/gu) ?? []).map(plier);
  return [...new Set(mots)].filter((mot) => mot && !outils.has(mot)).slice(0, MOTS);
}

function cle(mot) {
  const uid = mot.match(/^[a-z]+\d+l\d+[a-z]+(\d+)$/);
  const debut = [...(uid ? uid[1] : mot)].slice(0, 2).join("");
  return /^[\0-\x7f]*$/.test(debut) ? debut : AUTRES;
}

// a word, and what it may be the plural of
function formes(mot) {
  const singuliers = mot.length < 4 ? [] : [mot.replace(/[sx]$/, ""), mot.replace(/aux$/, "al")];
  return [...new Set([mot, ...singuliers])];
}

// rank of each question that has the word → what it costs
async function trouver(mot) {
  const trouvees = new Map();
  if (!cles.has(cle(mot))) return trouvees;
  const cherchees = formes(mot);
  for (const [connu, champs] of Object.entries(await lire(`mots/${cle(mot)}`))) {
    const entier = cherchees.includes(connu);
    if (!entier && (mot.length < 2 || !cherchees.some((forme) => connu.startsWith(forme)))) continue;
    champs.forEach((pas, champ) => {
      const cout = COUTS[champ][entier ? 0 : 1];
      let rang = 0;
      for (const un of pas) {
        rang += un;
        if (cout < (trouvees.get(rang) ?? Infinity)) trouvees.set(rang, cout);
      }
    });
  }
  return trouvees;
}

// ranks of the questions that have all words: the best first, the newest among equals
async function classer(mots) {
  const [premier, ...autres] = await Promise.all(mots.map(trouver));
  const communs = [...premier].filter(([rang]) => autres.every((trouvees) => trouvees.has(rang)));
  const couts = communs.map(([rang, cout]) =>
    [autres.reduce((somme, trouvees) => somme + trouvees.get(rang), cout), rang]);
  return couts.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, rang]) => rang);
}

function element(nom, texte = "", attributs = {}) {
  const fait = document.createElement(nom);
  fait.textContent = texte;
  Object.entries(attributs).forEach(([attribut, valeur]) => fait.setAttribute(attribut, valeur));
  return fait;
}

async function fiche(rang) {
  const { noms, fiches } = await lire(`blocs/${Math.floor(rang / bloc)}`);
  const [uid, titre, nom, ...numeros] = fiches[rang % bloc];
  const [jour, auteur, ministere, rubrique, cleEtat, etat] = numeros.map((numero) => noms[numero]);
  const ligne = element("li");
  ligne.append(element("a", titre || nom, { href: `question/${uid}.html` }));
  if (etat) ligne.append(" ", element("span", etat, { class: `etat ${cleEtat}` }));
  const detail = [[auteur, jour].filter(Boolean).join(", "), ministere, rubrique, titre && nom];
  ligne.append(element("span", detail.filter(Boolean).join(" – "), { class: "detail" }));
  return ligne;
}

function adresse(q, page) {
  return `recherche.html?${new URLSearchParams(page > 1 ? { q, page } : { q })}`;
}

async function montrer(q, rangs, page, pages) {
  const montres = rangs.slice((page - 1) * PAR_PAGE, page * PAR_PAGE);
  const resultats = document.getElementById("resultats");
  const [liste, nav] = resultats.children;
  liste.start = (page - 1) * PAR_PAGE + 1;
  liste.replaceChildren(...(await Promise.all(montres.map(fiche))));
  nav.hidden = pages < 2;
  nav.replaceChildren(element("span", `Page ${page} sur ${pages}`));
  const lien = (texte, rel, vers) => element("a", texte, { href: adresse(q, vers), rel });
  if (page > 1) nav.prepend(lien("← Page précédente", "prev", page - 1));
  if (page < pages) nav.append(lien("Page suivante →", "next", page + 1));
  resultats.hidden = !montres.length;
}

function dire(texte) {
  document.getElementById("compte-rendu").textContent = texte;
}

async function chercher(q, demandee) {
  const mots = motsDe(q);
  if (!mots.length) return dire("Ces mots sont dans trop de questions ; donnez-en d’autres.");
  dire("Recherche en cours…");
  const rangs = await classer(mots);
  const pages = Math.max(1, Math.ceil(rangs.length / PAR_PAGE));
  const page = Math.min(Math.max(1, demandee), pages);
  await montrer(q, rangs, page, pages);
  document.getElementById("aide").hidden = rangs.length > 0;
  const s = rangs.length > 1 ? "s" : "";
  const compte = `${rangs.length.toLocaleString("fr-FR")} question${s} trouvée${s}`;
  const ou = pages > 1 ? `, page ${page} sur ${pages}` : "";
  return dire(rangs.length ? `${compte}${ou}.` : "Aucune question trouvée. Essayez moins de mots, ou leur début.");
}

const parametres = new URLSearchParams(location.search);
const q = (parametres.get("q") ?? "").trim().slice(0, 300);
if (q) {
  document.getElementById("q").value = q;
  document.title = `${q} – ${document.title}`;
  chercher(q, Number.parseInt(parametres.get("page"), 10) || 1).catch(() =>
    dire("L’index n’a pas pu être lu ; rechargez la page, ou prenez les listes ci-dessous."));
}
