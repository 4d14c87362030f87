// From a village, or the postal code of a large city, to who is elected there: in one step from the
// first page, wide and narrow, with scripts and without, of a server and of files.
import assert from "node:assert/strict";
import { CHAMP, NUIT, deplier, ouvrir, surTouteMachine } from "../../website/browser/machine.mjs";

// does something in the place that a search from the first page names, in one step
async function chercher(page, base, mots, lire) {
  await page.goto(`${base}index.html`);
  await page.locator(CHAMP).first().fill(mots);
  await page.locator(CHAMP).first().press("Enter");
  await page.waitForURL(/recherche\.html\?/);
  const lieu = page.locator("section.choses > ul > li").filter({ has: page.locator(".elus") }).first();
  await lieu.waitFor();
  await lire(lieu);
}

// a server on every machine; files, which need scripts, wide and narrow
async function partout(browser, { serveur, statique, disque }, mots, lire) {
  await surTouteMachine(browser, (page) => chercher(page, serveur, mots, lire));
  for (const base of [statique, disque].filter(Boolean))
    for (const width of [1280, 360])
      await ouvrir(browser, null, { viewport: { width, height: 800 } }, async (page) => {
        await chercher(page, base, mots, lire);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      });
}

// the deputy of Saugues, with the full name of the group, and the newest questions
export async function villageoise(browser, adresses) {
  await partout(browser, adresses, "saugues", async (lieu) => {
    const dit = (await lieu.innerText()).replace(/\s+/g, " ");
    assert.match(dit, /Saugues Haute-Loire 2e circonscription : Jean-Pierre Vigier, Droite Républicaine/);
    assert.ok(await lieu.locator("a[href*='depute/PA607090']").count() === 1);
    const questions = lieu.locator(".dernieres a[href*='question/QANR5L']");
    assert.ok(await questions.count() > 0, "the newest questions");
    const page = lieu.page();
    const { y } = await questions.first().boundingBox();
    assert.ok(y < 900, `they begin at ${y} pixels`);
    await questions.first().click();
    await page.waitForURL(/question\/QANR5L/);
    assert.match(await page.locator("main").innerText(), /Vigier/);
  });
}

// one of several deputies, each with what votes there where it is known
export async function citadin(browser, adresses) {
  await partout(browser, adresses, "75013", async (lieu) => {
    const dit = (await lieu.innerText()).replace(/\s+/g, " ");
    assert.match(dit, /Paris 13e Arrondissement Paris Un de ces 2 députés, selon votre adresse :/);
    assert.match(dit, /9e circonscription : Sandrine Rousseau, Écologiste et Social/);
    assert.match(dit, /10e circonscription : Rodrigo Arenas/);
    assert.equal(await lieu.locator(".dernieres").count(), 0);
  });
  const memes = NUIT ? adresses : { serveur: adresses.serveur };
  await partout(browser, memes, "paris ville", async (lieu) => {
    assert.equal(await lieu.locator(".elus li").count(), 18);
    const premiere = (await lieu.locator(".elus li").first().innerText()).replace(/\s+/g, " ");
    assert.match(premiere, /^1re circonscription \(arrondissements : 1er, 2e, 8e, 9e\) : \S+/);
  });
}

export async function trouverMonDepute(browser, { serveur }) {
  await surTouteMachine(browser, async (page) => {
    await page.goto(serveur);
    await page.getByRole("link", { name: "Trouver mon député" }).first().click();
    await page.locator("li a[href='departement/43.html']").click();
    await page.waitForURL(/departement\/43/);
    await deplier(page.locator("#fiche-elus tbody a").first());
    await page.locator("#fiche-elus tbody a").first().click();
    await page.waitForURL(/depute\//);
  });
}

// texts of the communes in a result
async function communes(page) {
  return page.locator("section.choses > ul > li", { hasText: "Commune" }).evaluateAll((lignes) =>
    lignes.map((ligne) => [...ligne.querySelectorAll(":scope > span > a:first-child, :scope > span > .detail")].map((e) => e.textContent).join(", ")));
}

export async function uneCommuneMeneASesDeputes(browser, { serveur, statique, disque }) {
  for (const base of NUIT ? [serveur, statique, disque] : [statique]) {
    await ouvrir(browser, null, {}, async (page) => {
      const de = async (q) => {
        await page.goto(`${base}recherche.html?q=${encodeURIComponent(q)}`);
        await page.waitForFunction(() => /trouvée|résultat/.test(document.querySelector("[role=status]").textContent));
        return communes(page);
      };
      assert.deepEqual(await de("saugues"), ["Saugues, Haute-Loire"]);
      assert.deepEqual(await de("SAUGUE"), ["Saugues, Haute-Loire"], "misspelled");
      assert.deepEqual(await de("St Privat d'Allier"), ["Saint-Privat-d'Allier, Haute-Loire"], "as on an envelope");
      assert.deepEqual((await de("Saint-Denis")).slice(0, 2), ["Saint-Denis, Réunion", "Saint-Denis, Seine-Saint-Denis"]);
      assert.deepEqual(await de("Sainte-Colombe Gironde"), ["Sainte-Colombe, Gironde"]);
      assert.deepEqual(await de("Lyon 3ème"), ["Lyon 3e Arrondissement, Rhône"]);
      assert.deepEqual(await de("Ville-sur-Jarnioux"), ["Ville-sur-Jarnioux, Rhône"]);
      assert.deepEqual(await de("hôpitl"), [], "a word of questions");
      assert.deepEqual(await de("Haute-Loire"), [], "a department");
      assert.equal((await de("43170")).length, 4, "a postal code of several");
      assert.deepEqual(await de("député de 43170 Saugues"), ["Saugues, Haute-Loire"]);
      assert.match(await page.locator("section.choses .note").innerText(), /carte électorale/);
      await page.getByRole("link", { name: "Saugues", exact: true }).click();
      await page.waitForURL(/departement\/43/);
      await deplier(page.locator("#fiche-elus tbody a").first());
    await page.locator("#fiche-elus tbody a").first().click();
      await page.waitForURL(/depute\//);
    });
  }
}

// a square of the map, if there is one, leads to the deputies of a department
export async function trouverParLaCarte(browser, { serveur }) {
  await surTouteMachine(browser, async (page) => {
    await page.goto(`${serveur}trouver-mon-depute.html`);
    const carre = page.locator("svg a[href='departement/43.html']");
    if (!(await carre.count())) return;
    await carre.click();
    await page.waitForURL(/departement\/43/);
  });
}
