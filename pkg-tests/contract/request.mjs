/** The command that tests pass to `--change-with`: sends one request, given as its argument in base64url. */

const { address, ...init } = JSON.parse(Buffer.from(process.argv[2], "base64url").toString());
const response = await fetch(address, init);
if (!response.ok) {
  console.error(`${init.method} ${address} was answered with ${response.status}: ${await response.text()}`);
  process.exitCode = 1;
}
