"use strict";
// Sorting, filtering and opening: without this script the page has all the same content.

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const labelled = (text, control) => make("label", {}, make("span", { textContent: text }), control);

const choice = (text, values, first = "all") => {
  const select = make("select", {}, make("option", { value: "", textContent: first }));
  for (const [value, words] of values) {
    select.append(make("option", { value, textContent: words }));
  }
  return [labelled(text, select), select];
};

const headingsOf = (table) => [...table.tHead.rows[table.tHead.rows.length - 1].cells];
const rowsOf = (table) => [...table.tBodies[0].rows];
const different = (values) => [...new Set(values)].sort((a, b) =>
  a.localeCompare(b, "en", { numeric: true })).map((value) => [value, value]);

// Sorting

const keyOf = (cell) => {
  const text = cell.textContent.trim();
  if (cell.dataset.s === undefined) return text;
  return number(cell.dataset.s || text.replaceAll("−", "-"));
};

const number = (text) => (text === "inf" ? Infinity : text === "-inf" ? -Infinity : Number(text));

const compare = (one, other) => {
  const numeric = typeof one === "number";
  if (numeric !== (typeof other === "number")) return numeric ? -1 : 1;
  if (!numeric) return one.localeCompare(other, "en", { numeric: true });
  return one === other ? 0 : one < other || Number.isNaN(other) ? -1 : 1;
};

const sortBy = (table, heading) => {
  const index = heading.cellIndex;
  const rows = rowsOf(table);
  const numbers = rows.some((row) => row.cells[index].dataset.s !== undefined);
  // Numbers are errors mostly: the largest come first.
  const now = heading.getAttribute("aria-sort");
  const order = now ? (now === "ascending" ? "descending" : "ascending")
    : numbers ? "descending" : "ascending";
  const sign = order === "ascending" ? 1 : -1;
  const keyed = rows.map((row) => [keyOf(row.cells[index]), row]);
  const kinds = (key) => typeof key === "number" && !Number.isNaN(key);
  keyed.sort(([one], [other]) =>
    // What has no number stays at the end in either order.
    numbers && kinds(one) !== kinds(other) ? (kinds(one) ? -1 : 1) : sign * compare(one, other));
  table.tBodies[0].append(...keyed.map(([, row]) => row));
  for (const other of headingsOf(table)) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", order);
};

const makeSortable = (table) => {
  for (const heading of headingsOf(table)) {
    const button = make("button", { type: "button" }, ...heading.childNodes);
    button.addEventListener("click", () => sortBy(table, heading));
    heading.append(button);
  }
};

// Filtering

const counter = () => make("p", { className: "count" });

const tell = (status, shown, all, what) => {
  status.textContent = `${shown} of ${all} ${what} shown`;
};

const controls = (name, ...parts) => {
  const group = make("div", { className: "controls" }, ...parts);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", `Filter: ${name}`);
  return group;
};

const live = (element) => {
  element.setAttribute("role", "status");
  return element;
};

const makeFilterable = (table) => {
  const names = headingsOf(table).map((heading) => heading.textContent.trim());
  const status = live(counter());
  const chosen = [];
  const apply = () => {
    const rows = rowsOf(table);
    for (const row of rows) {
      row.hidden = chosen.some(([index, select]) =>
        select.value && row.cells[index].textContent.trim() !== select.value);
    }
    tell(status, rows.filter((row) => !row.hidden).length, rows.length, "rows");
  };
  const labels = table.dataset.filter.split("|").map((name) => {
    const index = names.indexOf(name);
    const values = rowsOf(table).map((row) => row.cells[index].textContent.trim());
    const [label, select] = choice(name, different(values));
    select.addEventListener("change", apply);
    chosen.push([index, select]);
    return label;
  });
  table.closest(".scroll").before(controls(table.caption.textContent, ...labels, status));
};

const makeMatrix = (table) => {
  const [rowName, groupName, columnName] = table.dataset.names.split("|");
  const columns = headingsOf(table);
  const groups = [...table.tHead.rows[0].cells].slice(1);
  const legend = table.closest(".matrix").querySelectorAll(".legend li");
  const levels = [...legend].map((item) =>
    [item.querySelector(".swatch").classList[1], item.textContent.trim()]);
  const search = make("input", { type: "search", autocomplete: "off", spellcheck: false });
  const of = (key) => different(columns.slice(1).map((column) => column.dataset[key]));
  const [groupLabel, group] = choice(groupName, of("group"));
  const [columnLabel, column] = choice(columnName, of("column"));
  const [levelLabel, level] = choice("verdict", levels);
  const reset = make("button", { type: "button", textContent: "Reset" });
  const status = live(counter());

  const apply = () => {
    const visible = columns.map((heading, index) => index === 0 || (
      (!group.value || heading.dataset.group === group.value) &&
      (!column.value || heading.dataset.column === column.value)));
    columns.forEach((heading, index) => { heading.hidden = !visible[index]; });
    for (const cell of groups) {
      const count = columns.filter((heading, index) =>
        index && visible[index] && heading.dataset.group === cell.textContent).length;
      cell.hidden = !count;
      cell.colSpan = Math.max(count, 1);
    }
    const wanted = search.value.trim().toLowerCase();
    const rows = rowsOf(table);
    for (const row of rows) {
      const cells = [...row.cells];
      cells.forEach((cell, index) => { cell.hidden = !visible[index]; });
      const named = cells[0].textContent.toLowerCase().includes(wanted);
      const judged = !level.value || cells.some((cell, index) =>
        index && visible[index] && cell.classList.contains(level.value));
      row.hidden = !(named && judged);
      // The part about what the row shows goes and comes with it.
      const link = cells[0].querySelector("a[href^='#']");
      const part = link && document.getElementById(link.hash.slice(1));
      if (part) part.hidden = row.hidden;
    }
    tell(status, rows.filter((row) => !row.hidden).length, rows.length, `${rowName}s`);
  };
  search.addEventListener("input", apply);
  for (const select of [group, column, level]) select.addEventListener("change", apply);
  reset.addEventListener("click", () => {
    search.value = group.value = column.value = level.value = "";
    apply();
  });
  const parts = [labelled(rowName, search), groupLabel, columnLabel, levelLabel, reset, status];
  table.closest(".matrix").prepend(controls(table.caption.textContent, ...parts));
  apply();
};

// Folded parts get their buttons when they open: there are many of them.

const prepare = (table) => {
  if (table.dataset.ready) return;
  table.dataset.ready = "yes";
  if (table.dataset.names) makeMatrix(table);
  if (table.dataset.filter) makeFilterable(table);
  if (table.dataset.sortable !== undefined) makeSortable(table);
};

const folds = [...document.querySelectorAll("details")];

for (const fold of folds) {
  fold.addEventListener("toggle", () => {
    if (fold.open) fold.querySelectorAll("table").forEach(prepare);
  });
}
for (const table of document.querySelectorAll("table")) {
  if (!table.closest("details")) prepare(table);
}

const openTarget = () => {
  const id = decodeURIComponent(location.hash.slice(1));
  const part = id && document.getElementById(id);
  const fold = part && part.querySelector(":scope > details");
  if (!fold) return;
  part.hidden = false;
  fold.open = true;
  part.scrollIntoView();
  fold.querySelector("summary").focus({ preventScroll: true });
};

addEventListener("hashchange", openTarget);
document.addEventListener("click", (event) => {
  // A second click on the same address changes no hash.
  const link = event.target.closest("a[href^='#']");
  if (link && link.hash === location.hash) openTarget();
});
openTarget();

if (folds.length > 1) {
  const all = (open) => () => folds.forEach((fold) => { fold.open = open; });
  const button = (textContent, open) => {
    const element = make("button", { type: "button", textContent });
    element.addEventListener("click", all(open));
    return element;
  };
  const bar = make("div", { className: "controls" }, button("Open all", true));
  bar.append(button("Close all", false));
  folds[0].closest("section").before(bar);
}

const opened = new Set();
addEventListener("beforeprint", () => {
  for (const fold of folds) {
    if (!fold.open && !fold.closest("section").hidden) opened.add(fold);
  }
  for (const fold of opened) fold.open = true;
});
addEventListener("afterprint", () => {
  for (const fold of opened) fold.open = false;
  opened.clear();
});
