/** The configuration that `create-webpack-app` writes, the plugin of permgate, and the API passed on in development. */

import path from "node:path";
import { fileURLToPath } from "node:url";
import HtmlWebpackPlugin from "html-webpack-plugin";
import { PermgatePlugin } from "permgate/webpack";

const __dirname = path.dirname(fileURLToPath(import.meta.url));

export default {
  entry: "./src/main.js",
  output: { path: path.resolve(__dirname, "dist"), publicPath: "/" },
  devServer: {
    historyApiFallback: true,
    proxy: [{ context: ["/api"], target: process.env.PERMGATE_API }],
  },
  plugins: [new HtmlWebpackPlugin({ template: "index.html" }), new PermgatePlugin()],
  module: { rules: [{ test: /\.html$/i, use: ["html-loader"] }] },
};
