// Whether what a phone shows is true. The same rules as in plugins/hi_card/verification.py; tests run both on the same tokens.
import { ed25519 } from "@noble/curves/ed25519.js";

const LONGEST = 4096;
const LONGEST_LIFE = 300;
export const LEEWAY = 30;
const NEEDED = ["no", "nm", "bd", "lv", "fc", "vf", "st"];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

class Changed extends Error {}

// Bytes of base64url in its one spelling: no padding, no stray bits at the end, which a signature would not cover.
function decoded(text) {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) throw new Changed();
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const again = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  if (again !== text) throw new Changed();
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function object(text) {
  const read = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(decoded(text)));
  if (read === null || typeof read !== "object" || Array.isArray(read)) throw new Changed();
  return read;
}

// Public keys by key id, out of a JWK set; null where it is none.
export function readKeys(set) {
  try {
    const ours = set.keys.filter((key) => key.kty === "OKP" && key.crv === "Ed25519");
    const found = new Map(ours.map((key) => [key.kid, decoded(key.x)]));
    return [...found].every(([id, raw]) => typeof id === "string" && id && raw.length === 32) ? found : null;
  } catch {
    return null;
  }
}

async function signedBy(key, signature, message) {
  try {
    const made = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, made, signature, message);
  } catch {
    // An older browser, or a page that did not come over TLS.
    try {
      return ed25519.verify(signature, message, key, { zip215: false });
    } catch {
      return false;
    }
  }
}

function parts(token) {
  const given = token.length > LONGEST ? [] : token.split(".");
  if (given.length !== 3) throw new Changed();
  const [head, body, seal] = given;
  const [header, claims, signature] = [object(head), object(body), decoded(seal)];
  if (Object.keys(header).sort().join() !== "alg,kid,typ") throw new Changed();
  if (header.alg !== "EdDSA" || header.typ !== "vssid-card+jwt") throw new Changed();
  return { message: new TextEncoder().encode(`${head}.${body}`), signature, kid: header.kid, claims };
}

function judged(claims, now) {
  if (claims.iss === undefined || claims.aud === undefined) throw new Changed();
  if (claims.iss !== "vssid" || claims.aud !== "card-check") return { outcome: "FOR_SOMETHING_ELSE" };
  const { iat, exp, card } = claims;
  if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp)) throw new Changed();
  if (exp <= iat || exp - iat > LONGEST_LIFE) throw new Changed();
  if (card === null || typeof card !== "object" || NEEDED.some((name) => card[name] == null)) throw new Changed();
  if (["vf", "vt", "fy"].some((name) => card[name] != null && !DAY.test(card[name]))) throw new Changed();
  const seconds = now / 1000;
  const outcome = seconds >= exp + LEEWAY ? "EXPIRED" : seconds < iat - LEEWAY ? "NOT_YET_VALID" : "VALID";
  return { outcome, card, issuedAt: iat, expiresAt: exp };
}

// Check a token at a moment (milliseconds). Whatever the token is, this answers: { outcome, card?, issuedAt?, expiresAt? }.
export async function verify(token, keys, now) {
  let read;
  try {
    read = parts(token);
  } catch {
    return { outcome: "CHANGED" };
  }
  const key = keys.get(read.kid);
  if (key === undefined) return { outcome: "UNKNOWN_KEY" };
  if (!(await signedBy(key, read.signature, read.message))) return { outcome: "CHANGED" };
  try {
    return judged(read.claims, now);
  } catch {
    return { outcome: "CHANGED" };
  }
}

// Whether the card counts on that day in Vietnam.
export function inForce(card, now) {
  const day = new Date(now + 7 * 3600 * 1000).toISOString().slice(0, 10);
  return card.st === "ACTIVE" && card.vf <= day && (card.vt == null || day <= card.vt);
}
