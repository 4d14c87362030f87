// A button copies the field that it names; without this script it stays hidden.
"use strict";

for (const bouton of document.querySelectorAll("button[data-copie]")) {
  const champ = document.getElementById(bouton.dataset.copie);
  bouton.hidden = false;
  bouton.addEventListener("click", async () => {
    champ.select();
    await navigator.clipboard?.writeText(champ.value).then(() => {
      bouton.textContent = document.documentElement.lang === "fr" ? "Copié" : "Copied";
    }, () => {});
  });
}
