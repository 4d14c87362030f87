// The official client of the Model Context Protocol in JavaScript, which begins with a handshake:
// connects, pings, lists the tools, calls each, and prints what it got.
// node client.mjs NODE_MODULES ADDRESS CALLS, CALLS as JSON: tool → arguments
import { createRequire } from "node:module";

const [modules, address, calls] = process.argv.slice(2);
const load = createRequire(`${modules}/`);
const { Client } = load("@modelcontextprotocol/sdk/client/index.js");
const { StreamableHTTPClientTransport } =
  load("@modelcontextprotocol/sdk/client/streamableHttp.js");

const client = new Client({ name: "lod", version: "1" });
await client.connect(new StreamableHTTPClientTransport(new URL(address)));
const ping = await client.ping();
const { tools } = await client.listTools();
const answers = {};
for (const [name, given] of Object.entries(JSON.parse(calls))) {
  answers[name] = await client.callTool({ name, arguments: given });
}
await client.close();
console.log(JSON.stringify({ server: client.getServerVersion(), ping, tools, answers }));
