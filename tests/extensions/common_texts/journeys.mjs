// Who writes the questions? From the first page to two texts side by side, in two steps.
import assert from "node:assert/strict";
import { surTouteMachine } from "../../website/browser/machine.mjs";

// the words that two questions share, marked
export async function observatriceDesGroupesDInteret(browser, { copie }) {
  await surTouteMachine(browser, async (page) => {
    await page.goto(`${copie}index.html`);
    await page.getByRole("link", { name: "Textes communs" }).first().click();
    await page.waitForURL(/textes-communs\.html/);
    await page.locator("main ol.liste li a").first().click();
    await page.waitForURL(/texte-commun\//);
    assert.ok(await page.locator("main mark").count() > 0);
  });
}
