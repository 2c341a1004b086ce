/** Sign-ins of real users while thousands of connections try wrong passwords (F70): how long they take, and how much the server uses. */

import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { within } from "../../support/deadline.mjs";
import { quantileRow, rowAlone } from "../rounds.mjs";

/** The number of open connections, and of the addresses from which they come according to the proxy header. */
const CONNECTIONS = 3_000;
const ADDRESSES = 30;

/** Attempts per second, on one connection after the other. */
const RATE = 75;

/** The number of real sign-ins that are measured one after the other in each of the two parts. */
const SIGN_INS = 40;

/** The users who sign in; a device may do so ten times a minute. */
const USERS = ["ada", "grace", "linus", "margaret", "alan"];

/** The memory that the server may use at most: the fault report is of a process that did not survive in 256 MB. */
const AIM_MB = 192;

/**
 * Measures everything, and returns the rows. `server` trusts `X-Forwarded-For` from this machine.
 *
 * First the attempts come at a steady rate, and users sign in on devices that the server
 * does not know. Then every connection tries again as soon as it is answered, which keeps the queue
 * full: then sign-ins on known devices succeed, and others are refused with a time to try again.
 */
export async function floodRows(server) {
  const attackers = await within("the connections", Promise.all(Array.from({ length: CONNECTIONS }, (_, number) => open(server.origin, number))));
  const devices = [];
  for (const username of USERS) {
    const { status, device } = await signIn(server.origin, username, "198.51.100.1");
    if (status !== 200) throw new Error(`the first sign-in was answered with ${status}`);
    devices.push({ username, device });
  }
  const steady = setInterval(() => {
    const next = attackers.find((attacker) => !attacker.isBusy());
    next?.attempt();
    attackers.push(...attackers.splice(0, 1));
  }, 1_000 / RATE);
  const strangers = await times((number) => signIn(server.origin, "ada", `198.51.100.${10 + number}`));
  clearInterval(steady);
  for (const attacker of attackers) attacker.goOn();
  const known = await times((number) => {
    const { username, device } = devices[number % devices.length];
    return signIn(server.origin, username, "198.51.100.1", device);
  });
  const memory = await peakMegabytes(server.pid);
  for (const attacker of attackers) attacker.close();
  const note = `${CONNECTIONS} connections from ${ADDRESSES} addresses`;
  return [
    quantileRow(`sign-in while ${RATE} attempts a second fail`, strangers, undefined, { unit: "ms", note }),
    quantileRow("sign-in on a known device while the queue is always full", known, undefined, { unit: "ms", note }),
    { ...rowAlone("the server's memory at its peak", memory, "MB"), aim: AIM_MB, met: memory <= AIM_MB },
  ];
}

/** The milliseconds of sign-ins, one after the other; throws if one does not succeed. */
async function times(attempt) {
  const list = [];
  for (let number = 0; number < SIGN_INS; number += 1) {
    const began = performance.now();
    const { status } = await within("a real sign-in", attempt(number));
    if (status !== 200) throw new Error(`a real sign-in was answered with ${status}`);
    list.push(performance.now() - began);
  }
  return list;
}

/** Signs a user in by cookie, from an address; returns the cookie that identifies the device. */
async function signIn(origin, username, from, device) {
  const response = await fetch(`${origin}/api/session`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-forwarded-for": from, ...(device && { cookie: device }) },
    body: JSON.stringify({ username, password: `${username}-demo`, mode: "cookie" }),
  });
  await response.arrayBuffer();
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  return { status: response.status, device: cookies.find((cookie) => cookie.startsWith("permgate_device=")) };
}

/** A connection that tries to sign in as a user who does not exist. */
function open(origin, number) {
  const { hostname, port, host } = new URL(origin);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const from = `192.0.2.${1 + (number % ADDRESSES)}`;
  let isBusy = false;
  let goesOn = false;
  let attempts = 0;
  const attempt = () => {
    isBusy = true;
    attempts += 1;
    const body = JSON.stringify({ username: `nobody-${number}-${attempts}`, password: "wrong", mode: "token" });
    socket.write(`POST /api/session HTTP/1.1\r\nhost: ${host}\r\nx-forwarded-for: ${from}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  };
  socket.on("data", () => {
    // Refusals are small, so each arrives in one piece.
    isBusy = false;
    if (goesOn) attempt();
  });
  // The server closes connections that are idle for too long.
  socket.on("error", () => {});
  socket.on("close", () => (isBusy = true));
  const attacker = {
    attempt,
    isBusy: () => isBusy,
    goOn: () => {
      goesOn = true;
      if (!isBusy) attempt();
    },
    close: () => socket.destroy(),
  };
  return new Promise((resolve, reject) => {
    socket.once("connect", () => resolve(attacker));
    socket.once("error", reject);
  });
}

/** The peak memory of a process, in MB (proc_pid_status(5), VmHWM). */
async function peakMegabytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)[1]) / 1024;
}
