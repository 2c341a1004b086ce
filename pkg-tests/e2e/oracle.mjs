/** Asks the server's own core what is granted, and compares what a page shows with that, element by element. */

/** Calls the API beside the page, with the page's own credentials. Gives the answer's body. */
export async function call({ origin, headers }, method, path, body) {
  const response = await fetch(origin + path, {
    method,
    headers: {
      ...headers,
      ...(body && { "Content-Type": "application/json" }),
      // Whatever the revision: no other administrator is at work in a test.
      ...(["PUT", "DELETE"].includes(method) && { "If-Match": "*" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

const keyOf = ({ requirement, resource }) => JSON.stringify([requirement, resource ?? null]);

/** What the server decides on elements, each requirement once: a function from element to outcome. */
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

/** Every element that is not shown as the server decides; empty when the page is right. */
export function differences(elements, outcomeOf) {
  const wrong = [];
  const granted = elements.map((element) => outcomeOf(element) === "granted");
  const around = (index) => (index === null ? true : granted[index] && around(elements[index].within));
  for (const [index, element] of elements.entries()) {
    const outcome = outcomeOf(element);
    const say = (what) => wrong.push(`${what}, but the server says ${outcome}: ${element.text}`);
    if (element.state !== outcome) say(`the state is ${element.state}`);
    if (element.displayed !== granted[index]) say(element.displayed ? "it is displayed" : "it is not displayed");
    // What is shown in the end: granted, and so is everything around it.
    const expected = granted[index] && around(element.within) && element.otherwise === null;
    if (element.visible !== expected) say(element.visible ? "it is visible" : "it is not visible");
  }
  return wrong;
}
