/** Adds rows, cloned from the template. */
export function start(): void {
  const template = document.querySelector<HTMLTemplateElement>("#template-row")!;
  const rows = document.querySelector("#template-rows")!;
  document.querySelector("#template-add")!.addEventListener("click", () => {
    const row = document.importNode(template.content, true);
    row.querySelector(".title")!.textContent = `Invoice ${rows.children.length + 1}`;
    rows.append(row);
  });
}
