// Monaco asks for its workers by label; they are built beside the page and served from where it is.
globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    const name = label === "json" || label === "graphql" ? label : "editor";
    return new Worker(new URL(`workers/${name}.js`, document.baseURI), { name: label });
  },
};
