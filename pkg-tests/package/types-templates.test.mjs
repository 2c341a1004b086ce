/** Registered names in templates of Vue and Svelte, checked by `vue-tsc` and `svelte-check`. Templates of Angular are checked in angular.test.mjs. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { HERE } from "../support/permgate-folder.mjs";

const REGISTER = 'import "permgate";\ndeclare module "permgate" { interface Register { name: "invoice:view" | "invoice:edit" } }\n';

const COMPILER_OPTIONS = { noEmit: true, strict: true, skipLibCheck: true, target: "es2022", lib: ["es2022", "dom", "dom.iterable", "esnext.disposable"], module: "esnext", moduleResolution: "bundler" };

const VUE_SCRIPT = `<script setup lang="ts">
import { PermissionGate, requirement, useCan, useCanSomewhere } from "permgate/vue";
const can = useCan();
const canSomewhere = useCanSomewhere();
const id = "17";
</script>
`;

/** Lines of a template, each a component of its own; a wrong line has the name or value that the error is about. */
const VUE = {
  right: [
    `<button v-can="'invoice:view'">Show</button>`,
    `<button v-can="['invoice:edit', \`invoices/\${id}\`]">Edit</button>`,
    `<button v-can.disable="'invoice:edit'">Edit</button>`,
    `<button v-can="requirement('invoice:view & invoice:edit')">Both</button>`,
    `<button :disabled="!can('invoice:view | invoice:edit', 'invoices/1')">Either</button>`,
    `<a v-if="canSomewhere('invoice:view')">Invoices</a>`,
    `<PermissionGate do="invoice:view" somewhere><p>Page</p></PermissionGate>`,
    `<PermissionGate do="invoice:view" on="invoices/1"><p>Page</p><template #fallback="{ status, retry }"><button @click="retry">{{ status.length }}</button></template></PermissionGate>`,
  ],
  wrong: {
    "v-can": [`<button v-can="'invoice:veiw'">Show</button>`, /invoice:veiw/],
    "v-can on a resource": [`<button v-can="['invoice:veiw', 'invoices/1']">Show</button>`, /invoice:veiw|string/],
    "v-can with another value": [`<button v-can="17">Show</button>`, /17|number/],
    "v-can with a mode": [`<button v-can.disable="'invoice:veiw'">Show</button>`, /invoice:veiw/],
    "requirement() in v-can": [`<button v-can="requirement('invoice:view & invoice:eddit')">Both</button>`, /invoice:eddit/],
    "can()": [`<button :disabled="!can('invoice:veiw')">Show</button>`, /invoice:veiw/],
    "canSomewhere()": [`<a v-if="canSomewhere('invoice:veiw')">Invoices</a>`, /invoice:veiw/],
    "<PermissionGate>": [`<PermissionGate do="invoice:veiw"><p>Page</p></PermissionGate>`, /invoice:veiw/],
    "the slot of <PermissionGate>": [`<PermissionGate do="invoice:view"><template #fallback="{ reload }">{{ reload }}</template></PermissionGate>`, /reload/],
  },
};

const SVELTE_SCRIPT = `<script lang="ts">
  import { PermissionGuard, getPermissions, requirement } from "permgate/svelte";
  const permissions = getPermissions();
  const both = requirement("invoice:view & invoice:edit");
  void [PermissionGuard, both, permissions];
</script>
`;

const SVELTE = {
  right: [
    `{#if permissions.can("invoice:view & !invoice:edit", "invoices/1")}<button>Show</button>{/if}`,
    `<p>{permissions.verdict("invoice:edit")}</p>`,
    `<PermissionGuard do="invoice:view" on="invoices/1">Page{#snippet fallback({ status, retry })}<button onclick={retry}>{status}</button>{/snippet}</PermissionGuard>`,
    `{#if permissions.canSomewhere("invoice:view")}<a href="/invoices">Invoices</a>{/if}`,
    `<PermissionGuard do="invoice:view" somewhere>Page</PermissionGuard>`,
    `<p>{permissions.subject?.length}</p>`,
    `<PermissionGuard do={both}>Page</PermissionGuard>`,
  ],
  wrong: {
    "can()": [`{#if permissions.can("invoice:veiw")}<button>Show</button>{/if}`, /invoice:veiw/],
    "one name of several": [`{#if permissions.can("invoice:view & invoice:eddit")}<button>Show</button>{/if}`, /invoice:eddit/],
    "verdict()": [`<p>{permissions.verdict("invoice:veiw")}</p>`, /invoice:veiw/],
    "canSomewhere()": [`{#if permissions.canSomewhere("invoice:veiw")}<a href="/invoices">Invoices</a>{/if}`, /invoice:veiw/],
    "<PermissionGuard>": [`<PermissionGuard do="invoice:veiw">Page</PermissionGuard>`, /invoice:veiw/],
    "the snippet of <PermissionGuard>": [`<PermissionGuard do="invoice:view">Page{#snippet fallback({ reload })}{reload}{/snippet}</PermissionGuard>`, /reload/],
    "the user, as nobody may be signed in": [`<p>{permissions.subject.length}</p>`, /undefined/],
    "the user, who changes by signing in and out": [`<button onclick={() => (permissions.subject = "grace")}>In</button>`, /subject/],
    "the instance, which may not exist yet": [`<button onclick={() => permissions.instance.signOut()}>Out</button>`, /undefined/],
  },
};

/** Checks components in a folder of their own; gives the errors by the name of the component. */
async function check(t, program, args, components, ending, types) {
  const folder = await mkdtemp(join(HERE, "package/types/templates-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "register.d.ts"), REGISTER);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...COMPILER_OPTIONS, types }, vueCompilerOptions: { strictTemplates: true }, include: ["*"] }));
  for (const [name, text] of Object.entries(components)) await writeFile(join(folder, `${name}.${ending}`), text);
  const written = await new Promise((resolve) => {
    execFile(join(HERE, "node_modules/.bin", program), args, { cwd: folder, env: { ...process.env, NO_COLOR: "1" } }, (_error, stdout, stderr) => resolve(`${stdout}${stderr}`));
  });
  const errors = {};
  for (const line of written.split("\n")) {
    const [name] = new RegExp(`\\w+(?=\\.${ending}\\b)`).exec(line) ?? [];
    if (name !== undefined && /error/i.test(line)) errors[name] = `${errors[name] ?? ""}${line}\n`;
  }
  return { errors, written };
}

for (const [framework, { program, args, ending, types, script, lines, wrap }] of Object.entries({
  Vue: { program: "vue-tsc", args: ["--noEmit", "--pretty", "false"], ending: "vue", types: [], script: VUE_SCRIPT, lines: VUE, wrap: (line) => `<template>\n${line}\n</template>\n` },
  Svelte: { program: "svelte-check", args: ["--output", "machine"], ending: "svelte", types: ["svelte"], script: SVELTE_SCRIPT, lines: SVELTE, wrap: (line) => `${line}\n` },
})) {
  describe(`${framework}: names in templates, checked by ${program}`, () => {
    const wrong = Object.entries(lines.wrong);
    const componentOf = (line) => `${script}${wrap(line)}`;

    test(`${framework}: right names, resources and values compile`, async (t) => {
      const components = Object.fromEntries(lines.right.map((line, index) => [`Right${index}`, componentOf(line)]));
      const { errors, written } = await check(t, program, args, components, ending, types);
      assert.deepEqual(errors, {}, written);
    });

    test(`${framework}: each wrong name or value in a template is an error of its component`, async (t) => {
      const components = Object.fromEntries(wrong.map(([, [line]], index) => [`Wrong${index}`, componentOf(line)]));
      const { errors, written } = await check(t, program, args, components, ending, types);
      for (const [index, [what, [, message]]] of wrong.entries()) assert.match(errors[`Wrong${index}`] ?? "", message, `${what}: ${written}`);
    });
  });
}
