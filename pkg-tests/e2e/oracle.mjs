/** Compares a page, element by element, with the decisions of the server's own core. */

/** Calls the API with the credentials of the page. Returns the body of the answer. */
export async function call({ origin, headers }, method, path, body) {
  const response = await fetch(origin + path, {
    method,
    headers: {
      ...headers,
      ...(body && { "Content-Type": "application/json" }),
      // Any revision: there is no other administrator in a test.
      ...(["PUT", "DELETE"].includes(method) && { "If-Match": "*" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

const keyOf = ({ requirement, resource }) => JSON.stringify([requirement, resource ?? null]);

/** The server's decisions on elements, each requirement once: a function from an element to its outcome. */
export async function outcomes(session, elements) {
  const questions = new Map(
    elements.map(({ requirement, resource }) => [
      keyOf({ requirement, resource }),
      { requirement, ...(resource === null || resource === undefined ? {} : { resource }) },
    ]),
  );
  const requirements = [...questions.values()];
  const { decisions } = await call(session, "POST", "/api/me/decisions", { requirements });
  if (decisions.length !== requirements.length) throw new Error("the server left requirements out");
  const known = new Map(decisions.map((decision) => [keyOf(decision), decision.outcome]));
  return (element) => known.get(keyOf(element));
}

/** The elements that are not shown as the server decides; empty if the page is right. */
export function differences(elements, outcomeOf) {
  const wrong = [];
  const granted = elements.map((element) => outcomeOf(element) === "granted");
  const around = (index) => (index === null ? true : granted[index] && around(elements[index].within));
  for (const [index, element] of elements.entries()) {
    const outcome = outcomeOf(element);
    const say = (what) => wrong.push(`${what}, but the server says ${outcome}: ${element.text}`);
    if (element.state !== outcome) say(`the state is ${element.state}`);
    if (element.displayed !== granted[index]) say(element.displayed ? "it is displayed" : "it is not displayed");
    // An element is shown if it and all elements around it are granted.
    const expected = granted[index] && around(element.within) && element.otherwise === null;
    if (element.visible !== expected) say(element.visible ? "it is visible" : "it is not visible");
  }
  return wrong;
}
