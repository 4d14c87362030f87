// Looks for types of schema.org in pages; prints which tests of each page passed and which failed.
import { createRequire } from "node:module";

const [modules, ...asked] = process.argv.slice(2); // then an address, its type, and so on
const { structuredDataTest } = createRequire(`${modules}/`)("structured-data-testing-tool");
const seen = [];
while (asked.length) {
  const [url, type] = asked.splice(0, 2);
  const result = await structuredDataTest(url, { schemas: [`jsonld:${type}`] }).catch((error) => error.res ?? error);
  if (result instanceof Error) throw result;
  const names = (tests) => tests.map(({ test, schema }) => `${url} ${schema} ${test}`);
  seen.push({ passed: names(result.passed), failed: names(result.failed) });
}
console.log(JSON.stringify(seen));
