// Use a copy of the site on hosts of files, in one Chromium, and print what was seen:
// node app.mjs NODE_MODULES < addresses, queries and searches as JSON; see test_in_a_browser.py
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { chromium } = createRequire(`${process.argv[2]}/`)("playwright-core");
const { hosts, queries, searches, uid, answer } = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
const seen = { errors: [], elsewhere: [] };

async function open(address, then) {
  const context = await browser.newContext({ locale: "fr-FR" });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const { origin } = new URL(address);
  page.on("console", (m) => m.type() === "error" && seen.errors.push(`${address} ${m.text()}`));
  page.on("pageerror", (error) => seen.errors.push(`${address} ${error}`));
  page.on("request", (r) => /^https?:/.test(r.url()) && new URL(r.url()).origin !== origin && seen.elsewhere.push(r.url()));
  await page.goto(address);
  try {
    return await then(page);
  } finally {
    await context.close();
  }
}

const search = (page, one) => page.evaluate((what) => globalThis.plein.demander("chercher", {
  q: "", filtres: [], depuis: "", jusque: "", tri: "", page: 1, ...what,
}).then(({ total, fiches, lues }) => ({ total, uids: fiches.map(([u]) => u), ...lues }), (said) => said), one);

await open(`${hosts.whole}sparql.html`, async (page) => {
  for (const box of await page.locator("#donnees-copie input").all()) await box.check();
  seen.answers = await page.evaluate(async (texts) => {
    const answers = [];
    for (const text of texts) answers.push(await globalThis.copieDeSparql.repondre(text).then(({ corps }) => JSON.parse(corps), (e) => ({ refused: e.json ?? String(e) })));
    return answers;
  }, queries);
  seen.state = await page.locator("#copie-etat").textContent();
  seen.chained = await page.evaluate(() => ["SELECT (?a - ?b - ?c AS ?d) {}", "SELECT ((?a - ?b) - ?c AS ?d) {}", "SELECT (4 / 2 * 3 AS ?x) {}",
    "ASK { ?a qp:b/qp:c/qp:d ?e }", "ASK { ?a <x>/<y>/<z> ?e FILTER(?a - 1 > 2 && ?b - 1 > 2) }", "SELECT (COUNT(?a) - 1 + ?b AS ?c) {}"].map(globalThis.copieDeSparql.compteMal));
  const form = page.locator(".exemple-sparql").first();
  await form.getByRole("button", { name: "Exécuter", exact: true }).click();
  await page.locator(".reponse table tbody tr").first().waitFor().catch(() => {}); // else the words instead
  seen.table = await page.locator(".reponse table tbody tr").count() || await page.locator(".reponse").first().textContent();
});
await open(`${hosts.whole}sparql.html?query=${encodeURIComponent("SELECT (2 AS ?deux) {}")}`, async (page) => {
  seen.linked = await page.locator("#copie-reponse td").first().textContent();
});
await open(`${hosts.whole}question/${uid}.html`, async (page) => {
  await page.locator("[data-requete] .formes a").click();
  const form = page.locator("#fiche-question form");
  await form.getByRole("button", { name: "Exécuter", exact: true }).click();
  await page.locator("#fiche-question .reponse td").first().waitFor();
  seen.facts = await page.locator("#fiche-question .reponse td").first().textContent();
  seen.factsOf = (await form.locator("textarea").inputValue()).includes(`question/${uid}>`);
});
await open(`${hosts.whole}sparql.html`, async (page) => {
  seen.refused = await page.evaluate(() => globalThis.copieDeSparql.repondre("SELECT * { SERVICE <http://x/> { ?a ?b ?c } }").catch((e) => e.json.title));
  seen.wrong = await page.evaluate(() => globalThis.copieDeSparql.repondre("SELECT * { ?a").catch((e) => e.json.title));
});
await open(`${hosts.whole}recherche.html?q=QANR`, async (page) => {
  seen.found = [];
  for (const one of searches) seen.found.push(await search(page, one));
  seen.named = await page.evaluate((asked) => Promise.all(asked.map(async ({ q }) => {
    const said = officiellement(q ?? ""), words = motsDe(said);
    return (words.length ? await nommees(words, said) : []).map(([, path]) => path);
  })), searches);
});
await open(`${hosts.whole}recherche.html?q=${encodeURIComponent("réforme")}&legislature=16`, async (page) => {
  await page.locator("#resultats li").first().waitFor();
  seen.taken = await page.locator("#pris").textContent();
  seen.first = await page.locator("#resultats li a").first().getAttribute("href");
  await page.locator("#facettes > summary").click();
  await page.locator("#facettes details").first().waitFor();
  seen.facets = await page.locator("#facettes > details > summary").allTextContents();
});
for (const host of ["plain", "half"]) {
  await open(`${hosts[host]}recherche.html?q=retraites`, async (page) => {
    await page.locator("#avis-plein").waitFor();
    await page.locator("#resultats li").first().waitFor();
    seen[host] = await page.locator("#avis-plein").textContent();
  });
}
await open(`${hosts.half}sparql.html`, async (page) => {
  seen.halfFacts = await page.evaluate(() => globalThis.copieDeSparql.repondre("ASK {}").catch((e) => `${e.json.title} ${e.json.detail}`));
  seen.halfState = await page.locator("#copie-etat").textContent();
});
await open(`${hosts.leaving}sparql.html`, async (page) => {
  const boxes = page.locator("#donnees-copie input:not(#copie-textes)");
  for (const [n, box] of (await boxes.all()).entries()) await box.setChecked(n === 0);
  const asked = (text) => globalThis.copieDeSparql.repondre(text).then(({ corps }) => JSON.parse(corps), (e) => String(e.json?.detail ?? e));
  const count = "SELECT (COUNT(*) AS ?n) { ?q a qp:Question }";
  const there = await page.evaluate(asked, count);
  seen.loaded = await page.locator("#copie-etat").textContent();
  seen.kept = await page.evaluate(() => globalThis.copieDeSparql.gardes());
  await page.goto(`${hosts.leaving}question/${uid}.html`);
  await page.goto(`${hosts.leaving}recherche.html?q=retraites`);
  await page.locator("#resultats li").first().waitFor();
  await page.evaluate(() => globalThis.garder());
  const kept = (one) => caches.match(one).then(Boolean);
  await page.evaluate(async (one) => (await caches.open("copie")).put(one, new Response("withheld since")), `${hosts.leaving}question/gone.html`);
  await page.evaluate((one) => fetch(one), `${hosts.leaving}question/gone.html`);
  seen.withheld = await page.evaluate(kept, `${hosts.leaving}question/gone.html`);
  seen.errors.length -= 1; // its 404
  const before = seen.errors.length;
  await page.request.get(`${hosts.leaving}gone`).catch(() => {});
  await page.goto(`${hosts.leaving}question/${uid}.html`);
  seen.offlinePage = await page.locator("h1").textContent();
  await page.goto(`${hosts.leaving}recherche.html?q=retraites`);
  await page.locator("#avis-plein").waitFor();
  await page.goto(`${hosts.leaving}sparql.html`);
  for (const [n, box] of (await boxes.all()).entries()) await box.setChecked(n === 0);
  seen.offline = [there, await page.evaluate(asked, count)];
  seen.errors.length = before; // the browser tells what the host did not answer
});
const led = async (address) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForURL(/question\/\w+\.html/);
  const at = page.url();
  await context.close();
  return at;
};
seen.iri = await led(`${hosts.whole}question/${uid}`);
seen.answer = await led(`${hosts.whole}reponse/${answer}`);
await browser.close();
console.log(JSON.stringify(seen));
