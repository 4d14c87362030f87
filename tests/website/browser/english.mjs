// A scholar who reads no French: from the first page ever deeper, and each page is in English, with
// a way into French.
import assert from "node:assert/strict";
import { NUIT, deplier, ouvrir, surTouteMachine } from "./machine.mjs";

export async function savanteEtrangere(browser, { serveur }) {
  const surMachines = NUIT ? surTouteMachine : (b, faire) => ouvrir(b, null, { viewport: { width: 360, height: 800 } }, faire);
  await surMachines(browser, async (page) => {
    const vues = [];
    const regarder = async () => {
      vues.push(new URL(page.url()).pathname);
      assert.equal(await page.locator("html").getAttribute("lang"), "en", page.url());
      assert.ok(await page.locator("a.langue[hreflang=fr]").first().isVisible(), page.url());
      assert.equal(await page.locator("head link[hreflang=fr]").count(), 1, page.url());
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), page.url());
    };
    const aller = async (quoi, ou) => {
      await deplier(quoi.first());
      await quoi.first().click();
      await page.waitForURL(ou);
      await regarder();
    };
    const menu = (nom) => page.locator("header nav a").filter({ hasText: new RegExp(`^${nom}$`) });
    const pied = (nom) => page.locator("footer").getByRole("link", { name: nom, exact: true });
    await page.goto(serveur);
    await aller(page.getByRole("link", { name: "English", exact: true }), /index\.en/);
    await aller(menu("Subject headings"), /rubriques\.en/);
    await aller(page.locator("main tbody a"), /rubrique\/.*\.en/);
    await aller(page.locator("#fiche-ministeres tbody a"), /ministere\/.*\.en/);
    await aller(page.locator("#fiche-auteurs tbody a"), /depute\/.*\.en/);
    await aller(page.locator("#fiche-parcours tbody a[href*='groupe/']"), /groupe\/.*\.en/);
    await aller(page.locator("main ol.liste a[href*='question/']"), /question\/.*\.en/);
    await aller(pied("Statistics"), /statistiques\.en/);
    await aller(menu("SPARQL"), /sparql\.en/);
    await aller(pied("Downloads"), /telechargements\/index\.en/);
    await aller(pied("Licence and citation"), /licence\.en/);
    await aller(pied("Ministers, month by month"), /ministres\.en/);
    await aller(page.locator("main tbody a[href*='ministres/']"), /ministres\/.*\.en/);
    await aller(menu("Charts"), /images\.en/);
    await aller(pied("Data quality"), /qualite\.en/);
    await aller(pied("Links to Wikidata"), /liens\.en/);
    await page.locator("a.langue[hreflang=fr]").click();
    await page.waitForURL(/liens\.html/);
    assert.equal(await page.locator("html").getAttribute("lang"), "fr");
    assert.ok(new Set(vues).size >= 15, vues.join(" "));
  });
}
