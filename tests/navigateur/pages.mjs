// One page: what axe finds, how wide it is, what it asks of whom, and how soon it shows something.
const LARGE = { width: 1280, height: 900 };
const ETROIT = { width: 320, height: 640 };
const PREMIER_TRAIT = 1000; // milliseconds until something is painted
const ESSAIS = 3; // the best of so many: the machine may be busy
// a theme changes colours and nothing else: only what axe says of colours is asked again
const VUES = [
  { nom: "clair, large", taille: LARGE, theme: "light", regles: {} },
  { nom: "sombre, large", taille: LARGE, theme: "dark", regles: { runOnly: ["cat.color"] } },
  { nom: "sombre, étroit", taille: ETROIT, theme: "dark", regles: { runOnly: ["cat.color"] } },
  { nom: "clair, étroit", taille: ETROIT, theme: "light", regles: {} },
];

export async function auditer(browser, { genre, adresse }, axe) {
  const debut = performance.now();
  const contexte = await browser.newContext({ viewport: LARGE, colorScheme: "light" });
  const page = await contexte.newPage();
  const console_ = [];
  const demandees = [];
  page.on("console", (message) => message.type() === "error" && console_.push(message.text()));
  page.on("pageerror", (erreur) => console_.push(String(erreur)));
  page.on("request", (demande) => demandees.push(demande.url()));
  const vue = { genre, adresse, violations: [], debordements: [] };
  try {
    const reponse = await page.goto(adresse, { waitUntil: "networkidle" });
    vue.statut = reponse.status();
    vue.trait = await trait(page);
    for (let essai = 1; essai < ESSAIS && vue.trait >= PREMIER_TRAIT; essai++) {
      await page.reload({ waitUntil: "load" });
      vue.trait = Math.min(vue.trait, await trait(page));
    }
    await page.evaluate(axe);
    for (const { nom, taille, theme, regles } of VUES) {
      await page.setViewportSize(taille);
      await page.emulateMedia({ colorScheme: theme });
      vue.violations.push(...(await violations(page, regles)).map((une) => `${nom} : ${une}`));
      const trop = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (trop > 0) vue.debordements.push(`${nom} : ${trop} px ; ${await coupables(page)}`);
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

function trait(page) {
  return page.evaluate(() =>
    performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity);
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

// the elements that reach beyond the window, and are not in one that scrolls
function coupables(page) {
  return page.evaluate(() => {
    const defile = (e) => e && (/auto|scroll|hidden/.test(getComputedStyle(e).overflowX) || defile(e.parentElement));
    const trop = [...document.body.querySelectorAll("*")].filter((e) =>
      e.getBoundingClientRect().right > innerWidth + 0.5 && !defile(e.parentElement));
    return trop.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(" ; ");
  });
}
