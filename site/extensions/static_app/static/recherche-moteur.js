// Searches in the full-text index of the server, in a worker: SQLite reads it by ranges of HTTP, as
// lod/extensions/static_app/search_file.py has written it. Words become terms as in
// lod/publish/search/search_terms.py, and what is found has the order of search_index.py.
globalThis.sqlite3ApiConfig = { disable: { vfs: { "opfs": true, "opfs-wl": true, "opfs-sahpool": true, "kvvfs": true } }, warn: () => {}, log: () => {} };

const MOT = /[\p{L}\p{N}]+/gu;
const AVEC_TIRETS = /[\p{L}\p{N}]+(?:[-\u2010\u2011][\p{L}\p{N}]+)*/gu;
const MORCEAU = /((?<!\S)-)?(?:"([^"]*)"?|“([^”]*)”?|«([^»]*)»?|([^\s"“«]+))/gu;
const PLUS_LOIN = 16; // pages that are read ahead, at most, where one follows the other
const PAR_PAGE = 20, DERNIERE = "\u{10FFFF}", SANS_JOUR = 0;
const A_EGALITE = 200; // questions of one score whose days are looked up one by one
let index = null; // what the page says of the files
let racine = ""; // their address
let base = null; // the open database
const lues = { octets: 0, demandes: 0 };

class Echec extends Error {
  constructor(sorte) {
    super(sorte);
    this.sorte = sorte;
  }
}

// ---- bytes by ranges

const pages = new Map(); // number of a page → its bytes
let derniere = -1, avance = 1;

function morceau(debut, fin) {
  const numero = Math.floor(debut / index.part), dans = numero * index.part;
  const requete = new XMLHttpRequest();
  requete.open("GET", `${racine}/${numero}.sqlite`, false);
  requete.responseType = "arraybuffer";
  requete.setRequestHeader("Range", `bytes=${debut - dans}-${fin - 1 - dans}`);
  requete.send();
  if (requete.status !== 206 || requete.response.byteLength !== fin - debut) throw new Echec("abime");
  lues.octets += fin - debut;
  lues.demandes += 1;
  return new Uint8Array(requete.response);
}

function lirePages(premiere, fin) {
  for (let page = premiere; page < fin; page += 1) {
    if (pages.has(page)) continue;
    avance = page === derniere + 1 ? Math.min(avance * 2, PLUS_LOIN) : 1;
    const parPart = index.part / index.page;
    const borne = Math.min((Math.floor(page / parPart) + 1) * parPart, Math.ceil(index.octets / index.page));
    let jusque = Math.min(Math.max(fin, page + avance), borne);
    for (let n = page + 1; n < jusque; n += 1) if (pages.has(n)) jusque = n;
    const octets = morceau(page * index.page, Math.min(jusque * index.page, index.octets));
    for (let n = page; n < jusque; n += 1) pages.set(n, octets.subarray((n - page) * index.page, (n - page + 1) * index.page));
    derniere = jusque - 1;
  }
}

function lire(vers, debut) {
  const fin = Math.min(debut + vers.length, index.octets);
  lirePages(Math.floor(debut / index.page), Math.ceil(fin / index.page));
  for (let place = debut; place < fin;) {
    const page = Math.floor(place / index.page), dans = place - page * index.page;
    const part = pages.get(page).subarray(dans, dans + fin - place);
    vers.set(part, place - debut);
    place += part.length;
  }
  return Math.max(0, fin - debut);
}

// a file system of SQLite that has one file, and cannot write
function installer({ capi, wasm, vfs }) {
  const io = new capi.sqlite3_io_methods(), systeme = new capi.sqlite3_vfs();
  io.$iVersion = 1;
  systeme.$iVersion = 2;
  systeme.$szOsFile = capi.sqlite3_file.structInfo.sizeof;
  systeme.$mxPathname = 256;
  systeme.$zName = wasm.allocCString("parts");
  const rien = () => 0, ecrire = () => capi.SQLITE_READONLY;
  vfs.installVfs({
    io: { struct: io, methods: {
      xClose: rien, xLock: rien, xUnlock: rien, xSync: rien, xWrite: ecrire, xTruncate: ecrire,
      xCheckReservedLock: (_, vers) => (wasm.poke32(vers, 0), 0),
      xDeviceCharacteristics: () => capi.SQLITE_IOCAP_IMMUTABLE,
      xFileControl: () => capi.SQLITE_NOTFOUND,
      xFileSize: (_, vers) => (wasm.poke64(vers, BigInt(index.octets)), 0),
      xRead: (_, vers, combien, debut) => {
        const place = Number(vers), memoire = wasm.heap8u().subarray(place, place + combien);
        try {
          const lus = lire(memoire, Number(debut));
          if (lus === combien) return 0;
          memoire.fill(0, lus);
          return capi.SQLITE_IOERR_SHORT_READ;
        } catch {
          return capi.SQLITE_IOERR_READ;
        }
      },
      xSectorSize: () => index.page,
    } },
    vfs: { struct: systeme, methods: {
      xAccess: (_, nom, drapeaux, vers) => (wasm.poke32(vers, 0), 0),
      xCurrentTime: (_, vers) => (wasm.poke(vers, 2440587.5, "double"), 0),
      xCurrentTimeInt64: (_, vers) => (wasm.poke(vers, 0xbfc83e532200, "i64"), 0),
      xDelete: ecrire, xGetLastError: rien,
      xFullPathname: (_, nom, combien, vers) => (wasm.cstrncpy(vers, nom, combien) < combien ? 0 : capi.SQLITE_CANTOPEN),
      xOpen: (_, nom, fichier, drapeaux, vers) => {
        const ouvert = new capi.sqlite3_file(fichier);
        ouvert.$pMethods = io.pointer;
        ouvert.dispose();
        if (vers) wasm.poke32(vers, drapeaux);
        return 0;
      },
    } },
  });
}

async function ouvrir() {
  // does the host send parts of files? One that does not sends all of it: that is given up. The
  // browser does not answer for it: it would cut parts from a file that it happens to have
  const arret = new AbortController();
  const essai = await fetch(`${racine}/0.sqlite`, { cache: "no-store", headers: { Range: "bytes=0-15" }, signal: arret.signal }).catch(() => null);
  if (!essai?.ok) throw new Echec("abime");
  if (essai.status !== 206) {
    arret.abort();
    throw new Echec("parts");
  }
  const taille = Number(essai.headers.get("Content-Range")?.split("/")[1]);
  if (taille !== Math.min(index.octets, index.part)) throw new Echec("abime");
  const { default: initialiser } = await import("./sqlite/index.mjs");
  const sqlite = await initialiser({ print: () => {}, printErr: () => {} });
  installer(sqlite);
  base = new sqlite.oo1.DB({ filename: "file:index?immutable=1&mode=ro", flags: "r", vfs: "parts" });
  base.exec("PRAGMA cache_size = -16000");
}

const lignes = (texte, bind = []) => base.exec(texte, { bind, rowMode: "array", returnValue: "resultRows" });

// ---- words

// as lod/model/text.py folds: case, accents and ligatures do not count
const plierTout = (texte) => texte.toLowerCase().replaceAll("œ", "oe").replaceAll("æ", "ae").replaceAll("ß", "ss")
  .normalize("NFKD").replace(/\p{M}+/gu, "").match(/[\p{L}\p{N}]+/gu)?.join(" ") ?? "";
const plier = (mot) => plierTout(mot).replaceAll(" ", "");
const racines = new Map();
function racineDe(mot) {
  const plie = plier(mot);
  if (!racines.has(plie)) {
    const connue = (forme) => lignes("SELECT racine FROM racine WHERE mot = ?", [forme])[0]?.[0];
    // one that no text has may be the plural, or the singular, of one that some have
    const singulier = plie.length > 3 ? plie.replace(/aux$/, "al").replace(/[sx]$/, "") : plie;
    racines.set(plie, connue(plie) ?? connue(singulier) ?? connue(`${plie}s`) ?? singulier);
  }
  return racines.get(plie);
}
const motsDe = (texte) => (texte.match(MOT) ?? []).map(racineDe);

function* detaches(morceau_) {
  const mots = morceau_.match(morceau_.endsWith("*") ? MOT : AVEC_TIRETS) ?? [];
  for (const [rang, mot] of mots.entries()) {
    const debut = plier(mot), mots_ = motsDe(mot);
    const commence = rang === mots.length - 1 && morceau_.endsWith("*") && debut.length >= index.debut;
    yield { mots: mots_, debut: commence ? debut : "", tape: mots_.length === 1 ? mot.toLowerCase() : "" };
  }
}

function* termes(q) {
  for (const [, moins, ...formes] of q.normalize("NFC").matchAll(MORCEAU)) {
    const exclu = Boolean(moins), libre = formes[3];
    if (libre === undefined) {
      const mots = motsDe(formes.find((forme) => forme !== undefined));
      if (mots.length) yield { mots, debut: "", tape: "", exclu };
    } else if (libre.toLowerCase() === "ou" && !exclu) yield { mots: ["ou"], debut: "", tape: "", ou: true };
    else for (const terme of detaches(libre)) yield { ...terme, exclu };
  }
}

// alternatives of each term; those that an acronym abbreviates count as one; « ou » has none
function* unites(liste) {
  for (let place = 0; place < liste.length;) {
    const terme = liste[place];
    let taille = 0, textes = [];
    if (terme.tape) {
      const suite = liste.slice(place).map((un) => (un.tape ? un.mots[0] : ""));
      for (taille = suite.length; taille && !Object.hasOwn(index.developpements, suite.slice(0, taille).join(" ")); taille -= 1);
      if (taille) textes = index.developpements[suite.slice(0, taille).join(" ")];
      else if (!terme.debut && Object.hasOwn(index.sigles, terme.tape)) textes = index.sigles[terme.tape];
    }
    const siens = liste.slice(place, place + (taille || 1));
    yield terme.ou ? [] : [siens, ...textes.map((mots) => [{ mots, debut: "" }])];
    place += taille || 1;
  }
}

function expression({ mots, debut }) {
  const phrase = `"${mots.join(" ")}"`;
  if (!debut) return phrase;
  const courtes = lignes("SELECT DISTINCT racine FROM lexique WHERE mot >= ?1 AND mot < ?2 AND substr(racine, 1, length(?1)) <> ?1 ORDER BY racine LIMIT ?3", [debut, debut + DERNIERE, index.completees]);
  return `("${debut}" * OR ${[phrase, ...courtes.map(([mot]) => `"${mot}"`)].join(" OR ")})`;
}

const joindre = (mot, parties) => (parties.length > 1 ? `(${parties.join(mot)})` : parties[0]);
const uniques = (liste) => [...new Map(liste.map((un) => [JSON.stringify(un), un])).values()];

// what a question must have, and must not; null if there is no word at all
function demande(q) {
  const tous = [...termes(q)], vides = new Set(index.vides);
  const voulus = tous.filter((un) => !un.exclu);
  const parle = (un) => un.ou || un.mots.length > 1 || un.debut || !vides.has(un.mots[0]);
  let disants = voulus.filter(parle);
  if (disants.every((un) => un.ou)) disants = voulus;
  const exclus = uniques(tous.filter((un) => un.exclu).map(({ mots, debut }) => ({ mots, debut })));
  const groupes = [];
  let ou = false;
  for (const unite of unites(disants)) {
    if (!unite.length) ou = groupes.length > 0;
    else if (ou) groupes.at(-1).push(...unite), ou = false;
    else groupes.push([...unite]);
  }
  const taille = [...disants.filter((un) => !un.ou), ...exclus].reduce((somme, un) => somme + un.mots.length, 0);
  if (taille > index.mots) throw new Echec("trop");
  const dits = uniques(groupes).map((groupe) => joindre(" OR ", uniques(groupe).map((toutes) => joindre(" AND ", uniques(toutes).map(expression)))));
  const voulu = dits.join(" AND "), sans = exclus.map(expression).join(" OR ");
  return dits.length || exclus.length ? { voulu, sans } : null;
}

// ---- what is found

// id → score, the least first
function notes({ voulu, sans }, estNote) {
  const tous = (texte) => lignes(`SELECT rowid, ${estNote ? `bm25(mots, ${index.poids.join()})` : "0.0"} FROM mots WHERE mots MATCH ?`, [texte]);
  if (voulu) return new Map(tous(sans ? `(${voulu}) NOT (${sans})` : voulu));
  const exclus = new Set(lignes("SELECT rowid FROM mots WHERE mots MATCH ?", [sans]).map(([id]) => id));
  const [[dernier]] = lignes("SELECT max(id) FROM fiche");
  return new Map(Array.from({ length: dernier }, (_, n) => [n + 1, 0]).filter(([id]) => !exclus.has(id)));
}

async function deballe(nom) {
  const reponse = await fetch(`${racine}/${nom}.gz`);
  if (!reponse.ok) throw new Echec("abime");
  const octets = new Uint8Array(await reponse.arrayBuffer());
  lues.octets += octets.length;
  lues.demandes += 1;
  if (octets[0] !== 0x1f) return octets.buffer;
  return new Response(new Blob([octets]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
const gardees = new Map(); // name of a column → the promise of its numbers
function colonne(nom) {
  if (!gardees.has(nom)) gardees.set(nom, deballe(`${nom}.bin`).then((octets) => new Int32Array(octets)));
  return gardees.get(nom);
}
let lesValeurs = null;
const valeurs = () => (lesValeurs ??= deballe("valeurs.json").then((octets) =>
  Object.entries(JSON.parse(new TextDecoder().decode(octets))).map(([n, [facette, cle, nom, large]]) => ({ n: Number(n), facette, cle, nom, large }))));

const ordinal = (jour) => Math.floor(Date.parse(jour) / 86_400_000) + 719_163; // as Python counts days

async function filtrer(ids, { filtres, depuis, jusque }) {
  let gardes = ids;
  for (const [facette, cle] of filtres) {
    const toutes = await valeurs(), places = await colonne(facette);
    const siennes = toutes.filter((une) => une.facette === facette && une.cle.toLowerCase() === cle.toLowerCase()).map(({ n }) => n);
    const voulues = new Set([...siennes, ...toutes.filter(({ large }) => siennes.includes(large)).map(({ n }) => n)]);
    gardes = gardes.filter((id) => voulues.has(places[id]));
  }
  if (depuis || jusque) {
    const jours = await colonne("jour"), un = depuis ? ordinal(depuis) : 1, deux = jusque ? ordinal(jusque) : Infinity;
    gardes = gardes.filter((id) => un <= jours[id] && jours[id] <= deux);
  }
  return gardes;
}

const fiches = new Map();
function fiche(id) {
  if (!fiches.has(id)) fiches.set(id, JSON.parse(lignes("SELECT contenu FROM fiche WHERE id = ?", [id])[0][0]));
  return fiches.get(id);
}

// the newest first; of few that are equal the days are looked up, of many all ranks are read
async function parDate(ids) {
  if (ids.length > A_EGALITE) {
    const rangs = await colonne("rang");
    return [...ids].sort((a, b) => rangs[a] - rangs[b]);
  }
  const cles = new Map(ids.map((id) => [id, fiche(id)]));
  const comparer = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  return [...ids].sort((a, b) => comparer(cles.get(b)[3], cles.get(a)[3]) || comparer(cles.get(a)[0], cles.get(b)[0]));
}

const ROMAINS = [...Array(11).fill(""), "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii"];
const ADRESSE = /^(?:https?:\/\/)?\S+?\/(?:questions?|q\d+|opendata)\/([\w-]+)(?:\.\w+)*\/?(?:[?#]\S*)?$/;
// the questions whose number a text states, where no text has its words: « 15-43349 », « QG 12 »,
// « question écrite n° 43349 »; as lod/publish/search/question_numbers.py reads it
function numerotees(q) {
  const dite = q.trim().slice(0, 200), [, adresse] = dite.match(ADRESSE) ?? [];
  const pliee = plierTout(adresse ?? dite).replace(/^question /, "");
  const uid = pliee.match(/^qanr\dl(\d{1,2})([a-z]{2,4})(\d{1,6})$/);
  let [legislature, type, nombres] = uid ? [uid[1], uid[2].toUpperCase(), [uid[3]]] : ["", "", []];
  for (const mot of uid ? [] : pliee.split(" ")) {
    const romain = mot.match(/^(x(?:iv|vi{0,2}|i{1,3}))(?:e|eme)?$/);
    const siege = mot.match(/^(?:(\d{1,2})e(?:me)?|l(\d{1,2}))$/), nombre = mot.match(/^(?:l(\d{1,2}))?([a-z]{2,4})?(\d{1,6})([a-z]{2,4})?$/);
    if (index.types.includes(mot.toUpperCase()) || Object.hasOwn(index.types_dits, mot)) type = index.types_dits[mot] ?? mot.toUpperCase();
    else if (siege) legislature = siege[1] ?? siege[2];
    else if (romain) legislature = String(ROMAINS.indexOf(romain[1]));
    else if (nombre) {
      const lettres = (nombre[2] ?? nombre[4] ?? "").toUpperCase();
      if (lettres && !index.types.includes(lettres)) return [];
      nombres.push(nombre[3]);
      type = lettres || type;
      legislature = nombre[1] ?? legislature;
    } else if (!index.sans_sens.includes(mot)) return [];
  }
  if (nombres.length === 2) {
    const [premier, dernier] = nombres;
    if (new RegExp(`\\b${premier}[ .,\u00a0\u202f]${dernier.padStart(3, "0")}\\b`).test(dite)) nombres = [premier + dernier];
    else if (!legislature) [legislature, nombres] = [premier, [dernier]];
  }
  if (nombres.length !== 1) return [];
  const uids = (legislature ? [legislature] : index.legislatures).flatMap((n) =>
    (type ? [type] : index.types).map((t) => `QANR5L${Number(n)}${t}${Number(nombres[0])}`));
  return lignes(`SELECT id FROM numero WHERE uid IN (${uids.map(() => "?").join()})`, uids).map(([id]) => id);
}

async function chercher({ q, filtres, depuis, jusque, tri, page }) {
  const voulu = q ? demande(q) : null;
  if (q && !voulu) return { total: 0, fiches: [] };
  const parPertinence = q && !["date", "delai", "echeance"].includes(tri);
  let notees = voulu && notes(voulu, parPertinence);
  if (notees && !notees.size) notees = new Map(numerotees(q).map((id) => [id, 0]));
  const [[combien]] = notees ? [[0]] : lignes("SELECT max(id) FROM fiche");
  const ids = await filtrer(notees ? [...notees.keys()] : Array.from({ length: combien }, (_, n) => n + 1), { filtres, depuis, jusque });
  const tranche = [(page - 1) * PAR_PAGE, page * PAR_PAGE];
  let ordonnees;
  if (parPertinence) {
    const [[nom] = []] = lignes("SELECT nom FROM personne WHERE lettres = ?", [plierTout(q).split(" ").filter((mot) => !index.genres.includes(mot)).join(" ")]);
    const nommees = nom ? new Set(notes(demande(`"${nom}"`), false).keys()) : new Set();
    const cle = (id) => (nommees.has(id) ? -1e9 : 0) + notees.get(id);
    ids.sort((a, b) => cle(a) - cle(b));
    let [debut, fin] = tranche;
    while (debut > 0 && debut < ids.length && cle(ids[debut - 1]) === cle(ids[debut])) debut -= 1;
    while (fin < ids.length && cle(ids[fin]) === cle(ids[fin - 1])) fin += 1;
    const groupes = Map.groupBy(ids.slice(debut, fin), cle);
    ordonnees = [];
    for (const groupe of groupes.values()) ordonnees.push(...(groupe.length > 1 ? await parDate(groupe) : groupe));
    ordonnees = ordonnees.slice(tranche[0] - debut, tranche[1] - debut);
  } else {
    ordonnees = await parDate(ids);
    if (tri === "delai" || tri === "echeance") {
      const places = await colonne(tri), sens = tri === "delai" ? -1 : 1;
      ordonnees.sort((a, b) => sens * (places[a] - places[b]));
    }
    ordonnees = ordonnees.slice(...tranche);
  }
  trouvees = ids;
  return { total: ids.length, fiches: ordonnees.map(fiche), lues: { ...lues } };
}

// ---- what the results can be narrowed by
let trouvees = []; // of the last search
const MONTREES = 10;
async function facettes() {
  const toutes = new Map((await valeurs()).map((une) => [une.n, une]));
  const dites = {};
  for (const facette of index.facettes) {
    const places = await colonne(facette), comptes = new Map();
    for (const id of trouvees) if (places[id]) comptes.set(places[id], (comptes.get(places[id]) ?? 0) + 1);
    for (const [n, combien] of [...comptes]) {
      const { large } = toutes.get(n);
      if (large) comptes.set(large, (comptes.get(large) ?? 0) + combien);
    }
    dites[facette] = [...comptes].map(([n, combien]) => ({ ...toutes.get(n), combien }))
      .sort((a, b) => b.combien - a.combien || (a.nom < b.nom ? -1 : a.nom > b.nom ? 1 : a.n - b.n)).slice(0, MONTREES);
  }
  return dites;
}
async function noms(filtres) {
  const toutes = filtres.length ? await valeurs() : [];
  return filtres.map(([facette, cle]) => toutes.find((une) => une.facette === facette && une.cle.toLowerCase() === cle.toLowerCase())?.nom ?? cle);
}

const ORDRES = { chercher, facettes, noms: ({ filtres }) => noms(filtres) };
let ouverture = null;
onmessage = async ({ data: { rang, ordre, ...valeur } }) => {
  try {
    if (ordre === "ouvrir") {
      ({ index, racine } = valeur);
      ouverture = ouvrir();
      ouverture.catch(() => {});
      return;
    }
    await ouverture;
    postMessage({ rang, fait: await ORDRES[ordre](valeur) });
  } catch (erreur) {
    postMessage({ rang, echec: erreur.sorte ?? (erreur.resultCode ? "abime" : "panne"), dit: String(erreur.message) });
  }
};
