/** A whole number with its thousands apart: `18,240`. Without Intl, whose first use takes a third of the time that Node takes to start. */
export function withThousands(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
