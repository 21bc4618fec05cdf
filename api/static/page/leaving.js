// What leaves the page: words copied, files saved.

/** Copy words; pages without the clipboard's permission (plain HTTP on a network) go by a selection. */
export async function copy(words) {
  if (navigator.clipboard) return navigator.clipboard.writeText(words);
  const box = document.createElement("textarea");
  box.value = words;
  (document.querySelector("dialog[open]") ?? document.body).append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
}

export function save(name, words, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([words], { type }));
  link.download = name.replace(/[\\/:*?"<>|\s]+/g, " ").trim().slice(0, 80);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Save rows of cells for a spreadsheet; a cell of a report that looks like a formula stays text. */
export function saveCsv(name, columns, rows) {
  const plain = (cell) => (/^[=@+\t\r]|^-(?!\d)/.test(cell) ? `'${cell}` : cell);
  const quoted = (cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const lines = [columns, ...rows].map((cells) => cells.map((cell) => quoted(plain(cell))).join(","));
  save(`${name}.csv`, `\ufeff${lines.join("\r\n")}\r\n`, "text/csv");
}
