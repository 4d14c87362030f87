// The search of a copy, in texts, with filters and orders: a worker finds what the server would. It
// stands before `recherche.js`, which shows what it finds, and finds less where it cannot.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const { index, moteur: script, phrases, noms } = JSON.parse(byId("plein").textContent);
  const ici = new URL(".", location.href);
  const PAGE = location.pathname.split("/").at(-1);
  const LIMITE = 50; // pages of results
  let moteur = null, rang = 0;
  const attendus = new Map();

  function demander(ordre, valeur = {}) {
    if (!moteur) {
      moteur = new Worker(new URL(script, ici), { type: "module" });
      moteur.onmessage = ({ data }) => {
        const { rendre, refuser } = attendus.get(data.rang);
        attendus.delete(data.rang);
        if (data.echec) refuser(data);
        else rendre(data.fait);
      };
      moteur.onerror = (evenement) => {
        evenement.preventDefault();
        for (const { refuser } of attendus.values()) refuser({ echec: "panne" });
        attendus.clear();
      };
      moteur.postMessage({ ordre: "ouvrir", index, racine: new URL(`recherche/${index.dossier}`, ici).href });
    }
    rang += 1;
    moteur.postMessage({ rang, ordre, ...valeur });
    return new Promise((rendre, refuser) => attendus.set(rang, { rendre, refuser }));
  }

  const filtresDe = (parametres) => index.facettes.filter((nom) => parametres.get(nom)).map((nom) => [nom, parametres.get(nom)]);
  const estFiltree = (parametres) => location.protocol !== "file:" && (filtresDe(parametres).length > 0 || Boolean(parametres.get("depuis") || parametres.get("jusque")));

  function element(nom, texte = "", attributs = {}) {
    const fait = document.createElement(nom);
    fait.textContent = texte;
    Object.entries(attributs).forEach(([attribut, valeur]) => fait.setAttribute(attribut, valeur));
    return fait;
  }
  const avec = (parametres, nom, cle) => {
    const autres = new URLSearchParams(parametres);
    autres.delete("page");
    if (cle) autres.set(nom, cle);
    else autres.delete(nom);
    return `${PAGE}?${autres}`;
  };

  async function montrerFiltres(parametres) {
    const filtres = filtresDe(parametres), form = byId("recherche");
    form.querySelectorAll("input[type=hidden]").forEach((champ) => champ.remove());
    form.append(...filtres.map(([name, value]) => Object.assign(document.createElement("input"), { type: "hidden", name, value })));
    for (const nom of ["depuis", "jusque", "tri"]) if (parametres.get(nom)) form.elements[nom].value = parametres.get(nom);
    const pris = byId("pris"), dits = await demander("noms", { filtres });
    pris.replaceChildren(...filtres.map(([nom], n) => {
      const ligne = element("li");
      ligne.append(element("a", `${noms[nom]}${phrases.deux} ${dits[n]} ✕`, { href: avec(parametres, nom) }));
      return ligne;
    }));
    pris.hidden = !filtres.length;
  }

  function montrerFacettes(parametres) {
    const cadre = byId("facettes");
    cadre.hidden = false;
    cadre.addEventListener("toggle", async () => {
      if (!cadre.open || cadre.childElementCount > 1) return;
      const dites = await demander("facettes");
      for (const [nom, choix] of Object.entries(dites)) {
        if (!choix.length) continue;
        const details = element("details"), liste = element("ul");
        liste.append(...choix.map((une) => {
          const ligne = element("li");
          ligne.append(element("a", une.nom, { href: avec(parametres, nom, une.cle), rel: "nofollow" }), " ", element("span", une.combien.toLocaleString(phrases.nombres), { class: "n" }));
          return ligne;
        }));
        details.append(element("summary", noms[nom]), liste);
        cadre.append(details);
      }
    });
  }

  async function chercher(q, parametres, demandee) {
    if (location.protocol === "file:") return null;
    const page = Math.min(Math.max(1, demandee), LIMITE);
    const [depuis, jusque, tri] = ["depuis", "jusque", "tri"].map((nom) => parametres.get(nom) ?? "");
    try {
      const fait = await demander("chercher", { q, filtres: filtresDe(parametres), depuis, jusque, tri, page });
      globalThis.plein.lues = fait.lues; // for tests
      await montrerFiltres(parametres);
      if (fait.total) montrerFacettes(parametres);
      const fiches = fait.fiches.map(([uid, titre, nom, jour, dit, auteur, ...suite]) => [uid, titre, nom, dit, auteur, ...suite]);
      return { total: fait.total, fiches };
    } catch ({ echec }) {
      byId("avis-plein").textContent = phrases[echec] ?? phrases.panne;
      byId("avis-plein").hidden = false;
      return null;
    }
  }
  if (location.protocol !== "file:") {
    byId("bornes").hidden = false;
    addEventListener("load", () => garder()); // this page, which says without the host that it cannot search
  }
  globalThis.plein = { chercher, estFiltree, demander };
})();
