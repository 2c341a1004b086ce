/** Sign-ins of real users while thousands of connections try wrong passwords (F70): how long they take, and what that costs. */

import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { within } from "../../support/deadline.mjs";
import { quantileRow, rowAlone } from "../rounds.mjs";

/** How many connections are open, and from how many addresses, as a proxy tells them. */
const CONNECTIONS = 3_000;
const ADDRESSES = 30;

/** Attempts in a second, one connection after the other. */
const RATE = 75;

/** How many real sign-ins are measured, one after the other, in each of both parts. */
const SIGN_INS = 40;

/** Those who sign in; a device may do so ten times a minute. */
const USERS = ["ada", "grace", "linus", "margaret", "alan"];

/** The most that the server may take, as the process of the report did not survive in 256 MB. */
const AIM_MB = 192;

/**
 * Measures everything, and gives the rows. `server` believes `X-Forwarded-For` of this machine.
 *
 * First the attempts come at a steady rate, and users sign in without anything that the server
 * knows them by. Then every connection tries again as soon as it is answered, which fills the line
 * at all times: then those get in whose device is known, and others are told to come again.
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
    quantileRow("sign-in on a known device while the line is always full", known, undefined, { unit: "ms", note }),
    { ...rowAlone("the server's memory at its peak", memory, "MB"), aim: AIM_MB, met: memory <= AIM_MB },
  ];
}

/** Milliseconds of sign-ins, one after the other; fails when one does not succeed. */
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

/** Signs a user in by cookie, from an address; gives the cookie by which the device is known. */
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

/** A connection that tries to sign in as somebody whom there is not. */
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
    // Refusals are small: each comes in one piece.
    isBusy = false;
    if (goesOn) attempt();
  });
  // The server gives up connections that are idle for too long.
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

/** The most memory that a process ever had, in MB (proc_pid_status(5), VmHWM). */
async function peakMegabytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)[1]) / 1024;
}
