// Answers SPARQL in the browser, in a worker: Oxigraph with the facts of the files that it is told
// to load. Where a server would answer with a problem, this throws one of the same words.
import init, { Store } from "./oxigraph/web.js";

const MORCEAU = 1 << 21; // bytes that the store is given at once
const QUADS = { format: "application/n-quads", lenient: true, no_transaction: true };
const TABLE = "application/sparql-results+json";
const TURTLE = "text/turtle";
const FIN_DE_LIGNE = 10;
let entrepot = null, memoire = null;

class Echec extends Error {
  constructor(sorte, detail) {
    super(detail);
    this.sorte = sorte; // the slug of the problem
  }
}

// the bytes of a packed file, told as they come; some hosts unpack what ends in .gz
async function deballe(adresse, dire) {
  let reponse;
  try {
    reponse = await fetch(adresse);
  } catch {
    throw new Echec("fichier", adresse);
  }
  if (!reponse.ok) throw new Echec("fichier", adresse);
  const lecteur = reponse.body.getReader();
  const premier = await lecteur.read();
  const estGzip = premier.value?.[0] === 0x1f && premier.value[1] === 0x8b;
  const flux = new ReadableStream({
    start(suite) {
      if (premier.value) suite.enqueue(premier.value), dire(premier.value.length);
      if (premier.done) suite.close();
    },
    async pull(suite) {
      const { value, done } = await lecteur.read();
      if (done) return suite.close();
      dire(value.length);
      return suite.enqueue(value);
    },
  });
  return estGzip ? flux.pipeThrough(new DecompressionStream("gzip")) : flux;
}

// pieces of whole lines
async function* lignes(flux) {
  const lecteur = flux.getReader();
  let parts = [], taille = 0;
  for (;;) {
    const { value, done } = await lecteur.read();
    if (value) parts.push(value), taille += value.length;
    if (!done && taille < MORCEAU) continue;
    const tout = new Uint8Array(taille);
    parts.reduce((place, part) => (tout.set(part, place), place + part.length), 0);
    const fin = done ? taille : tout.lastIndexOf(FIN_DE_LIGNE) + 1;
    if (fin) yield tout.subarray(0, fin);
    parts = [tout.subarray(fin)];
    taille -= fin;
    if (done) return;
  }
}

async function charger({ adresse, triplets }, dire) {
  memoire ??= (await init()).memory;
  entrepot ??= new Store();
  let lus = 0;
  try {
    for await (const morceau of lignes(await deballe(adresse, dire))) {
      entrepot.load(morceau, QUADS);
      for (let fin = -1; (fin = morceau.indexOf(FIN_DE_LIGNE, fin + 1)) >= 0;) lus += 1;
    }
  } catch (erreur) {
    throw erreur instanceof Echec ? erreur : new Echec("fichier", adresse);
  }
  if (lus !== triplets) throw new Echec("fichier", adresse); // half of it is there
  return { total: entrepot.size, memoire: memoire.buffer.byteLength };
}

function evaluer(texte, options, formes) {
  for (const forme of formes) {
    try {
      return { type: forme, corps: entrepot.query(texte, { ...options, results_format: forme }) };
    } catch (erreur) {
      const dit = String(erreur.message ?? erreur);
      if (/format media type/.test(dit)) continue; // a graph is no table
      if (/service <.*> is not supported/.test(dit)) throw new Echec("federation", dit);
      throw new Echec(/^error at/.test(dit) ? "syntaxe" : "moteur-incapable", dit);
    }
  }
  throw new Echec("pas-acceptable", formes.join(", "));
}

function interroger({ texte, base, union, forme, taille }) {
  const formes = forme ? [forme] : [TABLE, TURTLE];
  const reponse = evaluer(texte, { base_iri: base, use_default_graph_as_union: union }, formes);
  if (reponse.corps.length > taille) throw new Echec("reponse-trop-grande", String(taille));
  return reponse;
}

onmessage = async ({ data: { rang, ordre, ...demande } }) => {
  try {
    const dire = (octets) => postMessage({ rang, octets });
    const fait = await (ordre === "charger" ? charger(demande, dire) : interroger(demande));
    postMessage({ rang, fait });
  } catch (erreur) {
    postMessage({ rang, echec: { sorte: erreur.sorte ?? "processus-perdu", detail: erreur.message } });
  }
};
