const scales: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const pattern = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/**
 * The number that a quantity of Kubernetes stands for: `100m` is 0.1, `1e3` 1,000, `128Mi` 134,217,728; undefined for what isn't one
 * (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
 */
export function parseQuantity(text: string): number | undefined {
  const [, digits, exponent, suffix = ''] = pattern.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * (exponent === undefined ? (scales[suffix] ?? Number.NaN) : 10 ** Number(exponent));
}

/** Thousandths of a core that a CPU quantity stands for, rounded up as Kubernetes does; undefined for what is missing or no quantity. */
export function toMillicores(quantity: string | undefined): number | undefined {
  return roundUp(quantity, 1_000);
}

/** Bytes (or pieces) that a quantity stands for, rounded up; undefined for what is missing or no quantity. */
export function toBytes(quantity: string | undefined): number | undefined {
  return roundUp(quantity, 1);
}

function roundUp(quantity: string | undefined, perUnit: number): number | undefined {
  const value = quantity === undefined ? undefined : parseQuantity(quantity);
  // A product of decimals has digits behind the last that was given, which must not round up.
  return value === undefined ? undefined : Math.ceil(Number((value * perUnit).toFixed(6)));
}

/** As people and Kubernetes write bytes: `128Mi`, `1.5Gi`. */
export function formatMemory(bytes: number): string {
  const [unit, size] = bytes >= 2 ** 30 ? ['Gi', 2 ** 30] : ['Mi', 2 ** 20];
  return `${Number((bytes / size).toFixed(1))}${unit}`;
}
