/** The cost of an idle stream: the server's memory for each, and the bytes of a heartbeat. */

import { once } from "node:events";
import { get } from "node:http";

const EVENTS = "/api/me/permissions/events";

/** The streams that are opened and closed first, so that memory that the server reserves once is not counted. */
const WARM_UP = 100;
const STREAMS = 1_000;

/** Returns the bytes of memory per stream (undefined where the system does not show them), and those of a message. */
export async function idleStreams(office) {
  close(await open(office, WARM_UP));
  const before = await office.residentBytes();
  const streams = await open(office, STREAMS);
  const after = await office.residentBytes();
  const [watched] = streams;
  const message = once(watched, "data");
  await office.takeFromOne(office.names[0]);
  const [text] = await message;
  close(streams);
  await office.giveBack();
  return {
    memory: before === undefined ? undefined : (after - before) / STREAMS,
    // The chunk around it takes 6 bytes more (RFC 9112 §7.1).
    message: Buffer.byteLength(text),
  };
}

/** Opens streams of the staff in turn, and waits for the first message of each. */
function open({ origin, staff }, count) {
  return Promise.all(
    Array.from({ length: count }, async (_, number) => {
      const { token } = staff[number % staff.length];
      const [response] = await once(get(origin + EVENTS, { headers: { authorization: `Bearer ${token}` } }), "response");
      if (response.statusCode !== 200) throw new Error(`a stream was answered with ${response.statusCode}`);
      response.setEncoding("utf8");
      // The read fails when the stream is closed, which is expected.
      response.on("error", () => undefined);
      await once(response, "data");
      return response;
    }),
  );
}

function close(streams) {
  for (const stream of streams) stream.destroy();
}
