import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { surTouteMachine } from "../../website/browser/machine.mjs";

// a chart of the first page, its numbers, and its PNG, which the browser draws
export async function etudiante(browser, { serveur }) {
  await surTouteMachine(browser, async (page, avecScript) => {
    await page.goto(serveur);
    const image = page.locator("figure.planche").first();
    assert.ok((await image.locator("svg rect").count()) > 5);
    const nombres = image.getByRole("link", { name: "nombres (CSV)" });
    const recu = await page.request.get(await nombres.evaluate((a) => a.href));
    assert.ok((await recu.text()).trimEnd().split("\n").length > 3);
    const bouton = image.getByRole("button", { name: "image (PNG)" });
    if (!avecScript) {
      assert.equal(await bouton.count(), 0, "hidden");
      return;
    }
    const [png] = await Promise.all([page.waitForEvent("download"), bouton.click()]);
    assert.match(png.suggestedFilename(), /^[\w-]+\.png$/);
    const debut = (await readFile(await png.path())).subarray(0, 4);
    assert.equal(debut.toString("latin1"), "\x89PNG");
  });
}
