import { expect, test } from 'vitest';
import { withoutSecrets } from './secrets.ts';

test.each([
  ['Get "https://user:c4n4ry@proxy.example.test:3128/v1": refused', 'Get "https://***@proxy.example.test:3128/v1": refused'],
  ['https://user:c4n@4ry@host/x', 'https://***@host/x'],
  ['//user@host', '//***@host'],
  ['see https://s3.example.test/layer?X-Amz-Signature=c4n4ry&x=1 now', 'see https://s3.example.test/layer?*** now'],
  ['"https://host/#c4n4ry"', '"https://host/?***"'],
  ['https://host?c4n4ry', 'https://host?***'],
  ['Authorization: Bearer eyJhbGci.c4n4ry-_x', 'Authorization: Bearer ***'],
  ['authorization: basic dXNlcjpjNG40cnk=', 'authorization: basic ***'],
  ['--token=c4n4ry-c4n4ry rest', '--token=*** rest'],
  ['{"token": "c4n4ryc4n4ry", "x": 1}', '{"token": "***", "x": 1}'],
  ['    token: c4n4ryc4n4ry', '    token: ***'],
  ['AWS_SECRET_ACCESS_KEY, client_secret: c4n4ryc4n4ry', 'AWS_SECRET_ACCESS_KEY, client_secret: ***'],
  ['apiKey=c4n4ryc4n4ry', 'apiKey=***'],
  ['client-key-data: LS0tLS1CRUdJTiBSU0E=', 'client-key-data: ***'],
])('%j is told as %j', (text, told) => expect(withoutSecrets(text)).toBe(told));

test.each([
  'error: context "a" does not exist',
  'secrets "price-api" not found',
  'token: permission denied',
  'cannot read token: /var/run/secrets/kubernetes.io/serviceaccount/token',
  'docker.io/library/node@sha256:0123',
  'http://127.0.0.1:8080/price is it?',
  'pricectl loadtest --threshold \'http_req_duration:p(95)<20\'',
  'a password is needed',
])('%j is told as it is', (text) => expect(withoutSecrets(text)).toBe(text));
