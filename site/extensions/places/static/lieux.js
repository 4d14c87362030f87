// Places in the search of a static host: communes and who is elected there. The search, whose
// functions are used here, is static/recherche.js; lod/extensions/places/static_files.py makes the
// files recherche/communes/, recherche/elus/ and recherche/lieux.js.
"use strict";

const LANGUE = document.documentElement.lang === "fr" ? "" : `.${document.documentElement.lang}`;
const ETRANGER = "099"; // what citizens abroad vote in
const VILLAGE = 0.75; // of misspelled names of communes, as on a server

// which files there are, words that ask for a commune and are in no name, what the page says
const donnees = () => lire(`lieux${LANGUE}`);

// how similar a word is to the nearest one that a question has, of those that begin so
async function parenteConnue(mot) {
  const connus = cles.has(cle(mot)) ? Object.keys(await lire(`mots/${cle(mot)}`)) : [];
  return connus.reduce((plus, connu) => Math.max(plus, parente(mot, connu)), 0);
}

// as lod/extensions/places/communes.py compares names: « St » in full, districts by their number
function motsDeCommune(texte) {
  return motsDe(texte).map((mot) => mot.replace(/^(\d{1,2})(er|e|i?eme)$/, "$1").replace(/^st(e?)$/, "saint$1"))
    .filter((mot) => mot !== "arrondissement");
}

// communes whose names are or begin with the words, before those of their department or a postal
// code; or, if there is nothing else, that are nearly spelled so
async function communes(q, estSeule) {
  const { demandent } = await donnees();
  const dits = motsDeCommune(q), utiles = dits.filter((mot) => !demandent.includes(mot));
  const trouvees = await communesDe(dits, estSeule);
  return trouvees.length || utiles.length === dits.length ? trouvees : communesDe(utiles, estSeule);
}

async function communesDe(dits, estSeule) {
  const code = dits.find((mot) => /^\d{5}$/.test(mot));
  const mots = dits.filter((mot) => mot !== code);
  const fichier = mots.length ? mots.find((mot) => !/^sainte?$/.test(mot)) ?? mots[0] : code;
  const cleDe = fichier?.slice(0, 2);
  if (!(await donnees()).communes.includes(cleDe)) return [];
  const { lieux, fiches } = await lire(`communes/${cleDe}`);
  const duLieu = Object.fromEntries(Object.entries(lieux).map(([cle_, nom]) => [cle_, [cle_, ...motsDe(nom)]]));
  const connues = fiches.filter(([, , codes]) => !code || codes.split(" ").includes(code))
    .map(([nom, lieu, , numeros, parties]) => ({ nom, lieu, numeros, parties, plie: motsDeCommune(nom).join(" ") }));
  const rendre = (trouvees) => trouvees.slice(0, PAR_GENRE).map(({ nom, lieu, numeros, parties }) =>
    [lieu === ETRANGER ? "poste" : "commune", `departement/${lieu}`, nom, lieux[lieu], { lieu, numeros: numeros.split(" ").filter(Boolean), parties }]);
  if (!mots.length) return rendre(connues);
  const estUnLieu = Object.values(duLieu).some((noms) => mots.every((mot) => noms.includes(mot)));
  for (let taille = mots.length; taille >= (estUnLieu ? mots.length : 1); taille -= 1) {
    const nom = mots.slice(0, taille).join(" "), reste = mots.slice(taille);
    const trouvees = connues.filter(({ plie, lieu }) =>
      `${plie} `.startsWith(`${nom} `) && reste.every((mot) => duLieu[lieu].includes(mot)));
    if (trouvees.length) return rendre(trouvees.sort((a, b) => (b.plie === nom) - (a.plie === nom)));
  }
  const nom = mots.join(" ");
  const proches = estSeule && !code ? connues.filter(({ plie }) => plie[0] === nom[0] && nom.length >= 4 && parente(nom, plie) >= VILLAGE) : [];
  const plus = Math.max(...proches.map(({ plie }) => parente(nom, plie)));
  // as near to words of questions, each of them: then it is no village
  if (proches.length && plus <= Math.min(...await Promise.all(mots.map(parenteConnue)))) return [];
  return rendre(proches.filter(({ plie }) => parente(nom, plie) === plus));
}

// the constituencies that a thing is in, if it is a place
function lieuDe([genre, chemin, , , lieu], cles) {
  const [, departement, numero] = genre === "circonscription" ? chemin.match(/\/(.+)-(\d+)$/) : [];
  const connu = genre === "commune" || genre === "poste" ? lieu : { lieu: departement, numeros: [numero] };
  return connu.numeros.length && cles.includes(connu.lieu) ? connu : null;
}

// what stands below a place: its deputies, as the server shows them; the files hold safe HTML
async function elusDe({ lieu, numeros, parties }, estSeul) {
  const { unDe, natures } = await donnees();
  const elus = await lire(`elus${LANGUE}/${lieu}`);
  const bloc = element("div", "", { class: "elus" });
  if (numeros.some((numero) => !elus[numero])) return ""; // one of former times
  if (numeros.length === 1) {
    const [nom, gens, questions] = elus[numeros[0]];
    bloc.innerHTML = `<p>${nom}${phrases.deux} ${gens}</p>${estSeul ? questions : ""}`;
    return bloc;
  }
  const liste = element("ul");
  liste.append(...numeros.map((numero, n) => {
    const [nom, gens] = elus[numero], ligne = element("li");
    const [nature, noms] = parties?.[n] ?? [];
    const partie = nature ? ` (${natures[nature]}${phrases.deux} ${noms})` : "";
    ligne.innerHTML = `${nom}<span class="detail"></span>${phrases.deux} ${gens}`;
    ligne.querySelector("span.detail").textContent = partie;
    return ligne;
  }));
  bloc.append(element("p", unDe.replace("{n}", numeros.length)), liste);
  return bloc;
}

globalThis.lieux = {
  nommes: communes,
  // what stands below each of some things, or nothing; and the note below all
  async dessous(choses, section) {
    const { elus, note } = await donnees();
    const places = choses.map((chose) => lieuDe(chose, elus));
    const sieges = new Set(places.filter(Boolean).flatMap(({ lieu, numeros }) => numeros.map((n) => `${lieu}-${n}`)));
    const premier = places.findIndex(Boolean);
    section.querySelector(":scope > .note")?.remove();
    if (premier >= 0 || choses.some(([genre]) => genre === "commune")) {
      section.append(element("p", "", { class: "note" }));
      section.lastChild.innerHTML = note;
    }
    return Promise.all(places.map((place, n) => place && elusDe(place, sieges.size === 1 && n === premier)));
  },
};
