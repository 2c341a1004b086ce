/** React with React Router: `npm create vite@latest -- --template react-ts`, and `npm install react-router`. */

export default {
  title: "React 19, React Router 7, StrictMode",
  order: 20,
  versions: ["vite", "react", "react-router"],
  shared: { "actions.js": "src/actions.js", "actions.d.ts": "src/actions.d.ts" },
  development: { serve: ["vite", "--port", "{port}", "--strictPort", "--host", "127.0.0.1"], proxies: true },
  production: { build: [["tsc", "-b"], ["vite", "build"]], folder: "dist", strict: true },
};
