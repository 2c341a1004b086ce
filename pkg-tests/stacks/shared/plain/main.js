/** The application of the stacks without a framework: one instance, three pages from templates, a small router. */

import { createPermissions } from "permgate";
import { createInvoice, mustLeave, options, signIn, signOut } from "./actions.js";

/** The pages by path: the template, and the permission that the page needs. */
const PAGES = {
  "/": { template: "home" },
  "/invoices": { template: "invoices", needs: "invoice:view" },
  "/payroll": { template: "payroll", needs: "payroll:view" },
};

const find = (testId) => document.querySelector(`[data-testid="${testId}"]`);

async function start() {
  const permissions = await createPermissions(options());
  permissions.bind(document);

  let current;
  function route() {
    let page = PAGES[location.pathname] ?? PAGES["/"];
    if (page.needs && mustLeave(permissions, page.needs)) {
      history.replaceState(null, "", "/");
      page = PAGES["/"];
    }
    if (page === current) return;
    current = page;
    const content = document.getElementById(page.template).content.cloneNode(true);
    document.querySelector("main").replaceChildren(content);
    if (page === PAGES["/"]) fillHome(permissions);
  }
  function showStatus() {
    find("status").textContent = permissions.status;
    route();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link === null) return;
    event.preventDefault();
    history.pushState(null, "", link.href);
    route();
  });
  window.addEventListener("popstate", route);
  find("sign-in").addEventListener("click", () => signIn(permissions));
  find("sign-out").addEventListener("click", () => signOut(permissions));
  permissions.subscribe(showStatus);
  showStatus();
}

function fillHome(permissions) {
  const rows = document.querySelector("tbody");
  const template = document.getElementById("row");
  const addRow = () => {
    const number = rows.childElementCount + 1;
    const row = template.content.firstElementChild.cloneNode(true);
    row.dataset.permissionResource = `quotes/${number}`;
    row.querySelector("td").textContent = `Quote ${number}`;
    row.querySelector("button").dataset.testid = `edit-${number}`;
    rows.append(row);
  };
  for (let number = 1; number <= 3; number += 1) addRow();
  find("add-row").addEventListener("click", addRow);
  find("save").addEventListener("click", async () => {
    find("result").textContent = await createInvoice(permissions);
  });
}

void start();
