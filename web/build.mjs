// Builds dist/: the explorer page and Monaco's workers as static files that need nothing from elsewhere.
import { cp, rm } from "node:fs/promises";
import { build } from "esbuild";

const shared = {
  bundle: true,
  minify: true,
  outdir: "dist",
  target: "es2022",
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "linked",
  logLevel: "warning",
};

await rm("dist", { recursive: true, force: true });

await build({
  ...shared,
  entryPoints: { explorer: "src/explorer.jsx" },
  format: "esm",
  splitting: true,
  chunkNames: "chunks/[hash]",
  jsx: "automatic",
  loader: { ".ttf": "file" },
});

await build({
  ...shared,
  entryPoints: {
    "workers/editor": "monaco-editor/esm/vs/editor/editor.worker.js",
    "workers/graphql": "monaco-graphql/esm/graphql.worker.js",
    "workers/json": "monaco-editor/esm/vs/language/json/json.worker.js",
  },
  format: "iife",
});

// Last, because the Makefile takes its presence to mean that the build is whole.
await cp("src/index.html", "dist/index.html");
