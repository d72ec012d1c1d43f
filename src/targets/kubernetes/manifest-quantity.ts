/** Thousandths, as of a core, in the form that Kubernetes stores: `100m`, `2`. */
export function milliQuantity(thousandths: number): string {
  return thousandths % 1_000 === 0 ? String(thousandths / 1_000) : `${thousandths}m`;
}

/** Bytes in the form that Kubernetes stores: `128Mi`, `1Gi`, `200M`. */
export function memoryQuantity(bytes: number): string {
  return bytes % 1_024 === 0 ? withSuffix(bytes, 1_024, ['', 'Ki', 'Mi', 'Gi', 'Ti']) : withSuffix(bytes, 1_000, ['', 'k', 'M', 'G', 'T']);
}

function withSuffix(bytes: number, unit: number, suffixes: readonly string[]): string {
  const size = suffixes.findLastIndex((_, index) => bytes % unit ** index === 0);
  return `${bytes / unit ** size}${suffixes[size]}`;
}
