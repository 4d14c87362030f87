// The search of a static host. The index is made by lod/website/indexes/static_search.py: words by
// their two first letters in recherche/mots/, what hits show in recherche/blocs/. Its files are
// scripts that call `lu`, since a page opened from a disk may read nothing else.
"use strict";

// the end of the pages in the language of this one
const FIN = document.documentElement.lang === "fr" ? ".html" : `.${document.documentElement.lang}.html`;

const PAR_PAGE = 20;
const MOTS = 16; // words in one request
const AUTRES = "autres";
// what a hit costs by field (number, title, author, heading, place, cited
// texts): a whole word, its beginning
const COUTS = [[0, 8], [2, 3], [4, 5], [6, 7], [6, 7], [6, 7]];
const CHOSES = 10, PAR_GENRE = 4; // things that are shown, and those of one kind
const RESSEMBLANCE = 0.7; // of a misspelled word and the word of a name, 0 to 1
const PROCHE = 0.8; // of those that begin with other letters, and of whole names
const AVANT = 12; // ministries that are folded beneath one
const FLECHIS = ["rubrique", "groupe"]; // found in the singular and in the plural
const PERSONNES = ["depute", "auteur", "personne", "departement", "region"]; // known by whole names

const form = document.getElementById("recherche");
const phrases = JSON.parse(form.dataset.phrases); // what the page says, in its language
const cles = new Set(form.dataset.cles.split(" "));
const clesDeChoses = new Set(form.dataset.choses.split(" "));
const outils = new Set(form.dataset.outils.split(" "));
const dits = JSON.parse(form.dataset.dits); // word that says what is looked for → kinds, [] for none
const sansPlus = new Set(form.dataset.rangs.split(" ")); // words after « ministre » that say no more
const charges = new Set(form.dataset.charges.split(" ")); // « ministre », « ministère » …
const surnoms = JSON.parse(form.dataset.surnoms); // folded words of a nickname, « + » if it needs such a word → what it stands for
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

// as lod/model/text.py folds: case, accents and ligatures do not count
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

// what is asked for, as on a server: words of which all, or one of several with « ou » between them,
// must be there, and words with a « - » before them that must not
function lireDemande(q) {
  const demande = { groupes: [], exclus: [] };
  let ou = false;
  for (const morceau of q.match(/\S+/g) ?? []) {
    const exclu = /^-[^-]/.test(morceau);
    const mots = motsDe(morceau);
    if (morceau.toLowerCase() === "ou") ou = demande.groupes.length > 0;
    else if (exclu) demande.exclus.push(...mots);
    else for (const mot of mots) {
      if (ou) demande.groupes.at(-1).push(mot);
      else demande.groupes.push([mot]);
      ou = false;
    }
  }
  demande.groupes.splice(MOTS);
  return demande;
}

// rank → the least cost of one of several words
async function trouverUn(mots) {
  const [premier, ...autres] = await Promise.all(mots.map(trouver));
  for (const trouvees of autres)
    for (const [rang, cout] of trouvees) premier.set(rang, Math.min(cout, premier.get(rang) ?? Infinity));
  return premier;
}

// ranks of the questions that have all words: the best first, the newest among equals
async function classer({ groupes, exclus }) {
  const [premier, ...autres] = await Promise.all(groupes.map(trouverUn));
  const ecartees = await Promise.all(exclus.map(trouver));
  const communs = [...premier].filter(([rang]) =>
    autres.every((trouvees) => trouvees.has(rang)) && !ecartees.some((trouvees) => trouvees.has(rang)));
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
  return [uid, titre, nom, ...numeros.map((numero) => noms[numero])];
}

function ligneDe([uid, titre, nom, jour, auteur, ministere, rubrique, cleEtat, etat]) {
  const ligne = element("li");
  ligne.append(element("a", titre || nom, { href: `question/${uid}${FIN}` }));
  if (etat) ligne.append(" ", element("span", etat, { class: `etat ${cleEtat}` }));
  const detail = [[auteur, jour].filter(Boolean).join(", "), ministere, rubrique, titre && nom];
  ligne.append(element("span", detail.filter(Boolean).join(" – "), { class: "detail" }));
  return ligne;
}

function adresse(page) {
  const demandes = new URLSearchParams(parametres);
  demandes.delete("page");
  if (page > 1) demandes.set("page", page);
  return `recherche${FIN}?${demandes}`;
}

function montrer(montres, page, pages) {
  const resultats = document.getElementById("resultats");
  const [liste, nav] = resultats.children;
  liste.start = (page - 1) * PAR_PAGE + 1;
  liste.replaceChildren(...montres.map(ligneDe));
  nav.hidden = pages < 2;
  nav.replaceChildren(element("span", phrases.page.replace("{n}", page).replace("{tout}", pages)));
  const lien = (texte, rel, vers) => element("a", texte, { href: adresse(vers), rel });
  if (page > 1) nav.prepend(lien(`← ${phrases.precedente}`, "prev", page - 1));
  if (page < pages) nav.append(lien(`${phrases.suivante} →`, "next", page + 1));
  resultats.hidden = !montres.length;
}

function dire(texte) {
  document.getElementById("compte-rendu").textContent = texte;
}

// letters to change in one word, or neighbours to exchange, to have the other
function ecart(un, autre) {
  let ligne = Array.from({ length: autre.length + 1 }, (_, n) => n), avant = [];
  [...un].forEach((lettre, i) => {
    const plusTot = avant;
    avant = ligne;
    ligne = [i + 1];
    [...autre].forEach((l, j) => {
      const echange = j && lettre === autre[j - 1] && un[i - 1] === l ? plusTot[j - 1] + 1 : Infinity;
      ligne.push(Math.min(avant[j] + (l !== lettre), avant[j + 1] + 1, ligne[j] + 1, echange));
    });
  });
  return ligne.at(-1);
}

// how similar two words are, 0 to 1
function parente(mot, connu) {
  return 1 - ecart(mot, connu) / Math.max(mot.length, connu.length);
}

function ressemble(mot, connu) {
  return mot.length >= 4 && parente(mot, connu) >= (mot[0] === connu[0] ? RESSEMBLANCE : PROCHE);
}

// the words that a nickname stands for, else the text; of an address of the Assemblée, the code of
// the deputy, group or ministry that it is about: as lod/publish/search/nicknames.py
function officiellement(q) {
  const [, code] = q.match(/^\S*\bassemblee-nationale\.fr\/\S*?(?:\/|OMC_)(P[AO]\d+)\b\S*$/) ?? [];
  const mots = (q.normalize("NFC").match(/[\p{L}\p{N}]+/gu) ?? []).map(plier);
  const dits_ = mots.filter((mot) => !outils.has(mot) && !["of", "the"].includes(mot) && !charges.has(mot)).join(" ");
  return code ?? (mots.some((mot) => charges.has(mot)) && surnoms[`${dits_}+`] || surnoms[dits_] || q);
}

// the words that tell something, and whether a kind of things is meant: « ministre d’État » says no
// more than « ministre »
function lireChoses(mots) {
  const utiles = [], genres = [];
  let fonction = false;
  for (const mot of mots) {
    if (Object.hasOwn(dits, mot)) {
      if (dits[mot].length) genres.push(dits[mot]);
      fonction = dits[mot].includes("ministere");
    } else if (!fonction || !sansPlus.has(mot)) {
      utiles.push(mot);
      fonction = false;
    }
  }
  return utiles.length ? { utiles, voulu: (genre) => genres.every((un) => un.includes(genre)) } : { utiles: mots, voulu: () => true };
}

// who is called a minister may be a deputy, and is found as one
function sorte(genre) {
  return genre === "ministre" ? "depute" : genre;
}

// deputies, places, ministries … that have all words, or what is nearly spelled so; a cited text is
// in the file of its number
async function nommees(dites, q) {
  const [, numero] = q.match(/\d-(\d+)/) ?? [];
  const { utiles: mots, voulu } = lireChoses(dites);
  const debut = (numero ?? mots[0]).slice(0, 2);
  if (!clesDeChoses.has(debut)) return [];
  const toutes = (await lire(`choses/${debut}`)).filter(([genre]) => voulu(sorte(genre)));
  // « transport ferroviaire » is the heading « transports ferroviaires »
  const a = (genre, noms, mot) => noms.includes(mot) || (FLECHIS.includes(genre) && noms.some((nom) => accordes(nom, mot)));
  const exactes = premieres(toutes.filter(([genre, , , , , noms]) => mots.every((mot) => a(genre, noms, mot))), mots);
  const proches = () => toutes.filter(([, , , , , noms]) =>
    mots.every((mot) => noms.some((nom) => nom === mot || ressemble(mot, nom))));
  const trouvees = [() => exactes, proches, () => entieres(toutes, q)].reduce((avant, chercher_) => avant.length ? avant : chercher_(), []);
  const comptes = {};
  return replier(trouvees).filter(([genre]) => {
    comptes[sorte(genre)] = (comptes[sorte(genre)] ?? 0) + 1;
    return comptes[sorte(genre)] <= PAR_GENRE;
  }).slice(0, CHOSES);
}

const accordes = (un, autre) => formes(un).some((forme) => formes(autre).includes(forme));

// those whose name begins with the words before the others, of ministries and groups only those of today
function premieres(choses, mots) {
  const commence = ([genre, , nom, , , , finie]) => {
    const dit = motsDe(nom).filter((mot) => !Object.hasOwn(dits, mot));
    return !finie && mots.every((mot, n) => dit[n] === mot || (FLECHIS.includes(genre) && accordes(dit[n] ?? "", mot)));
  };
  return [...choses.filter(commence), ...choses.filter((chose) => !commence(chose))];
}

// persons and places whose whole name has nearly the letters of the request: « marine lepene »
function entieres(toutes, q) {
  const lettres = (q.normalize("NFC").match(/[\p{L}\p{N}]+/gu) ?? []).map(plier).filter((mot) => !Object.hasOwn(dits, mot)).join("");
  const notees = toutes.filter(([genre]) => PERSONNES.includes(sorte(genre))).map((chose) => {
    const noms = chose[2].split(/[\s-]+/);
    return [Math.max(...[noms, [...noms.slice(1), noms[0]]].map((ordre) => parente(lettres, plier(ordre.join(""))))), chose];
  });
  const plus = Math.max(PROCHE, ...notees.map(([note]) => note));
  return lettres.length < 8 ? [] : notees.filter(([note]) => note === plus).map(([, chose]) => chose);
}

// a ministry that has ended beneath the first that shares a portfolio with it
function replier(choses) {
  const montrees = [];
  for (const chose of choses) {
    const [genre, , , , , , finie, domaines] = chose;
    const suite = finie && domaines && montrees.find(({ chose: autre }) => autre[0] === genre
      && (!domaines.length || domaines.some((un) => autre[7].includes(un))));
    if (suite) suite.avant.push(chose);
    else montrees.push({ chose, avant: [] });
  }
  return montrees.map(({ chose, avant }) => [...chose.slice(0, 6), avant.slice(0, AVANT)]);
}

function replie(avant) {
  const details = element("details", "", { class: "avant" }), liste = element("ul");
  liste.append(...avant.map(([, chemin, nom]) => {
    const ligne = element("li");
    ligne.append(element("a", nom, { href: `${chemin}.html` }));
    return ligne;
  }));
  details.append(element("summary", `${phrases.avant} (${avant.length})`), liste);
  return details;
}

async function nommer(mots, q, estTrouvee) {
  const choses = document.getElementById("choses");
  const [liste] = choses.children;
  const connues = mots.length ? await nommees(mots, q) : [];
  // places, by a script of an extension
  const trouvees = [...connues, ...await globalThis.lieux?.nommes(q, !estTrouvee && !connues.length) ?? []];
  const dessous = await globalThis.lieux?.dessous(trouvees, choses) ?? [];
  choses.hidden = !trouvees.length;
  liste.replaceChildren(...trouvees.map(([genre, chemin, nom, detail, , , avant = []], n) => {
    const ligne = element("li"), dit = element("span");
    dit.append(element("a", nom, { href: chemin.includes(":") ? chemin : `${chemin}${FIN}` }));
    if (detail) dit.append(" ", element("span", detail, { class: "detail" }));
    ligne.append(element("span", phrases.genres[genre], { class: "genre" }), dit);
    if (avant.length) ligne.append(replie(avant));
    if (dessous[n]) ligne.append(dessous[n]);
    return ligne;
  }));
}

async function chercher(q, demandee) {
  const demande = lireDemande(q);
  dire(phrases.attendre);
  // an extension may search in the texts, too, with filters; null if it cannot here
  const plein = await globalThis.plein?.chercher(q, parametres, demandee) ?? null;
  if (!plein && !demande.groupes.length) return dire(q ? phrases.trop : "");
  const rangs = plein ? [] : await classer(demande);
  const total = plein?.total ?? rangs.length;
  const dite = officiellement(q); // a nickname names what it stands for
  if (q) await nommer(motsDe(dite), dite, total > 0);
  const pages = Math.max(1, Math.ceil(total / PAR_PAGE));
  const page = Math.min(Math.max(1, demandee), pages);
  const montres = rangs.slice((page - 1) * PAR_PAGE, page * PAR_PAGE);
  montrer(plein?.fiches ?? await Promise.all(montres.map(fiche)), page, pages);
  document.getElementById("aide").hidden = total > 0;
  const [un, plusieurs] = phrases.trouvees;
  const compte = `${total.toLocaleString(phrases.nombres)} ${total > 1 ? plusieurs : un}`;
  const ou = pages > 1 ? `, ${phrases.ou.replace("{n}", page).replace("{tout}", pages)}` : "";
  return dire(total ? `${compte}${ou}.` : phrases.rien);
}

const parametres = new URLSearchParams(location.search);
const q = (parametres.get("q") ?? "").trim().slice(0, 300);
if (q || globalThis.plein?.estFiltree(parametres)) {
  document.getElementById("q").value = q;
  if (q) document.title = `${q} – ${document.title}`;
  chercher(q, Number.parseInt(parametres.get("page"), 10) || 1).catch(() =>
    dire(phrases.panne));
}
