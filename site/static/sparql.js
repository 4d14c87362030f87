// The page of SPARQL: YASGUI over the plain form, with our examples, our prefixes and our terms.
// It speaks to one service only, and completes from what stands in the page.
"use strict";
(() => {
  const LONG = 30; // characters of the name of a tab
  const LONGUE = 300; // characters of what is wrong: the engine lists all that it expected
  const byId = (id) => document.getElementById(id);
  const estFrancais = document.documentElement.lang === "fr";
  const dire = (francais, anglais) => (estFrancais ? francais : anglais);
  const donnees = JSON.parse(byId("donnees").textContent);
  const service = byId("formulaire").action; // in an export, that of the published site
  const fragment = new URLSearchParams(location.hash.slice(1));

  if (fragment.has("query")) byId("query").value = fragment.get("query");
  // a page of a copy leads to a query here, and names the thing that it asks about by its path
  const modele = byId(location.hash.slice(1)), chose = new URLSearchParams(location.search).get("chose");
  if (modele?.dataset.chose && /^[\w/.-]+$/.test(chose ?? "")) {
    const zone = modele.querySelector("textarea"), base = donnees.service.replace(/sparql$/, "");
    zone.value = zone.value.replaceAll(`<${modele.dataset.chose}>`, `<${base}${chose}>`);
    addEventListener("load", () => modele.scrollIntoView());
  }

  if (!window.Yasgui || !byId("atelier")) return;

  const { Yasgui } = window;
  const { Yasqe, Yasr } = Yasgui;
  const lien = (query) =>
    `${location.href.split("#")[0]}#query=${encodeURIComponent(query)}`;

  // completion: from our own lists, where YASGUI would ask prefix.cc or Linked Open Vocabularies
  const commencent = (liste) => (yasqe, token) =>
    liste.filter((iri) => iri.startsWith((token && token.autocompletionString) || ""));
  const prefixes = Object.entries(donnees.prefixes).map(([nom, iri]) => `${nom}: <${iri}>`);
  Yasqe.defaults.autocompleters = ["variables"];
  Yasqe.forkAutocompleter("prefixes", {
    name: "qp-prefixes",
    get: () => prefixes,
    persistenceId: null,
  });
  Yasqe.forkAutocompleter("class", { name: "qp-classes", get: commencent(donnees.classes) });
  Yasqe.forkAutocompleter("property", {
    name: "qp-proprietes",
    get: commencent(donnees.proprietes),
  });

  // what the server says of a query that it refuses is JSON (RFC 9457)
  const probleme = async (error) => {
    try {
      const { title, detail } = JSON.parse(error.text);
      const element = document.createElement("p");
      const texte = `${title} : ${detail}`;
      element.textContent = texte.length > LONGUE ? `${texte.slice(0, LONGUE)}…` : texte;
      return element;
    } catch {
      return undefined;
    }
  };
  Yasr.defaults.errorRenderers = [probleme];

  const { table: Table, response: Response } = Yasr.plugins;
  if (estFrancais) Object.assign(Table.defaults.tableConfig.language, {
    info: "Lignes _START_ à _END_ sur _TOTAL_",
    infoEmpty: "Aucune ligne",
    infoFiltered: "(parmi _MAX_)",
    emptyTable: "Aucune ligne",
    zeroRecords: "Aucune ligne ne convient",
  });
  // what the service answers is text: a cell is made of nodes, where the table of YASGUI writes HTML
  Table.defaults.tableConfig.autoWidth = false; // its measure writes HTML that it has changed
  const echapper = (texte) => texte.replace(/[&<>"]/g, (signe) => `&#${signe.charCodeAt()};`);
  const texteDe = ({ value }) => (typeof value === "string" ? value : JSON.stringify(value));
  const element = (nom, classe, ...contenu) => {
    const fait = document.createElement(nom);
    if (classe) fait.className = classe;
    fait.append(...contenu);
    return fait;
  };
  const lienVers = (iri, connus, bref) => {
    const [nom, espace] = Object.entries(connus).find(([, debut]) => iri.startsWith(debut)) ?? [];
    const court = espace !== undefined;
    const dit = court ? `${nom}:${iri.slice(espace.length)}` : iri;
    const lien = element(/^https?:/i.test(iri) ? "a" : "span", "iri", dit);
    if (lien.tagName === "A") {
      Object.assign(lien, { href: iri, target: "_blank", rel: "noopener noreferrer" });
    }
    return court || bref ? [lien] : ["<", lien, ">"];
  };
  const cellule = (valeur, connus, bref) => {
    if (valeur.type === "uri") {
      return element("div", "", element("span", "", ...lienVers(valeur.value, connus, bref)));
    }
    const langue = valeur["xml:lang"];
    const suite = langue ? [`@${langue}`]
      : valeur.datatype ? ["^^", ...lienVers(valeur.datatype, connus, false)] : [];
    const dit = texteDe(valeur);
    const contenu = bref || !suite.length ? [dit] : [`"${dit}"`, element("sup", "", ...suite)];
    return element("div", "", element("span", "nonIri", ...contenu));
  };
  // YASGUI puts the value of another column in place of `{{its name}}`: take what was answered
  const telsQuels = (resultats) => {
    const json = resultats?.getAsJson();
    if (resultats?.getType() !== "json" || !json?.results) return;
    json.results.bindings = JSON.parse(resultats.getOriginalResponseAsString()).results.bindings;
  };
  Yasr.registerPlugin("table", class extends Table {
    label = dire("Tableau", "Table");
    draw(kept) {
      telsQuels(this.yasr.results);
      super.draw({ compact: true, ...kept });
    }
    getColumns() {
      const connus = this.yasr.getPrefixes();
      const dessiner = (valeur, pour) => {
        if (valeur === "") return valeur; // unbound
        if (pour === "display") return cellule(valeur, connus, this.persistentConfig.compact);
        // to search in, which reads references; to sort by
        return pour === "sort" ? texteDe(valeur) : echapper(texteDe(valeur));
      };
      const [rangs, ...autres] = super.getColumns();
      return rangs
        ? [rangs, ...autres.map((un) => ({ ...un, title: echapper(un.name), render: dessiner }))]
        : [];
    }
  });
  Yasr.registerPlugin("response", class extends Response { label = dire("Réponse brute", "Raw response"); });
  Yasgui.Tab.prototype.getShareableLink = function () {
    return lien(this.getQuery());
  };

  // the service knows these prefixes; the editor marks in red those that a query does not declare
  const declarer = (requete) => Object.entries(donnees.prefixes)
    .filter(([nom]) => new RegExp(`(^|[^\\w:])${nom}:`, "m").test(requete)
      && !new RegExp(`PREFIX\\s+${nom}:`, "i").test(requete))
    .map(([nom, iri]) => `PREFIX ${nom}: <${iri}>\n`).join("") + requete;

  const options = {
    persistenceId: "questions-parlementaires",
    tabName: dire("Requête", "Query"),
    autofocus: false,
    populateFromUrl: false, // it would take the address of a service from a link
    copyEndpointOnNewTab: false,
    // functions: what is stored cannot send a query elsewhere
    requestConfig: { endpoint: () => service, method: () => "POST", headers: () => ({ "Accept-Language": document.documentElement.lang }) },
    endpointCatalogueOptions: { getData: () => [] },
    yasqe: {
      value: declarer(byId("query").defaultValue),
      prefixCcApi: null,
      extraKeys: { Tab: false, "Shift-Tab": false }, // the keyboard can leave the editor
      screenReaderLabel: dire("Requête SPARQL", "SPARQL query"),
    },
    // results are not stored: the browser gives five megabytes to all pages of a site together
    yasr: {
      prefixes: { ...donnees.prefixes, "": donnees.service.replace(/sparql$/, "") },
      maxPersistentResponseSize: 0,
    },
  };

  // YASGUI speaks English only: what it says in its own frame, never in a query or a result
  const FRANCAIS = new Map(Object.entries({
    "Simple view": "Vue simple",
    "Ellipse": "Abréger",
    "Filter query results": "Filtrer les résultats",
    "Page size: ": "Lignes par page : ",
    "All": "Toutes",
    "Download result": "Télécharger le résultat",
    "Download Results": "Télécharger les résultats",
    "Download not supported": "Ne se télécharge pas",
    "Try query in a new browser window": "Essayer dans une autre fenêtre",
    "Show all": "Tout montrer",
    "Run query": "Exécuter la requête",
    "Share query": "Partager la requête",
    "Run Query": "Exécuter la requête",
    "Abort query": "Arrêter la requête",
    "Share Query": "Partager la requête",
    "Fullscreen": "Plein écran",
    "Add tab": "Ajouter un onglet",
    "Add a new tab": "Ajouter un onglet",
    "Close tab": "Fermer l’onglet",
    "New Tab": "Nouvel onglet",
    "Rename Tab": "Renommer l’onglet",
    "Copy Tab": "Dupliquer l’onglet",
    "Close Tab": "Fermer l’onglet",
    "Close other tabs": "Fermer les autres onglets",
    "Undo close Tab": "Rouvrir l’onglet fermé",
    "Unable to get response from endpoint. Possible reasons:": "Le service ne répond pas.",
    "Press CTRL - <spacebar> to autocomplete": "Ctrl + Espace complète",
  }));
  const traduire = (texte) => {
    if (!estFrancais) return undefined;
    const duree = texte.match(/^(\d+) results? in ([\d.]+) seconds?$/);
    if (duree) return `${duree[1]} ligne${duree[1] > 1 ? "s" : ""} en ${duree[2].replace(".", ",")} s`;
    return FRANCAIS.get(texte);
  };
  // what it leaves to the mouse: scrolling a text, and the button among its tabs that makes one
  const ouvrirAuClavier = (element) => {
    const tous = (selecteur) =>
      [element, ...element.querySelectorAll(selecteur)].filter((un) => un.matches(selecteur));
    for (const texte of tous(".CodeMirror-scroll")) texte.tabIndex = 0;
    for (const bouton of tous("[role=tablist] button.addTab")) bouton.setAttribute("role", "tab");
  };
  const franciser = (noeud) => {
    const element = noeud.nodeType === Node.ELEMENT_NODE ? noeud : noeud.parentElement;
    if (noeud === element) ouvrirAuClavier(element);
    if (!element || element.closest(".CodeMirror, td")) return;
    if (noeud !== element) {
      if (element.closest(".tab")) return; // what a tab is called is up to its owner
      const dit = traduire(noeud.data);
      if (dit !== undefined) noeud.data = dit;
      return;
    }
    for (const nom of ["title", "aria-label", "placeholder"]) {
      const dit = traduire(element.getAttribute(nom) ?? "");
      if (dit !== undefined) element.setAttribute(nom, dit);
    }
    element.childNodes.forEach(franciser);
  };
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") addedNodes.forEach(franciser);
      else franciser(target);
    }
  }).observe(byId("yasgui"), {
    subtree: true, childList: true, characterData: true,
    attributes: true, attributeFilter: ["title", "aria-label", "placeholder"],
  });

  const monter = () => {
    const atelier = byId("atelier");
    atelier.hidden = false; // before: the editor measures itself
    try {
      return new Yasgui(byId("yasgui"), options);
    } catch (error) { // a full or broken storage: once more without it
      byId("yasgui").replaceChildren();
      return new Yasgui(byId("yasgui"), { ...options, persistenceId: null });
    }
  };
  const yasgui = monter();
  byId("simple").hidden = true;

  const onglet = (demandee, name) => {
    const value = declarer(demandee);
    const { persistentConfig } = yasgui;
    const known = persistentConfig.getTabs()
      .find((id) => persistentConfig.getTab(id)?.yasqe.value === value);
    if (known) yasgui.selectTabId(known);
    else yasgui.addTab(true, { ...(name && { name }), yasqe: { value } });
    return yasgui.getTab();
  };
  const ouvrir = (form) => {
    const titre = form.dataset.titre ?? form.parentNode.querySelector("summary").textContent;
    onglet(form.elements.query.value,
      titre.length > LONG ? `${titre.slice(0, LONG)}…` : titre);
    byId("atelier").scrollIntoView();
  };
  if (fragment.has("query")) onglet(fragment.get("query")); // whoever followed the link runs it
  const exemples = new Map(
    [...document.querySelectorAll(".exemple-sparql")].map((form) => [form.dataset.nom, form]),
  );
  for (const theme of document.querySelectorAll("#les-exemples ~ h3")) {
    const groupe = document.createElement("optgroup");
    groupe.label = theme.textContent;
    let exemple = theme.nextElementSibling;
    for (; exemple?.matches("details.requete"); exemple = exemple.nextElementSibling) {
      const { nom } = exemple.querySelector("form").dataset;
      groupe.append(new Option(exemple.querySelector("summary").textContent, nom));
    }
    byId("exemples").append(groupe);
  }
  byId("exemples").addEventListener("change", ({ target }) => {
    if (exemples.has(target.value)) ouvrir(exemples.get(target.value));
    target.value = "";
  });
  for (const form of exemples.values()) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "second";
    button.textContent = dire("Ouvrir dans l’éditeur", "Open in the editor");
    button.addEventListener("click", () => ouvrir(form));
    form.querySelector("button").parentNode.append(" ", button);
  }
  byId("oublier").addEventListener("click", () => {
    yasgui.removeAllListeners(); // nothing is stored any more
    localStorage.removeItem(`${options.persistenceId}_config`);
    location.replace(location.href.split("#")[0]);
  });
})();
