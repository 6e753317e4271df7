import { checkBaseUrl, isMetadataHost } from './base-url';

describe('the base URL of an upstream', () => {
  it.each([
    ['https://api.openai.com/v1', 'https://api.openai.com/v1'],
    ['https://api.openai.com/v1///', 'https://api.openai.com/v1'],
    [' http://127.0.0.1:8790/v1 ', 'http://127.0.0.1:8790/v1'],
    ['http://10.0.0.7:11434', 'http://10.0.0.7:11434'],
    ['HTTPS://Host.Example/A', 'https://host.example/A'],
    ['http://[::1]:8000/v1', 'http://[::1]:8000/v1'],
  ])('%s is stored as %s', (text, url) => {
    expect(checkBaseUrl(text)).toEqual({ url });
  });

  it.each([
    'api.openai.com/v1',
    'ftp://host/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '',
    'https://user:password@host/v1',
    'https://user@host/v1',
    'https://host/v1?key=1',
    'https://host/v1#x',
    `https://host/${'a'.repeat(3000)}`,
  ])('%s is refused', (text) => {
    expect(checkBaseUrl(text)).toHaveProperty('problem');
  });

  it.each([
    'http://169.254.169.254/latest',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://169.254.170.2/',
    'http://100.100.100.200/',
    'http://[fd00:ec2::254]/',
    'http://[fe80::1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://metadata.google.internal/',
    'http://METADATA.google.internal./',
  ])('%s, which hands out cloud credentials, is refused however it is written', (text) => {
    expect(checkBaseUrl(text)).toEqual({ problem: 'must not be a cloud metadata service' });
  });

  it('tells a looked-up address apart as well', () => {
    expect(isMetadataHost('169.254.169.254')).toBe(true);
    expect(isMetadataHost('::ffff:169.254.169.254')).toBe(true);
    expect(isMetadataHost('192.168.1.1')).toBe(false);
    expect(isMetadataHost('::ffff:192.168.1.1')).toBe(false);
    expect(isMetadataHost('metadata.google.internal.example.com')).toBe(false);
  });
});
