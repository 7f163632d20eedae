// PostGraphile on Node's own HTTP server, as its documentation starts it; documents are persisted operations.

import { once } from "node:events";
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { grafserv } from "postgraphile/grafserv/node";
import { createPreset } from "./preset.mjs";

const preset = createPreset(process.env);
const instance = postgraphile(preset);
const server = createServer();

await instance.createServ(grafserv).addTo(server);
server.listen(Number(process.env.PORT), "127.0.0.1");

process.once("SIGTERM", async () => {
  server.close();
  server.closeIdleConnections();
  await once(server, "close");
  await instance.release();
  await Promise.all(preset.pgServices.map((service) => service.release()));
});
