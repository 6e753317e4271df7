// Preloaded into a gateway under test: SIGUSR2 sets its clock to what the file CLOCK_SHIFT names says, in milliseconds from the true time.
const { readFileSync } = require('node:fs');

const RealDate = Date;
const trueNow = RealDate.now.bind(RealDate);
let shift = 0;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(trueNow() + shift);
    else super(...args);
  }
  static now() {
    return trueNow() + shift;
  }
};
process.on('SIGUSR2', () => (shift = Number(readFileSync(process.env.CLOCK_SHIFT, 'utf8'))));
