// People and what they want: each reaches it from the first page in so many steps – a link that is
// followed, a search that is sent, a button – wide and narrow, with scripts and without.
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { CHAMP, enPas } from "./machine.mjs";

const lien = (page, name) => page.getByRole("link", { name, exact: true });

// « le ministère X laisse n % des questions sans réponse dans les délais », and the query under it
export async function journaliste(browser, { serveur }) {
  await enPas(browser, serveur, 2, async (page, { aller, avecScript }) => {
    await aller(lien(page, "Ministères"), /ministeres/);
    const titre = page.locator("main thead th", { hasText: "Hors délai (% des réponses)" });
    if (avecScript && await titre.isVisible()) await aller(titre.getByRole("button"));
    const rang = await titre.evaluate((th) => th.cellIndex);
    const parts = await page.locator("main tbody tr").evaluateAll((lignes, n) =>
      lignes.map((ligne) => Number(ligne.cells[n].querySelector("data")?.value ?? -1)), rang);
    assert.ok(parts.some((part) => part > 0 && part <= 100));
    await page.locator("main summary", { hasText: "requête SPARQL" }).first().click();
    assert.match(await page.locator("main textarea").first().inputValue(), /SELECT/);
  });
  await enPas(browser, serveur, 2, async (page, { chercher }) => {
    await chercher("con*");
    const tout = page.getByRole("link", { name: /résultats? en CSV/ });
    const dits = Number((await page.locator("[role=status]").first().innerText()).match(/[\d\s]+/)[0].replace(/\s/g, ""));
    const recu = await page.request.get(await tout.evaluate((a) => a.href));
    assert.ok(dits > 20, "more than a page");
    assert.equal((await recu.text()).trimEnd().split(/\r?\n(?=[A-Z]+\d)/).length, dits + 1);
  });
}

// from a place to a deputy, whose questions are near the head of the page
export async function citoyenne(browser, { serveur }) {
  await enPas(browser, serveur, 3, async (page, { aller, chercher }) => {
    await chercher("Haute-Loire");
    await aller(page.locator("main section a[href*='departement/']"), /departement/);
    await aller(page.locator("#fiche-elus tbody a"), /depute/);
    const { y } = await page.locator("main ol.liste a[href*='question/']").first().boundingBox();
    const debut = await page.locator("main").boundingBox();
    assert.ok(y - debut.y < 2000, `questions begin at ${y - debut.y} pixels`);
  });
}

// an alert for a search, and questions that are alike
export async function collaborateur(browser, { serveur }) {
  await enPas(browser, serveur, 2, async (page, { aller, chercher }) => {
    await chercher("agriculture");
    await aller(page.getByRole("link", { name: /^Être averti/ }), /recherche\.atom/);
    assert.match(await page.getByLabel("Adresse du flux").inputValue(), /recherche\.atom\?q=agriculture$/);
  });
  await enPas(browser, serveur, 3, async (page, { aller, chercher }) => {
    await chercher("43349");
    await aller(page.locator("main a[href*='question/']"), /question/);
    await aller(lien(page, "Questions semblables"), /recherche/);
    assert.ok(await page.locator("main ol li").count() > 0);
  });
}

// a table with the texts
export async function politiste(browser, { serveur }) {
  await enPas(browser, serveur, 2, async (page, { aller }) => {
    await aller(lien(page, "Téléchargements"), /telechargements/);
    const adresse = await page.getByRole("link", { name: "tables/questions.csv.gz" }).evaluate((a) => a.href);
    const table = gunzipSync(await (await page.request.get(adresse)).body()).toString();
    assert.ok(table.slice(0, table.indexOf("\n")).trim().split(",").includes("texte"));
  });
}

// lines for QuickStatements, by what speaks for each item
export async function benevoleDeWikidata(browser, { serveur }) {
  await enPas(browser, serveur, 2, async (page, { aller, avecScript }) => {
    await aller(lien(page, "Liens vers Wikidata"), /liens/);
    await aller(page.locator("#candidats summary"));
    assert.match(await page.locator("#candidats textarea").first().inputValue(), /^Q\d+\tP4123\t"\d+"\tS854\t/);
    assert.equal(await page.locator("#candidats button").first().isVisible(), avecScript);
  });
}

// a first query, and its rows
export async function debutanteEnSparql(browser, { serveur }) {
  await enPas(browser, serveur, 2, async (page, { aller }) => {
    await aller(lien(page, "SPARQL"), /sparql/);
    await aller(page.locator("form[data-nom=marche-1] button[value=html]"), /sparql\?/);
    assert.ok(await page.locator("main tbody tr").count() > 0);
  });
}

// what the field of the first page suggests finds something
export async function nouvelleVenue(browser, { serveur }) {
  await enPas(browser, serveur, 3, async (page, { chercher }) => {
    const indice = await page.locator(CHAMP).first().getAttribute("placeholder");
    const proposes = indice.replace("…", "").split(", ");
    assert.equal(proposes.length, 3);
    for (const mots of proposes) {
      await page.goto(serveur);
      await chercher(mots);
      assert.ok(await page.locator("main li a").count() > 0, mots);
    }
  });
}

// the same in English: a search, and a question whose frame is English
export async function anglophone(browser, { serveur }) {
  await enPas(browser, serveur, 3, async (page, { aller, chercher }) => {
    await aller(lien(page, "English"), /index\.en/);
    await chercher("agriculture");
    await aller(page.locator("main ol a[href*='question/']"), /question\/\w+\.en\.html/);
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    assert.equal(await page.locator("h1").getAttribute("lang"), "fr");
    assert.ok(await page.getByRole("heading", { name: "In brief" }).isVisible());
  });
}
