// Documents that servers know beforehand, as in production.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

/** The texts of a folder of `*.graphql` files by their SHA-256, which requests send. */
export function readDocuments(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith(".graphql"));
  const texts = names.map((name) => readFileSync(new URL(name, folder), "utf8"));
  return Object.fromEntries(texts.map((text) => [createHash("sha256").update(text).digest("hex"), text]));
}
