// Mercurius on Fastify: trusted documents, each compiled by graphql-jit when it is asked for the second time.

import Fastify from "fastify";
import mercurius from "mercurius";
import { documents, openData, resolvers, schema } from "../graph/graph.mjs";

const data = openData(process.env);
const app = Fastify();

await app.register(mercurius, {
  schema,
  resolvers,
  context: data.context,
  jit: 1,
  // PostgreSQL's constraints vouch for enumerations, days and numbers.
  compilerOptions: { disableLeafSerialization: true },
  persistedQueries: documents,
  onlyPersisted: true,
});
await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) });

process.once("SIGTERM", async () => {
  await app.close();
  await data.close();
});
