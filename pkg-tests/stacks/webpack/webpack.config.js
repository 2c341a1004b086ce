/** The configuration that `create-webpack-app` writes, the stylesheet as a `<link>`, and the API passed on in development. */

import path from "node:path";
import { fileURLToPath } from "node:url";
import HtmlWebpackPlugin from "html-webpack-plugin";

const __dirname = path.dirname(fileURLToPath(import.meta.url));

export default {
  entry: ["permgate/cloak.css", "./src/main.js"],
  experiments: { css: true },
  output: { path: path.resolve(__dirname, "dist"), publicPath: "/" },
  devServer: {
    historyApiFallback: true,
    proxy: [{ context: ["/api"], target: process.env.PERMGATE_API }],
  },
  plugins: [new HtmlWebpackPlugin({ template: "index.html" })],
  module: { rules: [{ test: /\.html$/i, use: ["html-loader"] }] },
};
