// Who is late now, by minister, and what a ministry has to answer: each reached from the first page
// in three steps at most, wide and narrow, with scripts and without.
import assert from "node:assert/strict";
import { enPas } from "./machine.mjs";

const nombre = async (quoi) => Number(await quoi.first().getAttribute("value"));

// the minister with the most overdue questions today, and these questions
export async function journalisteQuiEstEnRetard(browser, { serveur }) {
  await enPas(browser, serveur, 3, async (page, { aller }) => {
    await aller(page.getByRole("link", { name: "Qui est en retard aujourd’hui ?" }), /ministres\.html#aujourdhui/);
    const retards = page.locator("#aujourdhui td[data-titre='En retard'] a[href*='a-repondre-en-retard']");
    const dit = await nombre(retards.locator("data"));
    assert.ok(dit > 0);
    await aller(retards, /a-repondre-en-retard\.html/);
    assert.equal(await nombre(page.locator("h1 data.total")), dit);
    assert.ok(await page.locator("main ol.liste li .en-attente-hors-delai").count() > 0);
  });
}

// what the ministry of a minister of today has to answer, from the table of those who are late
export async function pageDUnMinistere(browser, { serveur }) {
  await enPas(browser, serveur, 3, async (page, { aller }) => {
    await aller(page.getByRole("link", { name: "Qui est en retard aujourd’hui ?" }), /ministres\.html/);
    await aller(page.locator("#aujourdhui td[data-titre='Ministère'] a"), /ministere\//);
    assert.match(await page.locator(".genre").first().innerText(), /minist/i);
    assert.ok(await page.locator("#questions, #fiche-retard").count() > 0);
  });
}

// a minister by name: what was received, and became of it
export async function unMinistreParSonNom(browser, { serveur }) {
  await enPas(browser, serveur, 3, async (page, { aller }) => {
    await page.locator("input[name=q]").first().fill("Bruno Le Maire");
    await aller(page.locator("form[role=search] button"), /recherche/);
    await aller(page.locator("main a[href*='depute/PA331481']"), /depute\/PA331481/);
    assert.equal(await page.locator(".genre").first().innerText(), "Ministre, député");
    assert.equal(await page.getByText("Aucune question ici").count(), 0);
    const recues = page.locator("#au-gouvernement .chiffres a");
    const dit = await nombre(recues.locator("data"));
    await aller(recues, /recues\.html/);
    assert.equal(await nombre(page.locator("h1 data.total")), dit);
  });
}
