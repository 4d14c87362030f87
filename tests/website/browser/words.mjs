// What is taken away from the first page in three steps: rows, files, a licence. Wide and narrow, with
// scripts and without; a step is a link that is followed, or a form that is sent.
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { enPas } from "./machine.mjs";

const PAS = 3;

const lesDonnees = (page) => page.locator("a.porte", { hasText: "Les données" });

// a query that runs, and its rows as CSV
export async function developpeuse(browser, { serveur }) {
  await enPas(browser, serveur, PAS, async (page, { aller, prendre }) => {
    const requete = page.locator("[data-requete=recentes] details.requete");
    await requete.locator("summary").click();
    await aller(requete.getByRole("button", { name: "Exécuter" }), /sparql\?/);
    const lignes = await page.locator("main tbody tr").count();
    assert.ok(lignes > 0);
    const recu = await prendre(page.getByRole("link", { name: "CSV", exact: true }));
    assert.equal(recu.toString().trimEnd().split("\r\n").length, lignes + 1);
  });
}

// the licence, how to cite, and the description for catalogues
export async function bibliothecaire(browser, { serveur }) {
  await enPas(browser, serveur, PAS, async (page, { aller, prendre }) => {
    await aller(lesDonnees(page), /telechargements/);
    assert.match((await prendre(page.getByRole("link", { name: "dcat.ttl" }))).toString(), /dcat:Dataset/);
    await aller(page.locator("main").getByRole("link", { name: "Licence et citation" }), /licence/);
    assert.match(await page.locator("main").innerText(), /Licence Ouverte 2\.0[\s\S]*@misc/);
  });
}

// all questions, as Parquet and as CSV
export async function chercheuse(browser, { serveur }) {
  await enPas(browser, serveur, PAS, async (page, { aller, prendre }) => {
    await aller(lesDonnees(page), /telechargements/);
    const parquet = await prendre(page.locator(".prises a[href$='.parquet']"));
    assert.equal(parquet.subarray(0, 4).toString(), "PAR1");
    const table = gunzipSync(await prendre(page.locator(".prises a[href$='questions.csv.gz']"))).toString();
    assert.match(table, /^uid,/);
  });
}
