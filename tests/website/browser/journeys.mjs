// What people do, from the first page on; each function is a journey, and fails by an exception.
// They hold by what a page is – a field named q, a link of type text/turtle – not by its classes.
import assert from "node:assert/strict";
import { CHAMP, changer, deplier, ouvrir, surTouteMachine } from "./machine.mjs";

const TROUVEES = "main ol li a";
const MOT = "hopital"; // without its accent, which the titles have

// an icon is asked for beside Turtle, which has no head to name one; only `lod serve` has it there
const SANS_ICONE = /\/favicon\.ico$/;

async function chercher(page, mots) {
  const champ = page.locator(CHAMP).first();
  await champ.fill(mots);
  await champ.press("Enter");
  await page.waitForURL(/recherche\.html\?(.*&)?q=/);
  await page.locator(TROUVEES).first().waitFor();
}

async function jusquAuTurtle(page) {
  await page.locator(TROUVEES).first().click();
  await page.waitForURL(/\/question\//);
  assert.match(await page.locator("h1").innerText(), /h.pita/i);
  const lien = page.locator('main a[type="text/turtle"]').first();
  await deplier(lien);
  const adresse = await lien.evaluate((a) => a.href);
  const arrive = new Promise((resolve) => page.once("download", resolve));
  await lien.click({ noWaitAfter: true });
  const recu = await Promise.race([arrive, page.waitForURL(adresse).then(() => null)]);
  if (recu) assert.equal(await recu.failure(), null);
  return adresse;
}

export async function accueilRechercheQuestionTurtle(browser, { serveur }) {
  await ouvrir(browser, serveur, {}, async (page, contexte) => {
    await chercher(page, MOT);
    assert.match(await page.getByRole("status").innerText(), /^\d+ questions? trouvées?/);
    assert.equal(await page.locator(CHAMP).first().inputValue(), MOT);
    const turtle = await contexte.request.get(await jusquAuTurtle(page));
    assert.match(turtle.headers()["content-type"], /^text\/turtle/);
    assert.match(await turtle.text(), /a qp:Question/);
  });
}

async function rechercheSansServeur(browser, base) {
  await ouvrir(browser, `${base}index.html`, {}, async (page) => {
    await chercher(page, MOT);
    const dit = page.getByRole("status").first(); // another may say what is not searched on this host
    assert.match(await dit.innerText(), /^\d+ questions? trouvées?/);
    assert.equal(await page.locator(CHAMP).first().inputValue(), MOT);
    await jusquAuTurtle(page);
  }, SANS_ICONE);
}

export async function rechercheStatique(browser, { statique }) {
  await rechercheSansServeur(browser, statique);
}

export async function rechercheDUnDisque(browser, { disque }) {
  await rechercheSansServeur(browser, disque);
}

async function trouvees(page, base, q) {
  await page.goto(`${base}recherche.html?${new URLSearchParams({ q })}`);
  await page.waitForFunction(() =>
    /trouvée|donnez-en|n’a pas pu/.test(document.querySelector("[role=status]").textContent));
  return page.locator(TROUVEES).evaluateAll((liens) => liens.map((a) => a.href.split("/").pop()));
}

export async function ceQueTrouveLaRechercheStatique(browser, { statique }) {
  await ouvrir(browser, null, {}, async (page) => {
    const de = (q) => trouvees(page, statique, q);
    const [un] = await de("43349");
    assert.equal(un, "QANR5L15QE43349.html", "a number");
    assert.deepEqual(await de("QANR5L15QE43349"), [un], "a uid");
    assert.ok((await de("dharréville")).includes(un), "an author");
    assert.ok((await de("numerique DHARREVILLE")).includes(un), "author and heading, any case");
    assert.ok((await de("l’emprise des GAFAM")).includes(un), "an apostrophe, a small word");
    assert.ok((await de("gaf empri")).includes(un), "beginnings of words");
    assert.deepEqual(await de("Hôpitaux"), await de("hopital"), "a plural");
    assert.deepEqual(await de("gafam zzyzx"), [], "all words must be there");
    assert.deepEqual(await de("de la"), [], "words that are everywhere");
    assert.deepEqual(await de("gafam -clouds"), [], "a word that is taken out");
    assert.deepEqual(await de("zzyzx ou gafam"), await de("gafam"), "one of two words");
    assert.ok((await de("Haute-Loire")).length >= 9, "a department");
    const nommes = (q) => de(q).then(() => page.locator("section.choses > ul > li > span > a[href^='depute/']").evaluateAll(
      (liens) => liens.map((a) => a.textContent)));
    assert.deepEqual(await nommes("wauqiez"), ["Laurent Wauquiez"], "a name, misspelled");
    assert.deepEqual(await nommes("haute-loire"), ["Laurent Wauquiez", "Jean-Pierre Vigier"], "a place");
    assert.deepEqual(await de("ελλάδα 日本 ../x"), [], "letters of others");
  });
}

// texts of the names in a result, of one kind
async function nommees(page, genre) {
  return page.locator("section.choses > ul > li", { hasText: genre }).evaluateAll((lignes) =>
    lignes.map((ligne) => [...ligne.querySelectorAll(":scope > span > a:first-child, :scope > span > .detail")].map((e) => e.textContent).join(", ")));
}

export async function unTexteCite(browser, { copie }) {
  await ouvrir(browser, null, {}, async (page) => {
    const trouvees_ = await trouvees(page, copie, "loi n° 2016-1321");
    assert.ok(trouvees_.length > 1, "its questions");
    assert.deepEqual(await nommees(page, "Texte cité"), ["Loi n° 2016-1321 du 7 octobre 2016"]);
    const lien = page.getByRole("link", { name: "Loi n° 2016-1321 du 7 octobre 2016" });
    assert.equal(await lien.getAttribute("href"), "https://www.legifrance.gouv.fr/eli/loi/2016/10/7/2016-1321/jo/texte");
  });
}

export async function lesPagesDeLaRechercheStatique(browser, { statique }) {
  await ouvrir(browser, null, {}, async (page) => {
    const debut = await trouvees(page, statique, "pr");
    assert.equal(debut.length, 20);
    await page.locator("a[rel=next]").click();
    await page.waitForURL(/page=2/);
    await page.locator(TROUVEES).first().waitFor();
    const suite = await page.locator(TROUVEES).evaluateAll((liens) => liens.map((a) => a.href.split("/").pop()));
    assert.equal(new Set([...debut, ...suite]).size, debut.length + suite.length);
    await page.locator("a[rel=prev]").click();
    await page.waitForURL((url) => !url.search.includes("page="));
  });
}

export async function rienNEstExecute(browser, { statique, serveur }) {
  const q = '"><img src=x onerror="window.execute=1"><script>window.execute=1</script> hopital';
  await ouvrir(browser, null, {}, async (page) => {
    for (const base of [statique, serveur]) {
      await page.goto(`${base}recherche.html?${new URLSearchParams({ q })}`);
      await page.waitForFunction(() => document.querySelector("[role=status]").textContent);
      assert.equal(await page.evaluate(() => window.execute), undefined);
      assert.equal(await page.locator("main img").count(), 0);
      assert.equal(await page.locator(CHAMP).first().inputValue(), q);
    }
  });
}

export async function facettesParLiens(browser, { serveur }) {
  await ouvrir(browser, `${serveur}recherche.html?q=sant%C3%A9`, {}, async (page) => {
    const nombre = async () => Number((await page.getByRole("status").innerText()).match(/^\d+/)[0]);
    const tous = await nombre();
    const valeur = page.locator("main aside li", { has: page.locator("a") }).first();
    const annonce = Number((await valeur.innerText()).match(/(\d+)\s*$/)[1]);
    await valeur.locator("a").click();
    await page.waitForURL((url) => url.searchParams.size > 1);
    assert.equal(await nombre(), annonce);
    await changer(page, page.locator("main").getByRole("link", { name: /ôter/i }).first());
    assert.equal(await nombre(), tous);
  });
}

// whether what has the focus shows it, is the one looked for, and what it is
async function pris(page, selecteur) {
  return page.evaluate((selecteur) => {
    const e = document.activeElement;
    const { left, top, right, bottom } = e.getBoundingClientRect();
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(e);
    const marque = (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none"
      || e.matches("input[type=date]"); // the browser marks day, month and year itself
    return {
      visible: marque && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight,
      atteint: e.matches(selecteur),
      html: e.outerHTML.slice(0, 200),
    };
  }, selecteur);
}

async function tabulerJusqua(page, selecteur, pas = 80) {
  for (; pas > 0; pas--) {
    await page.keyboard.press("Tab");
    const { visible, atteint, html } = await pris(page, selecteur);
    assert.ok(visible, `no visible focus: ${html}`);
    if (atteint) return;
  }
  assert.fail(`Tab does not come to ${selecteur}`);
}

export async function clavierSeul(browser, { serveur, statique }) {
  for (const base of [serveur, statique]) {
    await ouvrir(browser, base, {}, async (page) => {
      await tabulerJusqua(page, 'a[href^="#"]', 1); // the way past the header comes first
      await page.keyboard.press("Enter");
      await page.waitForURL(/#/);
      await page.goto(base);
      await tabulerJusqua(page, CHAMP);
      await page.keyboard.type(MOT);
      await page.keyboard.press("Enter");
      await page.waitForURL(/recherche\.html/);
      await page.locator(TROUVEES).first().waitFor();
      await tabulerJusqua(page, TROUVEES);
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/question\//);
    });
  }
}

export async function sansJavaScript(browser, { serveur, statique }) {
  await ouvrir(browser, serveur, { javaScriptEnabled: false }, async (page) => {
    await page.locator(CHAMP).first().fill(MOT);
    await page.locator(CHAMP).first().press("Enter");
    await page.waitForURL(/recherche\.html\?/);
    await page.locator(TROUVEES).first().click();
    await page.waitForURL(/\/question\//);
    for (const liste of ["deputes", "ministeres", "rubriques"]) {
      await page.goto(`${serveur}${liste}.html`);
      await page.locator("main tbody a").first().click();
      await page.locator('main a[href*="question/"]').first().click();
      await page.waitForURL(/\/question\//);
    }
    await page.goto(`${serveur}sparql.html`);
    const formulaire = page.locator("main form", { has: page.locator("textarea[name=query]") });
    const recu = page.waitForEvent("response", (r) => r.url().includes("/sparql"));
    await formulaire.locator("button, input[type=submit]").first().click({ noWaitAfter: true });
    assert.equal((await recu).status(), 200);
  });
  await ouvrir(browser, `${statique}recherche.html?q=x`, { javaScriptEnabled: false }, async (page) => {
    assert.match(await page.locator("main").innerText(), /demande JavaScript/);
    await page.locator("main a", { hasText: "par député" }).click();
    await page.waitForURL(/deputes\.html/);
  });
}

// a click on a heading sorts by it, again the other way round; what is absent comes last
export async function triParColonne(browser, { serveur }) {
  await ouvrir(browser, `${serveur}ministeres.html`, {}, async (page) => {
    const titre = page.getByRole("columnheader", { name: "Délai médian" });
    const colonne = await titre.evaluate((th) => th.cellIndex);
    for (const [ordre, sens] of [["descending", -1], ["ascending", 1]]) {
      await titre.getByRole("button").click();
      assert.equal(await titre.getAttribute("aria-sort"), ordre);
      const dits = await page.locator("main tbody tr").evaluateAll(
        (lignes, rang) => lignes.map((ligne) => ligne.cells[rang].querySelector("data")?.value), colonne);
      const nombres = dits.filter(Boolean).map(Number);
      assert.ok(nombres.length > 40 && nombres.length < dits.length);
      assert.deepEqual(nombres, [...nombres].sort((a, b) => sens * (a - b)));
      assert.ok(dits.slice(nombres.length).every((dit) => !dit));
    }
  });
}

export async function impression(browser, { serveur }) {
  await ouvrir(browser, `${serveur}question/QANR5L15QE43349.html`, {}, async (page) => {
    await page.emulateMedia({ media: "print" });
    for (const ote of ["body > header", "nav", "form", 'a[href="#contenu"]'])
      for (const un of await page.locator(ote).all()) assert.ok(!(await un.isVisible()), `${ote} is printed`);
    assert.ok(await page.locator("h1").isVisible());
    const pdf = await page.pdf({ format: "A4" });
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    assert.ok(pdf.length > 5_000);
  });
}

export async function suggestionsAuClavier(browser, { serveur, statique }) {
  await ouvrir(browser, serveur, {}, async (page) => {
    const champ = page.getByRole("combobox").first();
    await champ.focus();
    await page.keyboard.type("hau");
    const options = page.getByRole("option");
    await options.first().waitFor();
    assert.equal(await champ.getAttribute("aria-expanded"), "true");
    await page.keyboard.press("Escape");
    assert.equal(await champ.getAttribute("aria-expanded"), "false");
    await page.keyboard.type("te-l");
    await options.first().filter({ hasText: "Haute-Loire" }).waitFor();
    await page.keyboard.press("ArrowDown");
    const prise = await champ.getAttribute("aria-activedescendant");
    assert.equal(await page.locator(`#${prise}`).getAttribute("aria-selected"), "true");
    assert.match(await page.locator(`#${prise}`).innerText(), /Haute-Loire/);
    await page.keyboard.press("Enter");
    await page.waitForURL(/departement\/43/);
  });
  await ouvrir(browser, statique, {}, async (page) => { // nobody answers there, and nothing breaks
    await page.locator(CHAMP).first().pressSequentially("hopital", { delay: 50 });
    await page.waitForTimeout(500);
    await page.keyboard.press("Enter");
    await page.locator(TROUVEES).first().waitFor();
  });
}

export async function etreAverti(browser, { serveur }) {
  await surTouteMachine(browser, async (page) => {
    await page.goto(`${serveur}recherche.html?q=sant%C3%A9`);
    await page.getByRole("link", { name: /Être averti/ }).click();
    await page.waitForURL(/recherche\.atom/);
    const adresse = await page.getByLabel("Adresse du flux").inputValue();
    assert.match(adresse, /recherche\.atom\?q=sant%C3%A9$/);
    const lu = await page.request.get(`${serveur}recherche.atom?q=sant%C3%A9`);
    assert.match(lu.headers()["content-type"], /^application\/atom\+xml/);
    await page.goto(`${serveur}question/QANR5L17QE3026.html`);
    await page.locator("main a[href$='.atom']").click();
    await page.waitForURL(/\.atom/);
    assert.ok(await page.locator("main ol li").count() > 0);
  });
}
