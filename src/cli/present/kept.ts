/** Where a run is kept: its report, or the run's folder when there is none. */
export function presentKept(report: string | null, folder: string): string {
  return report === null ? `Run: ${folder}` : `Report: ${report}`;
}
