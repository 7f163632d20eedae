// What the gateway says about itself for the explorer: example operations, and who may call them.

const ENDPOINT = "/graphql";

/**
 * Example operations by audience, in the order in which the gateway lists them.
 * @returns {Promise<Map<string, {token: string | null, examples: {name: string, query: string, variables: string}[]}>>}
 */
export async function loadAudiences() {
  const response = await fetch("operations.json", { headers: { Accept: "application/json" } });
  if (!response.ok) {
    throw new Error(`The example operations could not be read (HTTP ${response.status}).`);
  }
  const audiences = new Map();
  for (const { audience, name, query, variables, token } of await response.json()) {
    const known = audiences.get(audience) ?? { token: null, examples: [] };
    known.token ??= token ?? null;
    known.examples.push({ name, query, variables: variables ? JSON.stringify(variables, null, 2) : "" });
    audiences.set(audience, known);
  }
  return audiences;
}

/** A GraphiQL fetcher that calls as one demo identity; a header typed into a tab wins over it. */
export function callAs(token) {
  return async ({ query, variables, operationName }, { headers = {} } = {}) => {
    const sent = new Headers({
      Accept: "application/graphql-response+json, application/json;q=0.9",
      "Content-Type": "application/json",
    });
    if (token) {
      sent.set("Authorization", `Bearer ${token}`);
    }
    for (const [name, value] of Object.entries(headers)) {
      sent.set(name, value);
    }
    const response = await fetch(ENDPOINT, {
      method: "POST",
      headers: sent,
      body: JSON.stringify({ query, variables: variables ?? undefined, operationName: operationName ?? undefined }),
      credentials: "omit",
    });
    return response.json();
  };
}
