import assert from "node:assert/strict";
import { changer, enPas } from "../../website/browser/machine.mjs";

const NOMME = "Jérôme Guedj";

// two deputies side by side: by a name, written in a field; each in its column
export async function deuxDeputesCoteACote(browser, { serveur }) {
  await enPas(browser, serveur, 3, async (page, { aller, chercher }) => {
    await chercher("wauquiez");
    await aller(page.getByRole("link", { name: "Laurent Wauquiez", exact: true }));
    await page.getByLabel("Comparer avec").fill(NOMME);
    await aller(page.getByRole("button", { name: "Comparer", exact: true }));
    await page.waitForURL(/comparer\?/);
    assert.deepEqual(await page.locator("table thead a").allInnerTexts(), ["Laurent Wauquiez", NOMME]);
    const champs = page.locator("main form input:not([type=hidden])");
    assert.deepEqual(await champs.evaluateAll((tous) => tous.map((un) => un.value)), ["Laurent Wauquiez", NOMME]);
    await changer(page, page.getByRole("button", { name: "Comparer", exact: true }));
    assert.deepEqual(await page.locator("table thead a").allInnerTexts(), ["Laurent Wauquiez", NOMME]);
  });
}
