/** The development server passes the API on. */

export default { "/api": { target: process.env.PERMGATE_API ?? "http://127.0.0.1:7420" } };
