/**
 * A certificate for 127.0.0.1 and localhost, signed by itself, and its key; they are used nowhere else. Made by
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj "/CN=pricectl test"
 * -addext "subjectAltName=IP:127.0.0.1,DNS:localhost"`.
 */
export const testCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkvUh03vFscygUQMb
bzmGA1xm6ZBdYvwPTqfaFIUV+iihRANCAAQ+6tXmZGevipxPo/CopbuxcwUP6Eb5
dO4N/y2zhjttshRoD4n80nCR3RF5pprdJ+E01HdP/D1i/Ap2y3HkcLi1
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBpDCCAUmgAwIBAgIUQXFyq/yOcXZyFc8CWBPyxSmRbtEwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNcHJpY2VjdGwgdGVzdDAgFw0yNjExMjQwMzQ4MDFaGA8yMTI2
MTAzMTAzNDgwMVowGDEWMBQGA1UEAwwNcHJpY2VjdGwgdGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABD7q1eZkZ6+KnE+j8Kilu7FzBQ/oRvl07g3/LbOGO22y
FGgPifzScJHdEXmmmt0n4TTUd0/8PWL8CnbLceRwuLWjbzBtMB0GA1UdDgQWBBTy
rYJL9+IymnbKsW84vGt8ssEgWzAfBgNVHSMEGDAWgBTyrYJL9+IymnbKsW84vGt8
ssEgWzAPBgNVHRMBAf8EBTADAQH/MBoGA1UdEQQTMBGHBH8AAAGCCWxvY2FsaG9z
dDAKBggqhkjOPQQDAgNJADBGAiEA8nCLO/vx9//8dandn0A3nG/T+kHb9DBoFvjP
szjwyQgCIQDKT3su9JPGnt8S+2bup3ffR3NpnjW1YlZznDRS8+Z89w==
-----END CERTIFICATE-----
`,
};
