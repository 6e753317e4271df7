/** A line each; a line that opens a JSON object takes those up to the object's end with it. */
export function credentialsOf(text: string): string[] {
  const found: string[] = [];
  let open = '';
  for (const line of text.split('\n').map((one) => one.trim())) {
    open = open === '' ? line : `${open}\n${line}`;
    if (open.startsWith('{') && !isJson(open)) continue;
    if (open !== '') found.push(open);
    open = '';
  }
  return open === '' ? found : [...found, open];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
