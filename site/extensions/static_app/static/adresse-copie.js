// On the page of what is missing, on a host that only sends files: an IRI leads to its page, an
// answer to the question that has it; else the words of the address are there to be searched for.
"use strict";
(async () => {
  const racine = new URL("../../", document.currentScript.src);
  const chemin = decodeURIComponent(location.pathname.slice(racine.pathname.length)).replace(/\/$/, "");
  const champ = document.querySelector("main input[name=q]");
  const mots = chemin.split("/").at(-1).replace(/\.\w+$/, "").replace(/[-_+]/g, " ");
  if (champ && /^[\p{L}\p{N} ]+$/u.test(mots)) champ.value = mots;
  if (!chemin || /\.\w+$/.test(chemin)) return;
  const mener = async (page, suite) => {
    const reponse = await fetch(new URL(page, racine), { method: "HEAD" });
    if (reponse.ok) location.replace(new URL(page, racine) + suite);
    return reponse.ok;
  };
  if (await mener(`${chemin}.html`, location.hash)) return;
  const [, cle] = chemin.match(/^reponse\/([\w-]+)$/) ?? [];
  if (!cle) return;
  const table = await fetch(new URL(`faits/reponses/${cle.slice(-2).toLowerCase()}.json`, racine));
  const uid = table.ok && (await table.json())[cle];
  if (uid) await mener(`question/${uid}.html`, `#${cle}`);
})().catch(() => {});
