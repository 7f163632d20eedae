// Public keys: those that came with the page, those fetched or opened later; the newest are kept, and how old they are is shown.
import { readKeys } from "./verification.js";

const PLACE = "vssid-card-keys";
const ADDRESS = "/.well-known/vssid-card-keys.json";

function kept() {
  try {
    return JSON.parse(localStorage.getItem(PLACE));
  } catch {
    return null; // nothing there, or this browser keeps nothing
  }
}

function builtIn() {
  return JSON.parse(document.getElementById("built-in-keys").textContent);
}

// { keys: Map, fetchedAt: milliseconds } or null.
export function atHand() {
  const sets = [builtIn(), kept()].filter((set) => set && readKeys(set)?.size);
  if (!sets.length) return null;
  const newest = sets.reduce((best, set) => (set.fetchedAt > best.fetchedAt ? set : best));
  return { keys: readKeys(newest), fetchedAt: newest.fetchedAt };
}

// Keep a JWK set; false where it is none.
export function keep(set, fetchedAt) {
  if (!readKeys(set)?.size) return false;
  try {
    localStorage.setItem(PLACE, JSON.stringify({ keys: set.keys, fetchedAt }));
  } catch {
    return false;
  }
  return true;
}

// Fetch the keys anew, where this page came from the gateway; false where there is no network.
export async function refresh() {
  if (!location.protocol.startsWith("http")) return false;
  try {
    const answer = await fetch(ADDRESS, { cache: "no-cache", credentials: "omit" });
    return answer.ok && keep(await answer.json(), Date.now());
  } catch {
    return false;
  }
}
