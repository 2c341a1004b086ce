/** An application without a bundler: the page's address names the steps, and `data-outcome` has the outcome. */

const { searchParams } = new URL(location.href);

/** The outcome that tests wait for. */
function tell(outcome) {
  document.documentElement.dataset.outcome = outcome;
}

const scenarios = {
  /** Loads one document. */
  async works() {
    const { createPermissions } = await import("/permgate/index.js");
    const permissions = await createPermissions({ endpoint: "/permissions.json" });
    permissions.on("error", ({ code }) => (document.documentElement.dataset.error = code));
    await permissions.whenReady();
    permissions.bind();
    tell(permissions.can("invoice:view") ? "granted" : "denied");
  },

  /** Creates an instance; with `again` in the address, makes a second attempt, which may succeed. */
  async fails() {
    const { createPermissions, PermgateError } = await import("/permgate/index.js");
    const attempt = async () => {
      try {
        const permissions = await createPermissions({ endpoint: "/permissions.json" });
        await permissions.whenReady();
        permissions.bind();
        return permissions.status;
      } catch (error) {
        return error instanceof PermgateError ? error.code : `${error}`;
      }
    };
    const first = await attempt();
    tell(searchParams.has("again") ? `${first}, then ${await attempt()}` : first);
  },

  /** F52: two copies of the package, each with a part of the page. */
  async copies() {
    const [first, second] = await Promise.all([import("/permgate/index.js"), import("/copy/index.js")]);
    if (first.createPermissions === second.createPermissions) throw new Error("both imports returned the same copy");
    const ours = await first.createPermissions({ bootstrap: { permissions: ["invoice:view"] } });
    const theirs = await second.createPermissions({ bootstrap: { permissions: ["user:edit"] } });
    ours.bind(document.querySelector("#first"));
    theirs.bind(document.querySelector("#second"));
    if (searchParams.has("dispose")) ours.dispose();
    tell(`${ours.can("invoice:view")} ${ours.can("user:edit")} ${theirs.can("invoice:view")} ${theirs.can("user:edit")}`);
  },
};

try {
  await scenarios[searchParams.get("scenario")]();
} catch (error) {
  tell(`threw ${error}`);
}
