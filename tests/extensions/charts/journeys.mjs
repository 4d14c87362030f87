import assert from "node:assert/strict";
import { ouvrir, surTouteMachine } from "../../website/browser/machine.mjs";

// the query of the editor as a chart, and then as a map, on a page of its own
export async function requeteEnGraphiqueEtEnCarte(browser, { serveur }) {
  await ouvrir(browser, `${serveur}sparql.html`, {}, async (page) => {
    const bouton = page.getByRole("button", { name: "Graphique ou carte" });
    if (!(await page.locator("#atelier").count())) return; // a site without YASGUI has no editor
    await page.getByLabel("Exemple", { exact: true }).selectOption("par-departement");
    await bouton.click();
    await page.waitForURL(/sparql\?query=.*vue=graphique/);
    assert.ok((await page.locator("figure.barres rect").count()) > 5);
    await page.getByRole("link", { name: "Carte", exact: true }).click();
    await page.waitForURL(/vue=carte/);
    assert.ok((await page.locator("figure.carte rect").count()) > 90);
    assert.ok((await page.locator("main tbody tr").count()) > 50);
  });
}

// a square of the map leads to the deputies of a department
export async function trouverParLaCarte(browser, { serveur }) {
  await surTouteMachine(browser, async (page) => {
    await page.goto(`${serveur}trouver-mon-depute.html`);
    await page.locator("svg a[href='departement/43.html']").click();
    await page.waitForURL(/departement\/43/);
  });
}

// a chart of the first page, and its numbers
export async function etudiante(browser, { serveur }) {
  await surTouteMachine(browser, async (page) => {
    await page.goto(serveur);
    const image = page.locator("figure.planche").first();
    assert.ok((await image.locator("svg rect").count()) > 5);
    const nombres = image.getByRole("link", { name: "nombres (CSV)" });
    const recu = await page.request.get(await nombres.evaluate((a) => a.href));
    assert.ok((await recu.text()).trimEnd().split("\n").length > 3);
  });
}
