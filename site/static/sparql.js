// The page of SPARQL: YASGUI over the plain form, with our examples, our prefixes and our terms.
// It speaks to one service only, and completes from what stands in the page.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const donnees = JSON.parse(byId("donnees").textContent);
  const local = location.protocol === "file:"; // no server here: ask that of the base
  const service = local ? donnees.service : new URL("sparql", location.href).href;
  const fragment = new URLSearchParams(location.hash.slice(1));
  const forms = [byId("formulaire"), ...document.querySelectorAll(".exemple-sparql")];

  if (local) for (const form of forms) form.action = service;
  if (fragment.has("query")) byId("query").value = fragment.get("query");
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
      element.textContent = `${title} : ${detail}`;
      return element;
    } catch {
      return undefined;
    }
  };
  Yasr.defaults.errorRenderers = [probleme];

  const { table: Table, response: Response } = Yasr.plugins;
  Object.assign(Table.defaults.tableConfig.language, {
    info: "Lignes _START_ à _END_ sur _TOTAL_",
    infoEmpty: "Aucune ligne",
    infoFiltered: "(parmi _MAX_)",
    emptyTable: "Aucune ligne",
    zeroRecords: "Aucune ligne ne convient",
  });
  Yasr.registerPlugin("table", class extends Table { label = "Tableau"; });
  Yasr.registerPlugin("response", class extends Response { label = "Réponse brute"; });
  Yasgui.Tab.prototype.getShareableLink = function () {
    return lien(this.getQuery());
  };

  const options = {
    persistenceId: "questions-parlementaires",
    tabName: "Requête",
    autofocus: false,
    copyEndpointOnNewTab: false,
    // functions: neither a link nor what is stored can send a query elsewhere
    requestConfig: { endpoint: () => service, method: () => "POST", headers: () => ({}) },
    endpointCatalogueOptions: { getData: () => [] },
    yasqe: {
      value: byId("query").defaultValue,
      prefixCcApi: null,
      extraKeys: { Tab: false, "Shift-Tab": false }, // the keyboard can leave the editor
      screenReaderLabel: "Requête SPARQL",
    },
    // results are not stored: the browser gives five megabytes to all pages of a site together
    yasr: { prefixes: donnees.prefixes, maxPersistentResponseSize: 0 },
  };

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

  const ouvrir = (form) => {
    const query = form.elements.query.value;
    const tab = yasgui.addTab(true, { name: form.dataset.titre, yasqe: { value: query } },
      { avoidDuplicateTabs: true });
    byId("atelier").scrollIntoView();
    return tab;
  };
  const exemples = new Map(
    [...document.querySelectorAll(".exemple-sparql")].map((form) => [form.dataset.nom, form]),
  );
  byId("exemples").addEventListener("change", ({ target }) => {
    if (exemples.has(target.value)) ouvrir(exemples.get(target.value));
    target.value = "";
  });
  for (const form of exemples.values()) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Ouvrir dans l’éditeur";
    button.addEventListener("click", () => ouvrir(form));
    form.prepend(button, " ");
  }
  byId("oublier").addEventListener("click", () => {
    yasgui.removeAllListeners(); // nothing is stored any more
    localStorage.removeItem(`${options.persistenceId}_config`);
    location.replace(location.href.split("#")[0]);
  });
})();
