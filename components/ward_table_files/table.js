const SCORES = ['NEWS2', 'KDIGO'];

function words(part) {
  const line = document.createElement('div');
  const text = document.createElement('span');
  text.textContent = part.text;
  text.className = part.tone;
  line.append(text);
  return line;
}

function cell(name, parts, n, row, component) {
  const td = document.createElement('td');
  td.className = 'c' + n;
  const isScore = SCORES.includes(name);
  const box = isScore ? document.createElement('button') : td;
  for (const part of parts) box.append(words(part));
  if (isScore) {
    box.type = 'button';
    box.tabIndex = -1;
    box.setAttribute('aria-label', name + ': ' + parts.map((p) => p.text).join(', ') + '. Show inputs');
    box.onclick = (event) => {
      event.stopPropagation();
      component.setTriggerValue('scores', row.id);
    };
    td.append(box);
  }
  return td;
}

function keys(event, line, row, component) {
  if (event.key === 'Enter' && event.target === line) {
    component.setTriggerValue('open', row.id);
  } else if (event.key.toLowerCase() === 's' && !event.ctrlKey && !event.metaKey && !event.altKey) {
    component.setTriggerValue('scores', row.id);
  } else {
    const all = [...line.parentElement.rows];
    const at = all.indexOf(line);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || !all[to]) return;
    line.tabIndex = -1;
    all[to].tabIndex = 0;
    all[to].focus();
  }
  event.preventDefault();
}

export default function (component) {
  const box = component.parentElement.querySelector('.ward');
  const told = JSON.stringify(component.data);
  if (box.dataset.told === told) return; // the same rows: keep the reader's place
  box.dataset.told = told;
  box.textContent = '';
  const table = document.createElement('table');
  table.setAttribute('aria-label', 'Worklist');
  const widths = document.createElement('colgroup');
  const head = table.createTHead().insertRow();
  component.data.columns.forEach((name, n) => {
    const col = document.createElement('col');
    col.className = 'c' + n;
    widths.append(col);
    const th = document.createElement('th');
    th.scope = 'col';
    th.textContent = name;
    head.append(th);
  });
  table.prepend(widths);
  const body = table.createTBody();
  component.data.rows.forEach((row, at) => {
    const line = body.insertRow();
    line.tabIndex = at === 0 ? 0 : -1;
    line.setAttribute('aria-label', row.cells[0][0].text + '. Enter opens the briefing');
    row.cells.forEach((parts, n) =>
      line.append(cell(component.data.columns[n], parts, n, row, component)));
    line.onclick = () => component.setTriggerValue('open', row.id);
    line.onkeydown = (event) => keys(event, line, row, component);
  });
  box.append(table);
}
