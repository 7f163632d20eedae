// Apollo Server on Fastify: persisted queries that are there from the start.

import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled } from "@apollo/server/plugin/disabled";
import { InMemoryLRUCache } from "@apollo/utils.keyvaluecache";
import fastifyApollo, { fastifyApolloDrainPlugin } from "@as-integrations/fastify";
import Fastify from "fastify";
import { documents, openData, resolvers, schema } from "../graph/graph.mjs";

const data = openData(process.env);
const app = Fastify();

const cache = new InMemoryLRUCache();
for (const [hash, text] of Object.entries(documents)) await cache.set(`apq:${hash}`, text);

const apollo = new ApolloServer({
  typeDefs: schema,
  resolvers,
  persistedQueries: { cache },
  // Nothing here has cache hints, which every field would be searched for.
  plugins: [ApolloServerPluginCacheControlDisabled(), fastifyApolloDrainPlugin(app)],
  stopOnTerminationSignals: false,
});
await apollo.start();
await app.register(fastifyApollo(apollo), { context: async () => data.context() });
await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) });

process.once("SIGTERM", async () => {
  await apollo.stop();
  await data.close();
});
