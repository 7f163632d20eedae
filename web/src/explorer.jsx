import "graphiql/style.css";
import "./explorer.css";
import "./workers.js";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { callAs, loadAudiences } from "./operations.js";

const LAST_AUDIENCE = "explorer:audience";

/** Every audience keeps its own tabs and history: a query for one seldom fits another's schema. */
function storageOf(audience) {
  const prefix = `explorer:${audience}:`;
  const ownKeys = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  return {
    get length() {
      return ownKeys().length;
    },
    getItem: (key) => localStorage.getItem(prefix + key),
    setItem: (key, value) => localStorage.setItem(prefix + key, value),
    removeItem: (key) => localStorage.removeItem(prefix + key),
    clear: () => ownKeys().forEach((key) => localStorage.removeItem(key)),
  };
}

function ExamplesIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" aria-hidden="true">
      <path d="M5 4h14v16H5zM9 9h6M9 13h6M9 17h3" />
    </svg>
  );
}

function ExampleList({ examples }) {
  const { addTab } = useGraphiQLActions();
  const { queryEditor, variableEditor } = useGraphiQL(({ queryEditor, variableEditor }) => ({
    queryEditor,
    variableEditor,
  }));
  const open = ({ query, variables }) => {
    addTab();
    variableEditor?.setValue(variables);
    queryEditor?.setValue(query);
  };
  return (
    <section className="examples" aria-label="Examples">
      <div className="graphiql-doc-explorer-title">Examples</div>
      <ul>
        {examples.map((example) => (
          <li key={example.name}>
            <button type="button" onClick={() => open(example)}>
              {example.name}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Graph({ audience, token, examples }) {
  const fetcher = useMemo(() => callAs(token), [token]);
  const storage = useMemo(() => storageOf(audience), [audience]);
  const plugins = useMemo(
    () => [
      { title: "Examples", icon: ExamplesIcon, content: () => <ExampleList examples={examples} /> },
      HISTORY_PLUGIN,
    ],
    [examples],
  );
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      plugins={plugins}
      visiblePlugin="Examples"
      defaultTabs={examples.slice(0, 1)}
      initialVariables={storage.getItem("graphiql:variables") ?? examples[0].variables}
      defaultEditorToolsVisibility="variables"
    />
  );
}

function Explorer({ audiences }) {
  const names = [...audiences.keys()];
  const [audience, setAudience] = useState(() => {
    const last = localStorage.getItem(LAST_AUDIENCE);
    return audiences.has(last) ? last : names[0];
  });
  const choose = (name) => {
    localStorage.setItem(LAST_AUDIENCE, name);
    setAudience(name);
  };
  return (
    <div className="page">
      <fieldset className="audiences">
        <legend>Call as</legend>
        {names.map((name) => (
          <label key={name}>
            <input
              type="radio"
              name="audience"
              checked={name === audience}
              onChange={() => choose(name)}
            />
            {name}
          </label>
        ))}
      </fieldset>
      <Graph key={audience} audience={audience} {...audiences.get(audience)} />
    </div>
  );
}

const root = createRoot(document.getElementById("explorer"));
try {
  root.render(<Explorer audiences={await loadAudiences()} />);
} catch (error) {
  root.render(<p className="notice" role="alert">{error.message}</p>);
}
