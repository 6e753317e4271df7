// Preloaded into a gateway under test: while the file DISK_FULL names exists, disks have no room: `nearly` in it, a last megabyte;
// `full`, none, and nothing can be appended to a journal.
const fs = require('node:fs');

const state = () => {
  try {
    return fs.readFileSync(process.env.DISK_FULL, 'utf8');
  } catch {
    return '';
  }
};
const { writeSync } = fs;
fs.writeSync = (fd, data, ...rest) => {
  if (state() === 'full' && typeof data === 'string' && data.startsWith('{"kind":'))
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28 });
  return writeSync(fd, data, ...rest);
};
const { statfs } = fs.promises;
fs.promises.statfs = async (path, ...rest) =>
  state() === ''
    ? statfs(path, ...rest)
    : { ...(await statfs(path, ...rest)), bavail: state() === 'full' ? 0 : 1, bsize: 1_048_576 };
