/** The environment jsdom, with the parts of Node.js that Jest leaves out of it: fetch, Request, Response, TextDecoder. */

module.exports = { testEnvironment: "jest-fixed-jsdom" };
