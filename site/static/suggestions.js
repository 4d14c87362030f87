// Suggestions while typing, below each field of the search: the combobox pattern of WAI-ARIA.
// Without this script, or without a server, the field searches as any form does.
"use strict";

(() => {
  const ATTENTE = 120; // milliseconds after the last letter
  const MOINS = 2; // letters that are typed before anything is suggested
  const racine = new URL("../", document.currentScript.src);
  const { lang } = document.documentElement;
  const reponses = lang === "fr" ? "suggestions.json" : `suggestions.${lang}.json`;
  let muet = location.protocol === "file:"; // nobody answers

  async function demander(q, signal) {
    const adresse = new URL(`recherche/${reponses}?${new URLSearchParams({ q })}`, racine);
    const reponse = await fetch(adresse, { signal });
    if (!reponse.ok) return { suggestions: [] };
    const { suggestions, annonce, statique } = await reponse.json();
    muet = Boolean(statique);
    return { suggestions: suggestions ?? [], annonce };
  }

  function element(nom, texte = "", attributs = {}) {
    const fait = document.createElement(nom);
    fait.textContent = texte;
    Object.entries(attributs).forEach(([attribut, valeur]) => fait.setAttribute(attribut, valeur));
    return fait;
  }

  function suggerer(champ) {
    const id = `${champ.id}-suggestions`;
    const liste = element("ul", "", { id, role: "listbox", class: "suggestions", "aria-label": "Suggestions" });
    const dit = element("p", "", { class: "lecture", "aria-live": "polite" });
    const cadre = element("span", "", { class: "champ" });
    champ.before(cadre);
    cadre.append(champ, liste, dit);
    liste.hidden = true;
    const roles = { role: "combobox", "aria-controls": id, "aria-expanded": "false", "aria-autocomplete": "list", autocomplete: "off" };
    Object.entries(roles).forEach(([attribut, valeur]) => champ.setAttribute(attribut, valeur));
    let attente, demande, choisie = -1;

    function fermer() {
      liste.hidden = true;
      choisie = -1;
      champ.setAttribute("aria-expanded", "false");
      champ.removeAttribute("aria-activedescendant");
    }

    function choisir(rang) {
      clearTimeout(attente);
      demande?.abort(); // a late answer takes nobody's choice away
      const options = [...liste.children];
      choisie = (rang + options.length + 1) % (options.length + 1);
      if (choisie === options.length) choisie = -1; // back in the field
      options.forEach((option, n) => option.setAttribute("aria-selected", String(n === choisie)));
      if (choisie < 0) champ.removeAttribute("aria-activedescendant");
      else {
        champ.setAttribute("aria-activedescendant", options[choisie].id);
        options[choisie].scrollIntoView({ block: "nearest" });
      }
    }

    function aller(option) {
      location.assign(new URL(option.dataset.chemin, racine));
    }

    function montrer({ suggestions: trouvees, annonce = "" }) {
      liste.replaceChildren(...trouvees.map(({ genre_en_clair, nom, detail, chemin }, n) => {
        const option = element("li", "", { id: `${id}-${n}`, role: "option", "aria-selected": "false", "data-chemin": chemin });
        option.append(element("span", `${genre_en_clair} `, { class: "genre" }), element("span", nom));
        if (detail) option.append(element("span", ` ${detail}`, { class: "detail" }));
        return option;
      }));
      dit.textContent = annonce;
      choisie = -1;
      liste.hidden = !trouvees.length;
      champ.setAttribute("aria-expanded", String(!liste.hidden));
    }

    async function chercher() {
      const q = champ.value.trim();
      demande?.abort();
      if (q.length < MOINS || muet) return fermer();
      demande = new AbortController();
      const { signal } = demande;
      try {
        const trouvees = await demander(q, signal);
        if (document.activeElement === champ) montrer(trouvees);
      } catch {
        if (!signal.aborted) fermer();
      }
      return undefined;
    }

    champ.addEventListener("input", () => {
      clearTimeout(attente);
      attente = setTimeout(chercher, ATTENTE);
    });
    champ.addEventListener("keydown", (touche) => {
      if (liste.hidden) return;
      const fait = {
        ArrowDown: () => choisir(choisie + 1),
        ArrowUp: () => choisir(choisie < 0 ? liste.children.length - 1 : choisie - 1),
        Escape: fermer,
        Enter: choisie >= 0 ? () => aller(liste.children[choisie]) : null,
      }[touche.key];
      if (fait) {
        touche.preventDefault();
        fait();
      }
    });
    champ.addEventListener("blur", fermer);
    liste.addEventListener("mousedown", (clic) => clic.preventDefault()); // the field keeps the focus
    liste.addEventListener("click", (clic) => {
      const option = clic.target.closest("[role=option]");
      if (option) aller(option);
    });
  }

  document.querySelectorAll('form[role="search"] input[name="q"]').forEach(suggerer);
})();
