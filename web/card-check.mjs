// Builds card-check/index.html: the page for hospitals as one file that needs nothing from elsewhere.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

async function bundled(entry) {
  const made = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    target: "es2022",
    format: "iife",
    legalComments: "inline",
    logLevel: "warning",
  });
  return made.outputFiles[0].text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

const [script, style] = await Promise.all([bundled("src/card-check/page.js"), bundled("src/card-check/card-check.css")]);
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const [code, rules] = [script.trim(), style.trim()];
// For the saved file; what the gateway serves has a stricter one in its header.
const policy = `default-src 'none'; script-src ${hash(code)}; style-src ${hash(rules)}; connect-src 'self'; img-src data:; media-src blob:; base-uri 'none'; form-action 'none'`;
const page = await readFile("src/card-check/index.html", "utf8");
await mkdir("card-check", { recursive: true });
await writeFile(
  "card-check/index.html",
  page
    .replace("<!-- policy -->", () => `<meta http-equiv="Content-Security-Policy" content="${policy}">`)
    .replace("/* style */", () => rules)
    .replace("/* script */", () => code),
);
