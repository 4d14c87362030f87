// Open hostile texts and pages in Chromium without any Content-Security-Policy; print what ran:
// node browser.mjs NODE_MODULES < { texts, pages, feeds, sparql, query }, as JSON
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { chromium } = createRequire(`${process.argv[2]}/`)("playwright-core");
const { texts, pages, feeds, sparql, query } = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
const AT_ONCE = 100; // frames
const found = { ran: [], dialogs: [], elsewhere: [], structure: [], opened: [], views: {} };

async function open(address, asked = []) {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("dialog", (dialog) => {
    found.dialogs.push(`${address}: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  await context.route("**/*", (route) => {
    const url = new URL(route.request().url());
    asked.push(url.pathname);
    if (["127.0.0.1", "localhost"].includes(url.hostname) || !/^https?:$/.test(url.protocol)) {
      return route.continue();
    }
    found.elsewhere.push(`${address.slice(0, 99)}: ${url.href}`);
    return route.abort();
  });
  if (address) await page.goto(address, { waitUntil: "load" });
  return page;
}

// what a page holds that nobody of this site has put there
const strange = () => {
  const seen = [];
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (/^on|^srcdoc$/i.test(name)) seen.push(`${element.tagName} ${name}`);
      if (/^(href|src|action|data|formaction)$/i.test(name)
        && /^\s*(javascript|vbscript|data:text)/i.test(value)) seen.push(`${element.tagName} ${value}`);
    }
    // the anchors of paragraphs lead to themselves, say nothing of the record, and are numbered by us
    const isAnchor = element.matches("a.ancre") && element.textContent === "¶"
      && element.getAttributeNames().sort().join() === "aria-label,class,href,id"
      && /^[a-z]+-\d+$/.test(element.id) && element.getAttribute("href") === `#${element.id}`;
    if (!isAnchor && element.matches(".texte *") && element.matches(
      ":not(p,br,div,blockquote,pre,hr,h3,h4,h5,h6,ul,ol,li,dl,dt,dd,table,caption,thead,tbody,"
      + "tfoot,tr,td,th,strong,b,em,i,u,s,sup,sub)")) seen.push(`${element.tagName} in a text`);
    if (element.matches("script:not([src])")) {
      try { JSON.parse(element.textContent); } catch { seen.push("SCRIPT that is no JSON"); }
    }
  }
  if (document.querySelectorAll("main").length > 1) seen.push("a second main");
  return seen;
};

async function verify(page, address) {
  if (await page.evaluate(() => window.__ran)) found.ran.push(address);
  const seen = await page.evaluate(strange);
  if (seen.length) found.structure.push(`${address}: ${seen.join(", ")}`);
}

// each text in a document of its own, as it is and as whoever takes it may normalise it
async function framed() {
  const page = await open(pages[0]);
  const all = [...new Set(texts.flatMap((text) => [text, text.normalize("NFC")]))];
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const ran = await page.evaluate(async (some) => {
      const frames = some.map((text) => {
        const frame = document.createElement("iframe");
        const page = `<!doctype html><main><div class="texte">${text}</div></main>`;
        const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
        frame.srcdoc = page;
        document.body.append(frame);
        return [text, frame, loaded];
      });
      await Promise.all(frames.map(([, , loaded]) => loaded));
      await new Promise((resolve) => setTimeout(resolve, 100)); // animations, errors of images
      const allowed = /^(HTML|HEAD|BODY|MAIN|P|BR|DIV|BLOCKQUOTE|PRE|HR|H[3-6]|[UOD]L|LI|D[TD]|TABLE|CAPTION|THEAD|TBODY|TFOOT|TR|T[DH]|STRONG|B|EM|I|U|S|SUP|SUB)$/;
      const ran = [], structure = [];
      for (const [text, frame] of frames) {
        if (frame.contentWindow.__ran || window.__ran) ran.push(text);
        window.__ran = undefined;
        const elements = [...(frame.contentDocument?.querySelectorAll("*") ?? [])];
        if (elements.some((e) => !allowed.test(e.tagName)
          || [...e.attributes].some((a) => !/^(class|colspan|rowspan)$/.test(a.name)))) structure.push(text);
        frame.remove();
      }
      return { ran, structure };
    }, all.slice(at, at + AT_ONCE));
    found.ran.push(...ran.ran);
    found.structure.push(...ran.structure);
  }
  found.frames = all.length;
  await page.context().close();
}

async function site() {
  for (const address of pages) {
    const page = await open(address);
    await page.waitForTimeout(200); // images that fail, animations
    await verify(page, address);
    found.opened.push(await page.title());
    await page.context().close();
  }
}

// Atom in a browser, then what a reader of feeds shows of it: the text of each entry
async function atom() {
  for (const address of feeds) {
    const page = await open(pages[0]);
    const wrong = await page.evaluate(async (address) => {
      const xml = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/xml");
      if (xml.querySelector("parsererror")) return ["not XML"];
      for (const entry of xml.querySelectorAll("entry")) {
        const content = entry.querySelector("content");
        const type = content.getAttribute("type") ?? "text";
        const shown = document.createElement("div");
        document.body.append(shown);
        if (type === "text") shown.textContent = content.textContent;
        else shown.innerHTML = content.textContent;
      }
      return [...xml.querySelectorAll("*")].filter((e) => e.namespaceURI !== "http://www.w3.org/2005/Atom")
        .map((e) => e.tagName);
    }, address);
    if (wrong.length) found.structure.push(`${address}: ${wrong.join(", ")}`);
    await verify(page, address);
    await page.goto(address).catch((error) => { // an answer that is saved is not opened
      if (!/Download|ERR_ABORTED/.test(error.message)) throw error;
    });
    if (await page.evaluate(() => window.__ran)) found.ran.push(address);
    await page.context().close();
  }
  found.feeds = feeds.length;
}

// the editor: a link fills it in and asks nothing; each view of a result is text
async function editor() {
  const address = `${sparql}#query=${encodeURIComponent(query)}`;
  const asked = [];
  const page = await open(address, asked);
  const active = ".yasgui .tabPanel.active";
  await page.waitForSelector(`${active} .yasqe_queryButton`);
  await page.waitForTimeout(1000);
  found.views.unasked = asked.filter((path) => path === "/sparql").length;
  found.views.filled = await page.evaluate((selector) =>
    document.querySelector(selector).CodeMirror.getValue(), `${active} .CodeMirror`);
  await page.click(`${active} .yasqe_queryButton`);
  const rows = `${active} .yasr .dataTable tbody tr`;
  const cells = async () => {
    await page.waitForSelector(rows);
    return page.locator(`${rows} td .nonIri`).evaluateAll((all) => all.map((e) => e.textContent));
  };
  const settle = async (name) => {
    await page.waitForTimeout(500);
    await verify(page, `editor, ${name}`);
    const inside = await page.locator(`${active} .yasr_results td`).evaluateAll((all) =>
      all.flatMap((td) => [...td.querySelectorAll("*")]).map((e) => e.localName));
    found.views.elements = [...new Set([...(found.views.elements ?? []), ...inside])].sort();
  };
  found.views.table = await cells();
  await settle("table");
  const filter = page.locator(`${active} .tableFilter`);
  for (const words of ["<img", "&lt;", "zzz", ""]) { // what is searched is decoded as HTML
    await filter.fill(words);
    await filter.press("Enter");
    await settle(`filter ${words}`);
  }
  await page.locator(`${active} thead th`).last().click();
  await settle("sorted");
  for (const toggle of ["Vue simple", "Abréger"]) {
    await page.locator(`${active} .switch`, { hasText: toggle }).locator("input").click({ force: true });
    await settle(toggle);
  }
  found.views.whole = await cells();
  found.views.links = await page.locator(`${rows} a`).evaluateAll((all) => all.map((a) => a.href));
  await page.locator(`${active} .tableSizer`).selectOption("-1");
  await settle("all rows");
  const download = page.waitForEvent("download");
  await page.click(`${active} .yasr_downloadIcon`);
  found.views.csv = readFileSync(await (await download).path(), "utf8");
  await page.click(`${active} .yasr_btn.select_response`);
  await page.waitForSelector(`${active} .yasr_results .CodeMirror`);
  await settle("response");
  await page.setViewportSize({ width: 400, height: 700 });
  await page.click(`${active} .yasr_btn.select_table`);
  await cells();
  await settle("narrow");
  await page.context().close();
}

const say = (name) => (error) => { throw new Error(`${name}: ${error.stack}`); };
await Promise.all([
  framed().catch(say("texts")), site().catch(say("pages")),
  atom().catch(say("feeds")), editor().catch(say("editor")),
]);
await browser.close();
console.log(JSON.stringify(found));
