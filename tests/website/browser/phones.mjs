// On a phone, 360 pixels wide: what a question is about stands at its head, filters above results, and
// no number is off the screen without a sign that there is more. And without a mouse.
import assert from "node:assert/strict";
import { CHAMP, NUIT, ouvrir, surTouteMachine } from "./machine.mjs";

const TELEPHONE = { viewport: { width: 360, height: 800 }, javaScriptEnabled: false };
const PLI = 400; // pixels from the top of the page
const PREMIERE = 700; // the same, of the first question of a list
const EN_CARTES = /^(depute|ministere|rubrique|groupe|circonscription|departement|legislature|portefeuille|comparer|statistiques|deputes|ministeres|rubriques|groupes|index)\b/;

// the paths of all pages, as the site lists them
async function chemins(contexte, serveur) {
  const adresses = async (plan) => {
    const texte = await (await contexte.request.get(`${serveur}${plan}`)).text();
    const base = texte.match(/<loc>(https?:\/\/[^/<]+\/)/)[1];
    return [...texte.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, adresse]) => adresse.slice(base.length));
  };
  const premiers = await adresses("sitemap.xml");
  return premiers[0].endsWith(".xml") ? (await Promise.all(premiers.map(adresses))).flat() : premiers;
}

async function enPas(page, combien, faire) {
  let pas = 0;
  await faire(async (quoi, ou) => {
    pas += 1;
    await quoi();
    await page.waitForURL(ou);
    await page.waitForLoadState();
  });
  assert.ok(pas <= combien, `${pas} steps`);
}

// every question: author, ministry, day and status without scrolling; the heads of all are put into one
// page, below each other, for they begin at the same place in each
export async function quiDemandeAQuiAuDessusDuPli(browser, { serveur }) {
  await ouvrir(browser, null, TELEPHONE, async (page, contexte) => {
    const toutes = (await chemins(contexte, serveur)).filter((chemin) => chemin.startsWith("question/"));
    assert.ok(toutes.length > 800);
    const questions = toutes.filter((_, rang) => NUIT || rang % 16 === 0);
    await page.goto(`${serveur}${questions[0]}`);
    const haut = await page.locator("article.question").evaluate((e) => e.getBoundingClientRect().top);
    const tetes = [];
    for (const chemin of questions) {
      const texte = await (await contexte.request.get(`${serveur}${chemin}`)).text();
      const [tete] = texte.match(/<article class="question">[\s\S]*?<\/header>/) ?? [""];
      assert.ok(tete.includes('class="fil"'), chemin);
      tetes.push(`${tete}</article>`);
    }
    const bas = await page.locator("main").evaluate((main, articles) => {
      main.innerHTML = articles.join("");
      return [...main.children].map((article) => {
        const dits = article.querySelectorAll(".fil, header .etat");
        const fin = Math.max(...[...dits].map((e) => e.getBoundingClientRect().bottom));
        return [article.querySelectorAll(".fil a").length, dits.length, fin - article.getBoundingClientRect().top];
      });
    }, tetes);
    assert.equal(bas.length, questions.length);
    const mauvaises = questions.filter((_, n) => !bas[n][0] || bas[n][1] < 2 || haut + bas[n][2] > PLI);
    assert.deepEqual(mauvaises, []);
  });
}

// on a phone: the newest question of whatever a page is about stands on the first screen; of who held
// office and received questions, how many
export async function premiereQuestionAuDessusDuPli(browser, { serveur }) {
  await ouvrir(browser, null, { ...TELEPHONE, viewport: { width: 360, height: 800 } }, async (page, contexte) => {
    const tous = await chemins(contexte, serveur);
    const basses = [];
    for (const sorte of ["ministere", "rubrique", "groupe", "legislature", "depute", "departement", "circonscription"]) {
      const pages = tous.filter((chemin) => chemin.startsWith(`${sorte}/`) && !chemin.includes(".en."));
      assert.ok(pages.length > 0, sorte);
      for (const chemin of pages.filter((_, rang) => NUIT || rang % Math.ceil(pages.length / 6) === 0)) {
        await page.goto(`${serveur}${chemin}`);
        const cherche = page.locator("#questions ol.liste a[href*='question/'], #au-gouvernement:not(#questions ~ *) .chiffres a").first();
        if (!(await cherche.count())) continue;
        const { y } = await cherche.boundingBox();
        if (y > PREMIERE) basses.push([chemin, Math.round(y)]);
      }
    }
    assert.deepEqual(basses, []);
  });
}

// on a phone: read a question's author, ministry and status without scrolling
export async function lireUneQuestionSansDefiler(browser, { serveur }) {
  await surTouteMachine(browser, async (page) => {
    await page.goto(serveur);
    await enPas(page, 2, async (aller) => {
      await page.locator(CHAMP).first().fill("43349");
      await aller(() => page.locator(CHAMP).first().press("Enter"), /recherche/);
      await aller(() => page.locator("main a[href*='question/']").first().click(), /question\//);
    });
    for (const choix of [".fil a[href*='depute/']", ".fil a[href*='ministere/']", ".fil time", "header .etat"]) {
      const { y, height } = await page.locator(choix).first().boundingBox();
      const pli = page.viewportSize().width < 640 ? PLI : page.viewportSize().height;
      assert.ok(y + height < pli, `${choix} ends at ${y + height}`);
    }
  });
}

// filters are folded above the first result on a phone, open beside it on a wide screen
export async function filtrerAvantDeLire(browser, { serveur }) {
  await surTouteMachine(browser, async (page) => {
    await page.goto(`${serveur}recherche.html?q=sant%C3%A9`);
    const facette = page.locator(".facettes ul a").first();
    if (page.viewportSize().width < 640) {
      const bouton = page.locator("summary", { hasText: "Filtrer" });
      const premier = await page.locator("main ol.liste li").first().boundingBox();
      assert.ok((await bouton.boundingBox()).y < premier.y);
      assert.ok(!(await facette.isVisible()));
      await bouton.click();
      assert.ok((await facette.boundingBox()).y < (await page.locator("main ol.liste li").first().boundingBox()).y);
    }
    await facette.click();
    await page.waitForURL(/recherche(\.html)?\?q=.*&type=/);
    assert.ok(await page.locator(".pris a").count() === 1);
  });
}

// whatever is wider than the screen scrolls, can be reached with keys, and has a shadow; tables of more than two
// columns about resources are cards
export async function rienHorsDeLEcranSansIndice(browser, { serveur }) {
  await ouvrir(browser, null, TELEPHONE, async (page, contexte) => {
    const parSorte = {};
    for (const chemin of await chemins(contexte, serveur)) (parSorte[chemin.includes("/") ? chemin.split("/")[0] : chemin] ??= []).push(chemin);
    const choisis = Object.values(parSorte).flatMap((de) => de.slice(0, NUIT ? 2 : 1));
    assert.ok(choisis.length > 45);
    const fautes = [];
    const regardes = choisis.filter((_, rang) => NUIT || rang % 3 === 0);
    for (const chemin of [...regardes, "comparer?a=depute/PA718926&b=groupe/PO730958"]) {
      await page.goto(`${serveur}${chemin}`);
      const larges = await page.locator("main :is(table, svg)").evaluateAll((elements) => elements
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
        .map((e) => {
          const cadre = e.closest(".defile, .texte");
          const estSignale = cadre && getComputedStyle(cadre).backgroundAttachment.includes("local") && cadre.tabIndex === 0;
          return { estSignale: !!(estSignale || e.closest(".texte")), colonnes: e.rows?.[0]?.cells.length ?? 0 };
        }));
      for (const { estSignale, colonnes } of larges)
        if (!estSignale || (colonnes > 2 && EN_CARTES.test(chemin))) fautes.push([chemin, colonnes, estSignale]);
    }
    assert.deepEqual(fautes, []);
  });
}

// keyboard only: from the home page to the answer of a question
export async function auClavier(browser, { serveur }) {
  await surTouteMachine(browser, async (page) => {
    const jusqua = async (choix, combien) => {
      for (let n = 0; n < combien; n += 1) {
        await page.keyboard.press("Tab");
        if (await page.evaluate((c) => document.activeElement.matches(c), choix)) return;
      }
      assert.fail(`${choix} is not reached by ${combien} tabs`);
    };
    await page.goto(serveur);
    await enPas(page, 2, async (aller) => {
      await jusqua(CHAMP, 15);
      await page.keyboard.type("10186");
      await aller(() => page.keyboard.press("Enter"), /recherche/);
      await jusqua("main a[href*='question/']", 30);
      await aller(() => page.keyboard.press("Enter"), /question\//);
    });
    assert.ok(await page.getByRole("heading", { name: /^Réponse/ }).first().isVisible());
    await jusqua(".fil a", 20);
    const contour = await page.locator(":focus").evaluate((e) => getComputedStyle(e).outlineStyle);
    assert.equal(contour, "solid", "what has the focus is seen");
  });
}

// where the system chooses the colours, what is chosen has an outline; on paper, a dark theme is light
export async function couleursForceesEtPapier(browser, { serveur }) {
  await ouvrir(browser, `${serveur}deputes.html`, { forcedColors: "active", colorScheme: "dark" }, async (page) => {
    const entoure = (quoi) => page.locator(quoi).first().evaluate((e) => getComputedStyle(e).outlineStyle !== "none");
    assert.ok(await entoure("main .facette [aria-current]"));
    assert.ok(!(await entoure("main .facette a:not([aria-current])")));
    await page.locator(CHAMP).first().fill("guedj");
    await page.locator("[role=option]").first().waitFor();
    await page.locator(CHAMP).first().press("ArrowDown");
    assert.ok(await entoure("[role=option][aria-selected=true]"));
  });
  await ouvrir(browser, `${serveur}depute/PA1567.html`, { colorScheme: "dark" }, async (page) => {
    await page.emulateMedia({ media: "print" });
    const encre = await page.locator("main .genre").first().evaluate((e) => getComputedStyle(e).color);
    assert.ok(encre.match(/\d+/g).slice(0, 3).every((part) => part < 128), encre);
  });
}

// twice as large a text on a phone: nothing is off the screen
export async function texteDeuxFoisPlusGrand(browser, { serveur }) {
  await ouvrir(browser, null, { viewport: { width: 390, height: 800 }, bypassCSP: true }, async (page) => {
    for (const chemin of ["index.html", "depute/PA1567.html", "recherche.html?q=hopital", "ministres.html", "echeances.html"]) {
      await page.goto(serveur + chemin);
      await page.addStyleTag({ content: "html { font-size: 200% }" });
      const trop = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(trop <= 0, `${chemin}: ${trop} px`);
    }
  });
}
