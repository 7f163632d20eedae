// The graph that Apollo Server and Mercurius serve alike: its schema, its documents and what its fields read.

import { readFileSync } from "node:fs";
import { readDocuments } from "../documents.mjs";
import { openDatabase } from "./database.mjs";
import { createLoaders } from "./loaders.mjs";

export { resolvers } from "./resolvers.mjs";

export const schema = readFileSync(new URL("schema.graphql", import.meta.url), "utf8");
export const documents = readDocuments(new URL("documents/", import.meta.url));

/** The data that the environment names: `context` makes what one request's resolvers need, `close` ends it. */
export function openData({ DATABASE_URL, POOL }) {
  const database = openDatabase(DATABASE_URL, Number(POOL));
  return {
    context: () => ({ database, loaders: createLoaders(database) }),
    close: () => database.close(),
  };
}
