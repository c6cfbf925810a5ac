// Counts texts with somebody else's counter. Arguments: the folder node_modules, and a file with a text a line (UTF-16 in Base64, so that half a surrogate pair survives).
// Answers a line each: encoding, units, parts.
const [modules, file] = process.argv.slice(2);
const { SegmentedMessage } = require(require('path').join(modules, 'sms-segments-calculator'));
const lines = require('fs').readFileSync(file, 'ascii').split('\n').slice(0, -1);
process.stdout.write(lines.map(line => {
  const message = new SegmentedMessage(Buffer.from(line, 'base64').toString('utf16le'));
  const encoding = message.getEncodingName();
  return `${encoding} ${message.messageSize / (encoding === 'GSM-7' ? 7 : 16)} ${message.segmentsCount}\n`;
}).join(''));
