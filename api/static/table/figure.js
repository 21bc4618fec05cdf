// Figures in cells: what a cell like 5%—5.5% or 不少于28万人 amounts to.

const NUMBER = String.raw`(-?\d[\d,]*(?:\.\d+)?)\s*([%‰]|[^\s\d,.，以左上下—–－~（(]*)`;
const FIGURE = new RegExp(String.raw`^[^\d]{0,6}${NUMBER}(?:\s*[—–－~-]\s*${NUMBER})?`);

/** readFigure("5%—5.5%") → { low: 5, high: 5.5, unit: "%" }; null for other words. */
export function readFigure(cell) {
  const found = FIGURE.exec(cell.normalize("NFKC").trim());
  if (!found) return null;
  const value = (digits) => Number(digits.replaceAll(",", ""));
  return { low: value(found[1]), high: value(found[3] ?? found[1]), unit: found[4] || found[2] };
}

/** The order of two cells: figures by what they amount to and before words. */
export function compareCells(one, other) {
  const [a, b] = [readFigure(one), readFigure(other)];
  if (a && b) return a.low - b.low || a.high - b.high;
  return a ? -1 : b ? 1 : one.localeCompare(other, "zh");
}
