// Runs before everything else, also on a Node that cannot read TypeScript: hence plain, old JavaScript.
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    'Countersign needs Node 24 or newer, and this is Node ' +
      process.versions.node +
      ': install it from https://nodejs.org, then run the command again through npm.',
  );
  process.exit(1);
}
