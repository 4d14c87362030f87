// One page: what axe finds, how wide it is, what it asks of whom, and how soon it shows something.
import { NUIT } from "./machine.mjs";

const LARGE = { width: 1280, height: 900 };
const ETROIT = { width: NUIT ? 320 : 360, height: 640 };
const PREMIER_TRAIT = 1000; // milliseconds until something is painted
const SEMBLABLES = 3; // elements of one tag and class that axe looks at, in one parent
// a theme changes colours and nothing else: only what axe says of colours is asked again
const COULEURS = { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } };
// and a width changes none: the contrast, which costs most, is not measured again
const SANS_CONTRASTE = { rules: { "color-contrast": { enabled: false } } };
const VUES = [
  { nom: "clair, large", taille: LARGE, theme: "light", regles: {} },
  ...(NUIT ? [{ nom: "sombre, large", taille: LARGE, theme: "dark", regles: COULEURS }] : []),
  { nom: "clair, étroit", taille: ETROIT, theme: "light", regles: SANS_CONTRASTE },
];

export async function auditer(browser, { genre, attendu, adresse }, axe) {
  const debut = performance.now();
  const contexte = await browser.newContext({ locale: "fr-FR", viewport: LARGE, colorScheme: "light" });
  const page = await contexte.newPage();
  const console_ = [];
  const demandees = [];
  page.on("console", (message) =>
    message.type() === "error" && console_.push(`${message.text()} ${message.location().url}`));
  page.on("pageerror", (erreur) => console_.push(String(erreur)));
  page.on("request", (demande) => demandees.push(demande.url()));
  const vue = { genre, attendu, adresse, violations: [], debordements: [] };
  try {
    const reponse = await page.goto(adresse, { waitUntil: "load" });
    vue.statut = reponse.status();
    vue.trait = await trait(page);
    if (await page.locator("script[src]").count()) await page.waitForLoadState("networkidle");
    for (const { nom, taille } of VUES.filter(({ theme }) => theme === "light")) {
      await page.setViewportSize(taille);
      const trop = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (trop > 0) vue.debordements.push(`${nom} : ${trop} px ; ${await coupables(page)}`);
      const courtes = await page.evaluate(cellules);
      if (courtes.length) vue.debordements.push(`${nom} : ${courtes.length} cellules ; ${courtes[0]}`);
    }
    await page.evaluate(elaguer, SEMBLABLES);
    await page.evaluate(axe);
    for (const { nom, taille, theme, regles } of VUES) {
      await page.setViewportSize(taille);
      await page.emulateMedia({ colorScheme: theme });
      vue.violations.push(...(await violations(page, regles)).map((une) => `${nom} : ${une}`));
    }
    const ici = new URL(adresse).origin;
    vue.ailleurs = demandees.filter((url) => !url.startsWith("data:") && new URL(url).origin !== ici);
    vue.temoins = (await contexte.cookies()).map((temoin) => temoin.name);
    vue.console = console_;
  } catch (erreur) {
    vue.echec = String(erreur.stack);
  }
  await contexte.close();
  vue.secondes = (performance.now() - debut) / 1000;
  return vue;
}

// when something of the page is first painted; Infinity if that is not within five seconds
async function trait(page) {
  const dit = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
  return page.waitForFunction(dit, null, { timeout: 5000 })
    .then((valeur) => valeur.jsonValue(), () => Infinity);
}

// the best of so many tries, with nothing else going on in this browser: the machine may be busy
export async function rechronometrer(browser, vue, essais) {
  for (let essai = 1; essai < essais && !(vue.trait < PREMIER_TRAIT); essai++) {
    const page = await browser.newPage();
    await page.goto(vue.adresse);
    vue.trait = Math.min(vue.trait, await trait(page));
    await page.close();
  }
}

// a hundred rows of one template have the faults of the first: axe looks at some of each
function elaguer(semblables) {
  for (const parent of document.body.querySelectorAll("*")) {
    if (parent.closest(".yasgui")) continue; // its script looks after these
    const vus = {};
    for (const enfant of [...parent.children]) {
      const sorte = `${enfant.tagName} ${enfant.getAttribute("class")}`;
      vus[sorte] = (vus[sorte] ?? 0) + 1;
      if (vus[sorte] > semblables) enfant.remove();
    }
  }
}

function violations(page, regles) {
  return page.evaluate(async (options) => {
    const { violations } = await axe.run(document, {
      ...options, resultTypes: ["violations"], preload: false,
    });
    return violations.map(({ id, help, nodes }) =>
      `${id} (${help}), ${nodes.length} fois : ${nodes[0].target} ${nodes[0].html.slice(0, 160)}`);
  }, regles);
}

// the cells whose text reaches beyond them, over what stands beside
function cellules() {
  return [...document.querySelectorAll("td, th, dt, dd")].filter((e) => {
    const { display, overflowX } = getComputedStyle(e);
    return e.scrollWidth > e.clientWidth + 1 && display !== "inline" && overflowX === "visible";
  }).map((e) => e.outerHTML.slice(0, 160));
}

// the elements that reach beyond the window, and are not in one that scrolls
function coupables(page) {
  return page.evaluate(() => {
    const defile = (e) => e && (/auto|scroll|hidden/.test(getComputedStyle(e).overflowX) || defile(e.parentElement));
    const trop = [...document.body.querySelectorAll("*")].filter((e) =>
      e.getBoundingClientRect().right > innerWidth + 0.5 && !defile(e.parentElement));
    return trop.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(" ; ");
  });
}
