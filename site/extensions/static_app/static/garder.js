// Has this browser keep the pages of a copy that work by themselves: they answer without the host.
"use strict";
(() => {
  const ici = new URL(".", location.href);
  const services = location.protocol === "file:" ? null : navigator.serviceWorker; // none in a folder
  const pret = services?.register(new URL("hors-ligne.js", ici)).then(() => services.ready).catch(() => null);
  // resolves to whether all of these addresses, and what this page has loaded, are kept
  globalThis.garder = async (adresses = []) => {
    const service = (await pret)?.active;
    if (!service) return false;
    const chargees = performance.getEntriesByType("resource").map(({ name }) => name);
    const toutes = [location.href, ...chargees, ...adresses.map((une) => new URL(une, ici).href)];
    const { port1, port2 } = new MessageChannel();
    const fini = new Promise((rendre) => { port1.onmessage = () => rendre(true); });
    service.postMessage(toutes.filter((une) => new URL(une).origin === location.origin), [port2]);
    return fini;
  };
})();
