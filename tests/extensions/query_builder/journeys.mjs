import assert from "node:assert/strict";
import { ouvrir } from "../../website/browser/machine.mjs";

// a form writes the query: no script, and the keyboard alone sends it
export async function sansSparqlNiJavaScript(browser, { serveur }) {
  await ouvrir(browser, `${serveur}sparql.html`, { javaScriptEnabled: false }, async (page) => {
    await page.getByRole("link", { name: "Sans SPARQL", exact: true }).click();
    await page.getByLabel("Statut", { exact: true }).selectOption("statut-repondue-hors-delai");
    await page.getByLabel("Compter").selectOption({ label: "groupe" });
    await page.getByRole("button", { name: "Chercher" }).last().focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/construire\?.*par=groupe/);
    const lignes = page.locator("#resultat tbody tr");
    await lignes.nth(1).waitFor();
    assert.match(await page.locator("#resultat textarea").inputValue(), /qp:statut qp:statut-repondue-hors-delai/);
    await page.getByRole("link", { name: "Adresse permanente" }).click();
    await page.waitForURL(/\?quoi=question&statut=statut-repondue-hors-delai&par=groupe/);
    await lignes.first().getByRole("link").click();
    await page.waitForURL(/\/groupe\//);
  });
}
