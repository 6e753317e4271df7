// Node 20.19 and 22.12 are the first of their lines that can require() an ES module, which some packages here are.
const supported = ([major, minor]) => (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;

export function requireSupportedNode(version = process.versions.node) {
  if (supported(version.split('.').map(Number))) return;
  console.error(`One API needs Node.js 20.19 or newer (22.12 or newer in the 22 line); this is ${version}.`);
  console.error('Install a current release from https://nodejs.org, then run the command again.');
  process.exit(1);
}
