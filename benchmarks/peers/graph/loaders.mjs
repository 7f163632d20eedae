// Loaders of one request: the keys that fields ask for meanwhile are read with one statement.

import DataLoader from "dataloader";
import * as statements from "./statements.mjs";

/** New loaders on a database, for the fields of one request. */
export function createLoaders(database) {
  return {
    cards: oneEach(database, statements.CARDS_BY_HOLDER, "participantId"),
    entitlements: allOfEach(database, statements.ENTITLEMENTS, "participantId"),
    facilities: oneEach(database, statements.FACILITIES, "code"),
    participants: oneEach(database, statements.PARTICIPANTS, "id"),
    participations: firstOfEach(database, statements.PARTICIPATIONS, "participantId"),
    provinces: oneEach(database, statements.PROVINCES, "id"),
  };
}

function oneEach(database, statement, key) {
  return new DataLoader(async (keys) => {
    const rows = await database(statement, [keys]);
    const found = new Map(rows.map((row) => [row[key], row]));
    return keys.map((wanted) => found.get(wanted) ?? null);
  });
}

function allOfEach(database, statement, key) {
  return new DataLoader(async (keys) => grouped(await database(statement, [keys]), key, keys));
}

/** A loader of pages: a function that gives the loader for a size of page. */
function firstOfEach(database, statement, key) {
  const bySize = new Map();
  return (first) => {
    let loader = bySize.get(first);
    if (loader === undefined) {
      loader = new DataLoader(async (keys) => grouped(await database(statement, [keys, first]), key, keys));
      bySize.set(first, loader);
    }
    return loader;
  };
}

function grouped(rows, key, keys) {
  const found = new Map(keys.map((wanted) => [wanted, []]));
  for (const row of rows) found.get(row[key]).push(row);
  return keys.map((wanted) => found.get(wanted));
}
