// Keeps what a visitor has opened in a copy of the site, and answers from it where the host does not.
// It stands at the root of the copy; what is asked by parts of files is never kept.
"use strict";
const CAISSE = "copie";
const sansDemande = (adresse) => adresse.split(/[?#]/)[0];

async function garder(adresse, reponse) {
  const caisse = await caches.open(CAISSE);
  await caisse.put(sansDemande(adresse), reponse).catch(() => {}); // no room, or half of it came
}

async function oublier(adresse) {
  const caisse = await caches.open(CAISSE);
  await caisse.delete(sansDemande(adresse));
}

async function repondre(demande) {
  try {
    const reponse = await fetch(demande);
    if (reponse.status === 200) await garder(demande.url, reponse.clone());
    else if (reponse.status === 404 || reponse.status === 410) await oublier(demande.url); // withheld
    return reponse;
  } catch (erreur) {
    const gardee = await caches.match(sansDemande(demande.url));
    if (gardee) return gardee;
    throw erreur;
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (evenement) => evenement.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (evenement) => {
  const { request } = evenement;
  const estD_ici = new URL(request.url).origin === self.location.origin;
  if (estD_ici && request.method === "GET" && !request.headers.has("Range")) evenement.respondWith(repondre(request));
});
// what a page has loaded before this one was there
self.addEventListener("message", ({ data, ports: [port] }) => {
  const manquent = data.map(async (adresse) => {
    if (!await caches.match(sansDemande(adresse))) await repondre(new Request(adresse));
  });
  Promise.allSettled(manquent).then(() => port.postMessage(manquent.length));
});
