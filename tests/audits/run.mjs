// Runs the GraphQL-over-HTTP server audits against the URL given, and prints what each found:
// a JSON list of {id, name, status, reason}, with status "ok", "notice", "warn" or "error".
// The exit code tells only whether the audits could be run; judging them is the caller's.
import { auditServer } from "graphql-http";

const [url] = process.argv.slice(2);
if (!url) {
  console.error("usage: node run.mjs URL");
  process.exit(2);
}

const results = await auditServer({ url });
const found = results.map(({ id, name, status, reason }) => ({ id, name, status, reason: reason ?? null }));
console.log(JSON.stringify(found, null, 2));
