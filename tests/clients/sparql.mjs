// Use the page of SPARQL as a person does, and print what happened:
// node sparql.mjs NODE_MODULES SITE FILE QUERY, SITE an address, FILE the page in an export
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, site, file, query] = process.argv.slice(2);
const { chromium } = createRequire(`${modules}/`)("playwright-core");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
const found = { errors: [], origins: [], refusals: 0, unasked: 0 };

const watched = async (address, options = {}) => {
  const context = await browser.newContext(options);
  const tab = await context.newPage();
  tab.setDefaultTimeout(20000);
  tab.on("request", (request) => found.origins.push(new URL(request.url()).origin));
  tab.on("console", (message) => {
    const { url } = message.location();
    if (message.type() !== "error" || url.endsWith("/favicon.ico")) return; // not of this page
    if (message.text().includes("status of 400")) found.refusals += 1;
    else found.errors.push(message.text());
  });
  tab.on("pageerror", (error) => found.errors.push(String(error)));
  await tab.goto(address);
  return tab;
};
const active = ".yasgui .tabPanel.active";
const rows = `${active} .yasr .dataTable tbody tr`;
const text = (tab) =>
  tab.evaluate((selector) => document.querySelector(selector).CodeMirror.getValue(), `${active} .CodeMirror`);
const counted = async (tab) => {
  await tab.waitForSelector(rows);
  return tab.locator(rows).count();
};

// with JavaScript: an example, its rows, a link to it
const tab = await watched(`${site}sparql`);
await tab.selectOption("#exemples", "types");
found.example = await text(tab);
await tab.click(`${active} .yasqe_queryButton`);
found.rows = await counted(tab);
found.table = await tab.locator(`${active} .yasr_btn.select_table`).innerText();
await tab.click(`${active} .yasr_btn.select_response`);
await tab.waitForSelector(`${active} .yasr_results .CodeMirror`);
const download = tab.waitForEvent("download");
await tab.click(`${active} .yasr_downloadIcon`);
found.download = (await download).suggestedFilename();
await tab.click(`${active} .yasqe_share`);
found.link = await tab.inputValue(`${active} .yasqe_sharePopup input`);
found.stored = await tab.evaluate(() => Object.values(localStorage).join("").length);
found.cookies = await tab.context().cookies();
const tabs = () => tab.locator(".yasgui .tabsList .tab").count();
found.tabs = [await tabs()];
await Promise.all([tab.waitForEvent("load"), tab.click("#oublier")]);
await tab.waitForSelector(".yasgui .CodeMirror");
found.tabs.push(await tabs());

// the link opens the same query elsewhere; it is run when somebody asks for it, not before
const run = async (tab) => {
  await tab.waitForSelector(`${active} .yasqe_queryButton`);
  await tab.waitForLoadState("networkidle");
  found.unasked += await tab.evaluate(() =>
    performance.getEntriesByType("resource").filter(({ name }) => /sparql$/.test(name)).length);
  await tab.click(`${active} .yasqe_queryButton`);
  return counted(tab);
};
const shared = await watched(found.link);
found.shared = [await text(shared), await run(shared)];

// the keyboard: completion of our terms, Ctrl+Enter, and a way out
const keys = await watched(`${site}sparql.html`);
const edit = (value) => keys.evaluate(([selector, value]) => {
  const editor = document.querySelector(selector).CodeMirror;
  editor.setValue(value);
  editor.focus();
  editor.setCursor(editor.lineCount(), 0);
}, [`${active} .CodeMirror`, value]);
await edit("PREFIX qp: <https://w3id.org/questions-parlementaires/def#>\nSELECT * { ?q qp:dateP");
await keys.keyboard.press("Control+Space");
await keys.waitForSelector(".CodeMirror-hint");
found.hints = await keys.locator(".CodeMirror-hint").allInnerTexts();
await keys.keyboard.press("Escape");
await edit(query);
await keys.keyboard.press("Control+Enter");
found.keyboard = await counted(keys);
await keys.evaluate((s) => document.querySelector(s).CodeMirror.focus(), `${active} .CodeMirror`);
await keys.keyboard.press("Tab"); // to the text itself, which scrolls
await keys.keyboard.press("Tab");
found.focus = await keys.evaluate(() => document.activeElement.tagName);
// a mistake is said in words, and nothing but the service of this site can be asked
await edit("SELECT * {");
await keys.click(`${active} .yasqe_queryButton`);
await keys.waitForSelector(`${active} .errorResult .redOutline`);
found.refusal = await keys.locator(`${active} .errorResult .redOutline`).innerText();
const elsewhere = `${site}sparql.html#${new URLSearchParams({ query, endpoint: "http://127.0.0.1:9/" })}`;
found.elsewhere = await run(await watched(elsewhere));

// from a disk: the service of the base is asked
const disk = await watched(String(pathToFileURL(file)));
await disk.waitForSelector(".yasgui .CodeMirror");
found.disk = await disk.evaluate(() => document.getElementById("formulaire").action);

// without JavaScript: the form, a page with a table, and back to the form
const plain = await watched(`${site}sparql`, { javaScriptEnabled: false });
const sent = async (query) => {
  await plain.fill("#query", query);
  await Promise.all([plain.waitForEvent("load"), plain.click("#formulaire button")]);
};
await sent(query);
found.plain = [await plain.locator(".resultats tbody tr").count(), await plain.inputValue("#query")];
await sent("SELECT * {");
found.mistake = [await plain.locator(".faute mark").count(), await plain.inputValue("#query")];

await browser.close();
found.origins = [...new Set(found.origins)].sort();
console.log(JSON.stringify(found));
