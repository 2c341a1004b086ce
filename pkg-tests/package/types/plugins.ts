/** The plugins in the configurations of Vite and webpack, with those tools' own types, and the functions for tags. */

import type { Plugin } from "vite";
import type { Configuration } from "webpack";
import { headTags, integrity, preload, stylesheet } from "permgate/tags";
import { permgate } from "permgate/vite";
import { PermgatePlugin } from "permgate/webpack";

export const vite: Plugin[] = [permgate(), permgate({ integrity: true })];
export const webpack: Configuration = { plugins: [new PermgatePlugin(), new PermgatePlugin({ integrity: true })] };
export const html: string = headTags({ module: "/permgate.wasm", stylesheet: "/cloak.css", integrity: true, nonce: undefined });
export const texts: string[] = [preload("/permgate.wasm").href, stylesheet("/cloak.css", { nonce: "3" }).rel, integrity.module];
// @ts-expect-error a misspelt option
permgate({ integrety: true });
// @ts-expect-error the module's tag needs no nonce
preload("/permgate.wasm", { nonce: "3" });
