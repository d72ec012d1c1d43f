/** Arguments for Node that make it say it is version 20.20.2: a launcher that looks at its version finds it too old. */
export const outdatedNode = [
  '--import',
  `data:text/javascript,${encodeURIComponent(
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`,
  )}`,
];
