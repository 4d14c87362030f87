// Pages in which something is done, and what holds in all of them: nothing fails, nothing is too wide.
import assert from "node:assert/strict";

export const CHAMP = "input[name=q]";

// does something in a page of its own; an error in its console is one of the page, but for `saufPour`
export async function ouvrir(browser, adresse, options, faire, saufPour = null) {
  const contexte = await browser.newContext({ locale: "fr-FR", viewport: { width: 1280, height: 900 }, ...options });
  contexte.setDefaultTimeout(10_000);
  const page = await contexte.newPage();
  const erreurs = [];
  page.on("console", (message) => {
    const { url } = message.location();
    if (message.type() === "error" && !saufPour?.test(url)) erreurs.push(`${message.text()} ${url}`);
  });
  page.on("pageerror", (erreur) => erreurs.push(String(erreur)));
  try {
    if (adresse) await page.goto(adresse);
    await faire(page, contexte);
    assert.deepEqual(erreurs, []);
  } finally {
    await contexte.close();
  }
}

// what is done wide and narrow, with scripts and without
export async function surTouteMachine(browser, faire) {
  for (const width of [1280, 360])
    for (const javaScriptEnabled of [true, false])
      await ouvrir(browser, null, { viewport: { width, height: 800 }, javaScriptEnabled }, async (page) => {
        await faire(page, javaScriptEnabled);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth).catch(() => true));
      });
}
