// Package bench measures MAIS: what a look, a handshake, a certificate and a start cost, and
// what lies in memory. It holds benchmarks only; run them all with `make bench`, and read
// docs/performance.md for what each figure means.
//
// No figure stands alone. Each is taken beside a baseline that does the least that could do
// the job, and the two work in turns, so that a slow or busy machine slows both: compare
// the ratios, not the times. The service is the real one on an embedded PostgreSQL, all on
// loopback; clients run on the same machine and count on both sides.
//
// It is not a load test of a deployment, and nothing here fails for being slow.
package bench
