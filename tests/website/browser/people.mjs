// Sixteen people and what they want: each reaches it from the first page in so many steps – a link
// that is followed, a search that is sent, something that is opened – wide and narrow, with scripts
// and without; before a landing half of them on each machine.
import assert from "node:assert/strict";
import { MACHINES, NUIT, enPas } from "./machine.mjs";

const lien = (nom) => `a:text-is("${nom}")`;
const QUESTION = "main li a[href*='question/']";
// who, the release, the way (`? words`: a search), what is there, in how many steps at most
const PERSONNES = [
  ["journaliste", "serveur", [lien("Ministères")], "main th:has-text('Hors délai'), main td[data-titre='Hors délai']", 1],
  ["citoyenne", "serveur", ["? Haute-Loire", "main section a[href*='departement/']", "#fiche-elus tbody a"], QUESTION, 3],
  ["collaborateur", "serveur", ["? 43349", QUESTION, lien("Questions semblables")], QUESTION, 3],
  ["assistante", "serveur", ["? agriculture", "a:text-matches('^Être averti')"], "#adresse[value$='recherche.atom?q=agriculture']", 2],
  ["politiste", "serveur", ["a.porte:has-text('Les données')"], ".prises a[href$='questions.csv.gz']", 1],
  ["bénévole de Wikidata", "serveur", [lien("Liens vers Wikidata"), "#candidats summary"], "#candidats textarea:has-text('P4123')", 2],
  ["débutante en SPARQL", "serveur", [lien("SPARQL"), "form[data-nom=marche-1] button[value=html]"], "main tbody tr", 3],
  ["développeur", "serveur", ["[data-requete=types] summary", "[data-requete=types] button[value=html]"], "main tbody tr", 3],
  ["anglophone", "serveur", [lien("English"), "? agriculture", "main ol a[href*='question/']"], "html[lang=en] h2:text-is('In brief')", 3],
  ["lectrice au téléphone", "serveur", ["? 10186", QUESTION], "h2:text-matches('^Réponse')", 2],
  ["agent de ministère", "serveur", [lien("Qui est en retard aujourd’hui ?")], "#aujourdhui tbody a", 1],
  ["bibliothécaire", "serveur", [lien("Licence et citation")], "pre:has-text('@misc')", 1],
  ["étudiant", "serveur", ["main " + lien("Comment marche une question"), "main a[href*='17-3026']", QUESTION], "h2:text-matches('^Réponse')", 3],
  ["lobbyiste, par courriel", "vies", ["? logement", "a:text-matches('^Être averti')"], "a[href^='mailto:'][href*='recherche.atom']", 2],
  ["bibliothécaire au champ DOI", "vies", [lien("Licence et citation")], "a[href^='https://doi.org/10.']", 1],
  ["député qui trouve une erreur", "vies", ["? QANR5L17QE702", QUESTION], "a.signaler[href^='mailto:'][href*='QANR5L17QE702']", 2],
];

export async function seizePersonnes(browser, adresses) {
  const fautes = [];
  for (const [rang, [qui, depart, chemin, voit, combien]] of PERSONNES.entries())
    try {
      await enPas(browser, adresses[depart], combien, async (page, { aller, chercher }) => {
        for (const pas of chemin) {
          const avant = page.url();
          if (pas.startsWith("? ")) await chercher(pas.slice(2));
          else await aller(page.locator(pas), pas.includes("summary") ? null : (la) => la.href !== avant);
        }
        await page.locator(voit).locator("visible=true").first().waitFor();
      }, NUIT ? MACHINES : [MACHINES[rang % 2]]);
    } catch (erreur) {
      fautes.push(`${qui}: ${erreur.message}`);
    }
  assert.deepEqual(fautes, []);
  assert.equal(PERSONNES.length, 16);
}
