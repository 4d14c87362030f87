// What people find by a search from the first page, in as many steps as it should take: a misspelt
// name, a ministry, a heading in English, references, what is due; and the same without a server.
import assert from "node:assert/strict";
import { enPas, ouvrir } from "./machine.mjs";

const PREMIERE = "main section.choses li:first-child span > a";

export async function citoyenneQuiEcritMal(browser, { serveur }) {
  for (const mots of ["marine lepen", "Marin Le Penn"])
    await enPas(browser, serveur, 2, async (page, { aller, chercher }) => {
      await chercher(mots);
      await aller(page.locator(PREMIERE), /depute\/PA720614/);
    });
}

// the ministry of today; those before it are one click further, also without scripts
export async function journalisteEtLeMinistere(browser, { serveur }) {
  await enPas(browser, serveur, 3, async (page, { aller, chercher }) => {
    await chercher("ministre de la santé");
    assert.match(await page.locator(PREMIERE).first().innerText(), /depuis 2025/);
    const avant = page.locator("main section.choses details").first();
    assert.equal(await avant.locator("a").first().isVisible(), false);
    await avant.locator("summary").click();
    assert.ok(await avant.locator("a[href*='ministere/']").count() > 3);
    await aller(page.locator(PREMIERE), /ministere\/PO873673/);
  });
}

export async function chercheuseQuiNeLitPasLeFrancais(browser, { serveur }) {
  await enPas(browser, `${serveur}index.en.html`, 2, async (page, { aller, chercher }) => {
    await chercher("rail transport");
    const premiere = page.locator("main section.choses li").first();
    assert.match(await premiere.innerText(), /heading\s+Transports ferroviaires rail transport/i);
    await aller(page.locator(PREMIERE), /rubrique\/transports-ferroviaires/);
  });
}

export async function bibliothecaireEtSesReferences(browser, { serveur }) {
  await enPas(browser, serveur, 2, async (page, { chercher }) => {
    await chercher("santé");
    const dits = Number((await page.locator("[role=status]").first().innerText()).match(/\d+/)[0]);
    for (const [nom, debut] of [["RIS", /^TY {2}- GOVDOC/gm], ["BibTeX", /^@misc\{/gm]]) {
      const lien = page.getByRole("link", { name: nom, exact: true });
      const recu = await page.request.get(await lien.evaluate((a) => a.href));
      assert.equal((await recu.text()).match(debut).length, dits);
    }
  });
}

export async function collaborateurEtCeQuiEstDu(browser, { serveur }) {
  await enPas(browser, serveur, 2, async (page, { aller, chercher }) => {
    await chercher("guedj");
    await page.locator("select[name=tri]").selectOption("echeance");
    await aller(page.locator("main form button"), /tri=echeance/);
    const premiere = await page.locator("main ol.liste li").first().innerText();
    assert.match(premiere, /réponse attendue pour le \d+/);
  });
}

// the index in files names the same things first, folded as on the server
export async function laRechercheStatiqueNommeLesMemes(browser, { statique, disque }) {
  for (const base of [statique, disque])
    await ouvrir(browser, null, {}, async (page) => {
      const premiere = async (q) => {
        await page.goto(`${base}recherche.html?${new URLSearchParams({ q })}`);
        await page.waitForFunction(() => /trouvée/.test(document.querySelector("[role=status]").textContent));
        const liens = page.locator(PREMIERE);
        return await liens.count() ? (await liens.first().getAttribute("href")).replace(/\.html$/, "") : "";
      };
      for (const [q, attendue] of Object.entries({
        "ministre de la santé": "ministere/PO873673",
        "secrétaire d’État à l’intérieur": "ministere/PO873643",
        "marine lepen": "depute/PA720614",
        "Marin Le Penn": "depute/PA720614",
        "Jerome Guedge": "depute/PA1567",
        "rail transport": "rubrique/transports-ferroviaires",
        "minister of health": "ministere/PO873673",
        farmers: "",
      })) assert.equal(await premiere(q), attendue, q);
      await premiere("ministre de la santé");
      assert.ok(await page.locator("main section.choses details a[href^='ministere/']").count() > 3);
    });
}
