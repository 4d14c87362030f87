// The picture of a chart as PNG, made of its SVG; without this script its button stays hidden.
"use strict";

const AGRANDI = 2; // pixels for a unit of the picture

async function enPng(adresse) {
  const image = new Image();
  image.src = adresse;
  await image.decode();
  const toile = document.createElement("canvas");
  toile.width = image.naturalWidth * AGRANDI;
  toile.height = image.naturalHeight * AGRANDI;
  toile.getContext("2d").drawImage(image, 0, 0, toile.width, toile.height);
  return new Promise((rendre) => toile.toBlob(rendre, "image/png"));
}

for (const place of document.querySelectorAll("[data-png]")) {
  if (location.protocol === "file:") break; // a browser lets no script read such a picture
  place.hidden = false;
  place.querySelector("button").addEventListener("click", async () => {
    const adresse = new URL(place.dataset.png, location);
    const lien = document.createElement("a");
    lien.href = URL.createObjectURL(await enPng(adresse));
    lien.download = adresse.pathname.split("/").pop().replace(/svg$/, "png");
    lien.click();
    setTimeout(() => URL.revokeObjectURL(lien.href), 10_000);
  });
}
