// What is due: who works in parliament, or in a ministry, has it in three steps at most from the
// first page – a link that is followed, a search that is sent – wide and narrow, with scripts and without.
import assert from "node:assert/strict";
import { enPas } from "../../website/browser/machine.mjs";

const lien = (page, name) => page.getByRole("link", { name, exact: true });

// each question of a page is an event of its calendar, and each event a question
async function calendrier(page) {
  const adresse = await page.locator("main a[href$='.ics']").first().evaluate((a) => a.href);
  const recu = await page.request.get(adresse);
  assert.match(recu.headers()["content-type"], /^text\/calendar/);
  const uids = (await recu.text()).match(/^UID:.*$/gm) ?? [];
  assert.equal(new Set(uids).size, await page.locator("main ol.liste li").count());
  return uids.length;
}

// which questions of my group may be flagged, and a calendar of what is due to it
export async function assistanteParlementaire(browser, { serveur }) {
  await enPas(browser, serveur, 2, async (page, { aller }) => {
    await aller(lien(page, "Échéances"), /echeances\.html/);
    await aller(page.locator("#par-groupe tbody a"), /echeances\/groupe\//);
    const aSignaler = page.locator("#a-signaler");
    assert.match(await aSignaler.locator("h2").innerText(), /peuvent être signalées/);
    assert.ok(await aSignaler.locator("li").count() > 0);
    assert.ok(await calendrier(page) > 0);
  });
  await enPas(browser, serveur, 3, async (page, { aller, chercher }) => {
    await chercher("Jérôme Guedj");
    await aller(page.locator("main a[href*='depute/PA1567']"), /depute\/PA1567/);
    await aller(page.getByRole("link", { name: /^Échéances : les réponses attendues/ }), /echeances\/depute\/PA1567/);
    assert.ok(await page.locator("#a-signaler li").count() > 0);
    assert.ok(await calendrier(page) > 0);
  });
}

// what my ministry has to answer this week, from the days on which it is due
export async function agentDeMinistere(browser, { serveur }) {
  await enPas(browser, serveur, 2, async (page, { aller }) => {
    await aller(lien(page, "Échéances"), /echeances\.html/);
    await aller(page.locator("#par-ministere tbody a"), /echeances\/ministere\//);
    const nombre = page.locator(".chiffres > div", { hasText: "À répondre sous sept jours" }).locator("data");
    const attendues = Number(await nombre.getAttribute("value"));
    assert.equal(await page.locator("#sous-sept-jours li").count(), attendues);
    assert.match(await page.locator("main .accroche").innerText(), /d’après les données jusqu’au \d+/);
    assert.ok(await calendrier(page) > 0);
  });
  await enPas(browser, serveur, 3, async (page, { aller }) => {
    await aller(lien(page, "Ministères"), /ministeres/);
    const fiche = await page.request.get(new URL("echeances.csv", serveur).href);
    const [ministere] = (await fiche.text()).match(/ministere\/PO\d+/);
    await aller(page.locator(`main a[href$='${ministere}.html']`), new RegExp(ministere));
    await aller(page.getByRole("link", { name: /^Échéances : les réponses attendues/ }), /echeances\/ministere\//);
    assert.ok(await calendrier(page) > 0);
  });
}

// the same without a word of French but for names and titles
export async function deadlinesInEnglish(browser, { serveur }) {
  await enPas(browser, `${serveur}index.en.html`, 2, async (page, { aller }) => {
    await aller(lien(page, "Deadlines"), /echeances\.en\.html/);
    await aller(page.locator("#par-ministere tbody a"), /echeances\/ministere\/.*\.en\.html/);
    assert.ok(await page.getByText("Overdue: may be flagged").count() > 0);
    assert.ok(await calendrier(page) > 0);
  });
}
