// Look at pages as people do, in one Chromium, and print what was seen:
// node browser.mjs NODE_MODULES < what to look at, as JSON; see tests/support/browsing.py
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { auditer, rechronometrer } from "./pages.mjs";

const modules = `${process.argv[2]}/`;
const { chromium } = createRequire(modules)("playwright-core");
const { pages, parcours, adresses, essais } = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
const ENSEMBLE = 2; // pages or journeys at once
const axe = readFileSync(`${modules}axe-core/axe.min.js`, "utf8");

// several at once: while one waits for the network, another one is looked at
async function ensemble(taches, combien) {
  const faits = [];
  let prochaine = 0;
  const suivre = async () => {
    while (prochaine < taches.length) {
      const rang = prochaine++;
      faits[rang] = await taches[rang]();
    }
  };
  await Promise.all(Array.from({ length: combien }, suivre));
  return faits;
}

async function suivi([nom, faire]) {
  const debut = performance.now();
  const echec = await faire(browser, adresses).then(() => "", (erreur) => `${erreur.stack}`);
  return { nom, echec, secondes: (performance.now() - debut) / 1000 };
}

const vues = await ensemble(pages.map(({ site, chemin, ...page }) => () =>
  auditer(browser, { ...page, adresse: adresses[site] + chemin }, axe)), ENSEMBLE);
for (const vue of vues) await rechronometrer(browser, vue, essais);
const modulesDesParcours = await Promise.all(parcours.map((fichier) => import(pathToFileURL(fichier))));
const parcourus = await ensemble(Object.entries(Object.assign({}, ...modulesDesParcours)).map((un) => () => suivi(un)), ENSEMBLE);
await browser.close();
console.log(JSON.stringify({ pages: vues, parcours: parcourus }));
