// How much is measured.
export const quick = process.argv.includes("--quick");

export const plan = quick
  ? { rounds: 3, seconds: 1, versions: 200, tree: 200, installs: 1, packages: 20_000, tokens: 20_000, peers: ["one version", "10 kB archive"] }
  : { rounds: 5, seconds: 4, versions: 1000, tree: 200, installs: 5, packages: 100_000, tokens: 1_000_000, peers: undefined };

export const CLIENTS = 8;
