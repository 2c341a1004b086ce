/** The files that a page of the guide prints: an example after a comment such as `<!-- next: app/page.tsx -->` is a whole file. */

/** The files after comments with this mark, by name, in the order of the page. The text of the page may have any line breaks. */
export function filesOf(page, mark) {
  const examples = page.replaceAll("\r\n", "\n").matchAll(new RegExp(`<!-- ${mark}: (\\S+) -->\\n( *)\`\`\`\\w+\\n(.*?\\n) *\`\`\``, "gs"));
  return Object.fromEntries([...examples].map(([, path, indent, code]) => [path, code.replace(new RegExp(`^${indent}`, "gm"), "")]));
}

/** The text of a file without each such line, and without the empty line after it. */
export function withoutLine(text, line) {
  return text.replaceAll(`\n${line}\n\n`, "\n").replaceAll(`\n${line}\n`, "\n");
}
