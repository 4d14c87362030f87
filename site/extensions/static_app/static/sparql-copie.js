// The page of SPARQL in a copy for hosts that only send files: what the editor and the forms ask is
// answered by a worker of this page, from files of facts. It stands before `sparql.js`.
"use strict";
(() => {
  const MONTREES = 1000; // rows that a table shows
  const D_EMBLEE = 8e6; // packed bytes that are loaded unless somebody chooses
  const FORMES = {
    csv: ["text/csv", "csv"], tsv: ["text/tab-separated-values", "tsv"], ttl: ["text/turtle", "ttl"],
    json: ["application/sparql-results+json", "json"], xml: ["application/sparql-results+xml", "xml"],
  };
  const byId = (id) => document.getElementById(id);
  const copie = JSON.parse(byId("copie").textContent);
  const { prefixes } = JSON.parse(byId("donnees").textContent);
  const { phrases, problemes } = copie;
  const service = byId("formulaire").action;
  const ici = new URL(".", location.href);
  const dit = (phrase, valeurs = {}) =>
    phrase.replace(/\{(\w+)\}/g, (_, nom) => valeurs[nom]);
  const nombre = (n, decimales = 0) =>
    n.toLocaleString(phrases.nombres, { maximumFractionDigits: decimales });

  function element(nom, texte = "", attributs = {}) {
    const fait = document.createElement(nom);
    fait.textContent = texte;
    Object.entries(attributs).forEach(([attribut, valeur]) => fait.setAttribute(attribut, valeur));
    return fait;
  }

  class Probleme extends Error {
    constructor({ sorte, detail }) {
      super(detail);
      const [titre, conseil] = problemes[sorte] ?? [phrases.fichier, phrases.fichierConseil];
      const nom = detail.split("/").at(-1);
      this.json = { status: 400, title: titre, detail: sorte === "fichier" ? nom : detail, conseil };
    }
  }

  // the worker, and what it has loaded; it is ended when a query takes too long
  let moteur = null, charges = new Set();
  const attendus = new Map(); // number of a message → who waits for it
  let rang = 0;

  function finir(echec) {
    moteur?.terminate();
    moteur = null;
    charges = new Set();
    for (const { refuser } of attendus.values()) refuser(new Probleme(echec));
    attendus.clear();
  }

  function envoyer(demande, dire = () => {}) {
    if (!moteur) {
      moteur = new Worker(new URL(copie.moteurs[0], ici), { type: "module" });
      moteur.onerror = (evenement) => {
        evenement.preventDefault();
        finir({ sorte: "fichier", detail: copie.moteurs[0] });
      };
      moteur.onmessage = ({ data }) => {
        const attend = attendus.get(data.rang);
        if (!attend) return;
        if (data.octets) return attend.dire(data.octets);
        attendus.delete(data.rang);
        if (data.echec) attend.refuser(new Probleme(data.echec));
        else attend.rendre(data.fait);
      };
    }
    rang += 1;
    moteur.postMessage({ rang, ...demande });
    return new Promise((rendre, refuser) => attendus.set(rang, { rendre, refuser, dire }));
  }

  // what is chosen, and how far it is loaded
  const etat = byId("copie-etat"), barre = byId("copie-barre");
  const cases = [...document.querySelectorAll("#donnees-copie input[type=checkbox]")];
  const voulus = () => copie.fichiers.filter(({ chemin, legislature, textes }) =>
    (!legislature && !textes)
    || cases.some((c) => c.checked && c.name === legislature) && (!textes || byId("copie-textes")?.checked));

  let chargement = Promise.resolve(), gardes = chargement;
  function charger() {
    chargement = chargement.catch(() => {}).then(async () => {
      if ([...charges].some((chemin) => !voulus().some((un) => un.chemin === chemin)))
        finir({ sorte: "client-parti", detail: "" });
      const manquent = voulus().filter(({ chemin }) => !charges.has(chemin));
      const tout = manquent.reduce((somme, { octets }) => somme + octets, 0);
      const debut = performance.now();
      let lus = 0;
      barre.hidden = !manquent.length;
      barre.max = tout;
      try {
        for (const { chemin, triplets } of manquent) {
          const adresse = new URL(`${copie.dossier}${chemin}`, ici).href;
          const { total, memoire } = await envoyer({ ordre: "charger", adresse, triplets }, (octets) => {
            lus += octets;
            barre.value = Math.min(lus, tout);
            etat.textContent = dit(phrases.charge, { lus: nombre(lus / 1e6, 1), tout: nombre(tout / 1e6, 1) });
          });
          charges.add(chemin);
          const secondes = nombre((performance.now() - debut) / 1000, 1);
          etat.textContent = dit(phrases.pret, { triplets: nombre(total), secondes, memoire: nombre(memoire / 1e6) });
        }
        gardes = garder([...copie.moteurs, ...[...charges].map((chemin) => `${copie.dossier}${chemin}`)]);
      } catch (erreur) {
        finir({ sorte: "client-parti", detail: "" });
        etat.textContent = `${erreur.json.title}${phrases.deux} ${erreur.json.detail}. ${erreur.json.conseil}`;
        throw erreur;
      } finally {
        barre.hidden = true;
      }
    });
    return chargement;
  }

  // the service knows our prefixes, whether a query declares them or not
  const declarer = (requete) => Object.entries(prefixes)
    .filter(([nom]) => !new RegExp(`PREFIX\\s+${nom}:`, "i").test(requete))
    .map(([nom, iri]) => `PREFIX ${nom}: <${iri}> `).join("") + requete;

  // the engine counts from right to left: `4 - 3 - 1` is 2; see tests/extensions/static_app
  const OPERANDE = /^(?:[?$)\d]|\w+\()/;
  const sansTextes = (requete) => requete
    .replace(/"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, " 0 ")
    .replace(/<[^<>"{}|^`\\\s]*>/g, " un:iri ").replace(/#[^\n]*/g, " ");
  function compteMal(requete) {
    const niveaux = [{}];
    let avant = "";
    for (const [mot] of sansTextes(requete).matchAll(/[?$]\w+|[\d.]+(?:[eE][+-]?\d+)?|[\w:-]*:[\w.-]*|\w+\(|[^\s\w]|\w+/g)) {
      const ici_ = niveaux.at(-1), estBinaire = OPERANDE.test(avant);
      if (mot.endsWith("(")) niveaux.push({});
      else if (mot === ")") niveaux.length > 1 && niveaux.pop();
      else if ("+-".includes(mot) && estBinaire) {
        if (ici_.moins) return true;
        Object.assign(ici_, { moins: mot === "-", divise: false });
      } else if ("*/".includes(mot) && estBinaire) {
        if (ici_.divise) return true;
        ici_.divise = mot === "/";
      } else if (!/^[?$\d\w]/.test(mot)) Object.assign(ici_, { moins: false, divise: false });
      else if (/:/.test(mot) || /^[a-zA-Z]/.test(mot)) ici_.divise = false; // of a path
      avant = mot;
    }
    return false;
  }

  async function repondre(requete, { forme = "", union = false, signal } = {}) {
    await charger();
    const minuteur = setTimeout(() => finir({
      sorte: "delai", detail: dit(phrases.delai, { secondes: copie.secondes }),
    }), copie.secondes * 1000);
    const partir = () => finir({ sorte: "client-parti", detail: "" });
    signal?.addEventListener("abort", partir);
    try {
      const texte = declarer(requete);
      return await envoyer({ ordre: "interroger", texte, base: copie.base, union, forme, taille: copie.octets });
    } finally {
      clearTimeout(minuteur);
      signal?.removeEventListener("abort", partir);
    }
  }

  // what the editor sends to the service
  const demander = window.fetch.bind(window);
  window.fetch = async (demande, options) => {
    const envoi = new Request(demande, options);
    if (envoi.url.split(/[?#]/)[0] !== service) return demander(demande, options);
    const dans = new URL(envoi.url).searchParams;
    const champs = new URLSearchParams(await envoi.text() || dans);
    const union = (dans.get("union-default-graph") ?? champs.get("union-default-graph")) === "true";
    try {
      const { type, corps } = await repondre(champs.get("query") ?? "", { union, signal: envoi.signal });
      return new Response(corps, { headers: { "Content-Type": type } });
    } catch (erreur) {
      if (!erreur.json) throw erreur;
      return Response.json(erreur.json, { status: 400 });
    }
  };

  // what a plain form asks stands below it
  const document_ = (iri) => iri.startsWith(copie.base) && !iri.slice(copie.base.length).includes(".")
    ? iri.slice(copie.base.length).replace(/^([^#]+)(#.*)?$/, "$1.html$2") : iri;
  function cellule(valeur) {
    const td = element("td");
    if (valeur?.type === "uri" && /^https?:/.test(valeur.value)) td.append(element("a", valeur.value.replace(copie.base, ""), { href: document_(valeur.value) }));
    else td.textContent = valeur?.value ?? "";
    if (valeur?.["xml:lang"]) td.lang = valeur["xml:lang"];
    return td;
  }
  function tableau({ head, results }) {
    const table = element("table", "", { class: "resultats" }), tete = element("tr"), corps = element("tbody");
    tete.append(...head.vars.map((nom) => element("th", nom, { scope: "col" })));
    for (const ligne of results.bindings.slice(0, MONTREES)) {
      const tr = element("tr");
      tr.append(...head.vars.map((nom) => cellule(ligne[nom])));
      corps.append(tr);
    }
    const entete = element("thead");
    entete.append(tete);
    table.append(entete, corps);
    const cadre = element("div", "", { class: "defile", role: "region", "aria-label": phrases.resultats, tabindex: "0" });
    cadre.append(table);
    return cadre;
  }
  function montrer({ type, corps }, dessous) {
    if (type === "text/turtle") {
      const texte = element("pre", corps, { tabindex: "0", class: "turtle" });
      return dessous.replaceChildren(texte);
    }
    const lu = JSON.parse(corps);
    if (lu.results === undefined) return dessous.replaceChildren(element("p", lu.boolean ? phrases.oui : phrases.non));
    const total = lu.results.bindings.length;
    const compte = total > MONTREES ? dit(phrases.debut, { montrees: nombre(MONTREES), total: nombre(total) })
      : dit(total > 1 ? phrases.lignes : phrases.ligne, { total: nombre(total) });
    return dessous.replaceChildren(element("p", compte), ...(total ? [tableau(lu)] : []));
  }
  function prendre({ type, corps }, fin) {
    const adresse = URL.createObjectURL(new Blob([corps], { type }));
    element("a", "", { href: adresse, download: `resultat.${fin}` }).click();
    setTimeout(() => URL.revokeObjectURL(adresse), 10_000);
  }
  function dessousDe(form) {
    const suite = form.nextElementSibling;
    if (suite?.matches(".reponse")) return suite;
    const fait = element("div", "", { class: "reponse", role: "status" });
    form.after(fait);
    return fait;
  }
  async function executer(form, format) {
    const requete = form.elements.query.value, dessous = dessousDe(form);
    dessous.replaceChildren(element("p", phrases.attendre));
    try {
      const [forme, fin] = FORMES[format] ?? [];
      const reponse = await repondre(requete, { forme });
      if (fin) prendre(reponse, fin), dessous.replaceChildren();
      else montrer(reponse, dessous);
      if (compteMal(requete)) dessous.prepend(element("p", phrases.compteMal, { class: "accroche" }));
    } catch (erreur) {
      if (!erreur.json) throw erreur;
      const { title, detail, conseil } = erreur.json;
      dessous.replaceChildren(element("p", `${title}${phrases.deux} ${detail}. ${conseil}`, { class: "accroche" }));
    }
  }
  document.addEventListener("submit", (evenement) => {
    const form = evenement.target;
    if (form.action.split(/[?#]/)[0] !== service || !form.elements.query) return;
    evenement.preventDefault();
    const choix = form.elements.format;
    executer(form, evenement.submitter?.value || choix?.value || "html");
  });

  // at first, what is small enough: the newest legislatures
  let place = D_EMBLEE - copie.fichiers.filter((un) => !un.legislature && !un.textes).reduce((s, un) => s + un.octets, 0);
  cases.filter((c) => c.id !== "copie-textes").forEach((c, n) => {
    const { octets } = copie.fichiers.find((un) => un.legislature === c.name && !un.textes);
    place -= octets;
    c.checked = !n || place > 0;
  });
  byId("donnees-copie").hidden = false;
  byId("copie-charger").addEventListener("click", () => charger().catch(() => {}));

  // a query of another page comes in the address: it is shown and run
  const demandee = new URLSearchParams(location.search);
  if (demandee.has("query")) {
    const form = byId("formulaire"), requete = demandee.get("query");
    history.replaceState(null, "", `${location.pathname}#query=${encodeURIComponent(requete)}`);
    form.elements.query.value = requete;
    const reponse = byId("copie-reponse");
    const boite = element("div");
    reponse.append(element("h2", phrases.resultats), boite);
    reponse.hidden = false;
    executer({ elements: form.elements, nextElementSibling: null, after: (fait) => boite.append(fait) }, demandee.get("format") ?? "html");
  }
  globalThis.copieDeSparql = { repondre, charger, compteMal, gardes: () => gardes }; // for tests
})();
