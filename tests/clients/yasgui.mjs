// Open a page with YASGUI in Chromium, ask a query by each method, and print what the page shows:
// node yasgui.mjs NODE_MODULES PAGE ENDPOINT QUERY
import { createRequire } from "node:module";

const [modules, page, endpoint, query] = process.argv.slice(2);
const { chromium } = createRequire(`${modules}/`)("playwright-core");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
const tab = await browser.newPage();
const errors = [];
tab.on("console", (message) => message.type() === "error" && errors.push(message.text()));
tab.on("pageerror", (error) => errors.push(String(error)));
const rows = {};
for (const method of ["GET", "POST"]) {
  await tab.goto(page);
  await tab.evaluate(
    ([endpoint, query, method]) => {
      localStorage.clear();
      const options = { requestConfig: { endpoint, method }, persistenceId: method };
      const shown = new Yasgui(document.getElementById("yasgui"), options).getTab();
      shown.setQuery(query);
      shown.query();
    },
    [endpoint, query, method],
  );
  const row = ".yasr .dataTable tbody tr";
  await tab.waitForSelector(row, { timeout: 20000 }).catch((error) => errors.push(String(error)));
  rows[method] = await tab.locator(row).count();
}
await browser.close();
console.log(JSON.stringify({ rows, errors }));
