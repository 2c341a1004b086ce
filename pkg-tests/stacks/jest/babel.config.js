/** As Jest's documentation has it: `import` becomes `require` for the Node.js that runs. */

module.exports = { presets: [["@babel/preset-env", { targets: { node: "current" } }]] };
