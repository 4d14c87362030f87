// What people want of a deputy, from the first page on, each in three steps at most: a search that is
// sent, or a link that is followed; wide and narrow, with scripts and without.
import assert from "node:assert/strict";
import { enPas } from "./machine.mjs";

const NOMME = "Jérôme Guedj";

// how many questions of my deputy are late, and which; as served and as files
export async function questionsEnRetardDeMonDepute(browser, { serveur }) {
  await enPas(browser, serveur, 3, async (page, { aller, chercher }) => {
    await chercher("guedj");
    await aller(page.getByRole("link", { name: NOMME, exact: true }));
    await page.waitForURL(/depute\//);
    assert.equal(await page.locator("h1").innerText(), NOMME);
    assert.doesNotMatch(await page.title(), /PA\d/);
    const { y } = await page.locator(".comptes").boundingBox();
    assert.ok(y < 700, `the numbers stand at ${y} pixels`);
    const nombres = page.locator(".comptes a");
    const dits = await nombres.evaluateAll((liens) => liens.map((a) => Number(a.querySelector("data").value)));
    const lesquelles = await nombres.evaluateAll((liens) => liens.map((a) => a.getAttribute("href")));
    assert.ok(dits.length > 0 && lesquelles.length === dits.length);
    await aller(nombres.last());
    await page.waitForURL(/#./);
    const vues = page.locator("#questions ol.liste > li").filter({ visible: true });
    assert.equal(await vues.count(), dits.at(-1));
    for (const [rang, nombre] of dits.entries()) {
      await nombres.nth(rang).click();
      assert.equal(await vues.count(), nombre, lesquelles[rang]);
    }
  });
}

// who has no link to Wikidata, and what proves the link of who has one
export async function deputesSansLien(browser, { serveur }) {
  await enPas(browser, serveur, 3, async (page, { aller }) => {
    await aller(page.getByRole("link", { name: "Liens vers Wikidata", exact: true }));
    await page.waitForURL(/liens\.html/);
    assert.ok(await page.locator("#candidats tbody a[href*='depute/'], #candidats tbody a[href*='wikidata.org']").count() > 0);
  });
  await enPas(browser, serveur, 3, async (page, { aller, chercher }) => {
    await chercher("pierre dharréville");
    await aller(page.getByRole("link", { name: "Pierre Dharréville", exact: true }));
    await page.waitForURL(/depute\//);
    await aller(page.locator("details.identites summary"));
    const preuve = page.locator("#fiche-identites tbody tr", { hasText: "Q30334188" }).first();
    assert.match(await preuve.innerText(), /718926/);
  });
}
