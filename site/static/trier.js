// The heading of each column of a table sorts its rows; without this script they stay as the query has ordered them.
"use strict";

const lettres = new Intl.Collator("fr", { numeric: true });

function valeur(ligne, colonne) {
  const dit = ligne.cells[colonne].querySelector("data, time");
  if (dit) return dit.value ?? dit.dateTime;
  return ligne.cells[colonne].querySelector(".rien") ? "" : ligne.cells[colonne].textContent.trim();
}

function compare(une, autre, sens) {
  if (!une || !autre) return !une - !autre; // what is absent comes last, whatever the order
  const ecart = Number(une) - Number(autre);
  return sens * (Number.isNaN(ecart) ? lettres.compare(une, autre) : ecart);
}

const peu = (ligne) => ligne.classList.contains("peu"); // too few questions: after the others

for (const table of document.querySelectorAll("table.triable")) {
  if (table.tBodies.length !== 1) continue; // its letters are its order
  const corps = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((titre, colonne) => {
    const bouton = document.createElement("button");
    bouton.type = "button";
    bouton.append(...titre.childNodes);
    titre.append(bouton);
    bouton.addEventListener("click", () => {
      const premier = titre.classList.contains("n") ? "descending" : "ascending"; // of numbers, the greatest
      const autre = premier === "ascending" ? "descending" : "ascending";
      const ordre = titre.getAttribute("aria-sort") === premier ? autre : premier;
      for (const t of table.tHead.rows[0].cells) t.removeAttribute("aria-sort");
      titre.setAttribute("aria-sort", ordre);
      const sens = ordre === "ascending" ? 1 : -1;
      corps.append(...[...corps.rows].sort((a, b) =>
        peu(a) - peu(b) || compare(valeur(a, colonne), valeur(b, colonne), sens)));
    });
  });
}
