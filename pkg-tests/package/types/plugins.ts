/** The plugins in the configurations of Vite and webpack, with those tools' own types, and the functions for tags. */

import type { Plugin } from "vite";
import type { Configuration } from "webpack";
import { firstLook, headTags, integrity, preload, stylesheet } from "permgate/tags";
import { permgate } from "permgate/vite";
import { PermgatePlugin } from "permgate/webpack";

export const vite: Plugin[] = [permgate(), permgate({ integrity: true, whole: true })];
export const webpack: Configuration = { plugins: [new PermgatePlugin(), new PermgatePlugin({ integrity: true })] };
export const html: string = headTags({ module: "/permgate.wasm", stylesheet: "/cloak.css", integrity: true, nonce: undefined });
export const texts: string[] = [preload("/permgate.wasm").href, preload("/whole-permgate.wasm", { whole: true }).href, integrity.whole, stylesheet("/cloak.css", { nonce: "3" }).rel, integrity.module];
export const looking = [permgate({ firstLook: { endpoint: "/api/me/permissions" } }), new PermgatePlugin({ firstLook: { endpoint: "/api/me/permissions", credentials: "include" } })];
export const script: string = firstLook("/first-look.js", { endpoint: "/api/me/permissions", nonce: "3", integrity: true }).src;
// @ts-expect-error a first look needs an endpoint
permgate({ firstLook: {} });
// @ts-expect-error a misspelt option
permgate({ integrety: true });
// @ts-expect-error the module's tag needs no nonce
preload("/permgate.wasm", { nonce: "3" });
