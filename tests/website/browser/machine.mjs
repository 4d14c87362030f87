// Pages in which something is done, and what holds in all of them: nothing fails, nothing is too wide.
import assert from "node:assert/strict";

export const CHAMP = "input[name=q]";

// at night each thing of a kind is looked at, before a landing some
export const NUIT = process.env.NUIT === "1";

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

// clicks what leads to another document, and waits for that: what is read next is its
export const changer = (page, lien) => Promise.all([page.waitForEvent("load"), lien.click()]);

// opens what a link stands in that is folded, and says how many
export function deplier(lien) {
  return lien.evaluate((e) => {
    let combien = 0;
    for (let d = e.closest("details:not([open])"); d && !e.checkVisibility(); d = d.parentElement?.closest("details:not([open])")) {
      d.open = true;
      combien += 1;
    }
    return combien;
  });
}

export const MACHINES = [[1280, true], [360, false], ...(NUIT ? [[1280, false], [360, true]] : [])];

// what is done wide and narrow, with scripts and without
export async function surTouteMachine(browser, faire, machines = MACHINES) {
  for (const [width, javaScriptEnabled] of machines)
    await ouvrir(browser, null, { viewport: { width, height: 800 }, javaScriptEnabled }, async (page) => {
      await faire(page, javaScriptEnabled);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth).catch(() => true));
    });
}

// what is reached from a page in so many steps at most, on every machine: a link that is followed, a
// search that is sent, a file that is taken
export async function enPas(browser, depart, combien, faire, machines) {
  await surTouteMachine(browser, async (page, avecScript) => {
    let pas = 0;
    await page.goto(depart);
    const aller = async (lien, ou) => {
      pas += 1 + await deplier(lien.first());
      await lien.first().click();
      if (ou) await page.waitForURL(ou);
    };
    const chercher = async (mots) => {
      pas += 1;
      await page.locator(CHAMP).first().fill(mots);
      await page.locator(CHAMP).first().press("Enter");
      await page.waitForURL(/recherche(\.en)?\.html\?/);
    };
    const prendre = async (lien) => {
      pas += 1;
      return (await page.request.get(await lien.first().evaluate((a) => a.href))).body();
    };
    await faire(page, { aller, chercher, prendre, avecScript });
    assert.ok(pas <= combien, `${pas} steps, at most ${combien} are asked`);
  }, machines);
}
