/** As in Jest's documentation: `import` becomes `require` for the running version of Node.js. */

module.exports = { presets: [["@babel/preset-env", { targets: { node: "current" } }]] };
