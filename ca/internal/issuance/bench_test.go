package issuance

import (
	"testing"

	"mais/certs"
)

func BenchmarkLint(b *testing.B) {
	p := testPrepared(b, certs.PersonSoftware)
	for b.Loop() {
		if _, err := p.Lint(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkZlint(b *testing.B) {
	twin, err := testPrepared(b, certs.PersonSoftware).twin()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if faults := zlintFaults(twin); len(faults) > 0 {
			b.Fatal(faults)
		}
	}
}

func BenchmarkTwin(b *testing.B) {
	p := testPrepared(b, certs.PersonSoftware)
	for b.Loop() {
		if _, err := p.twin(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIssue(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		linted, err := testPrepared(b, certs.PersonSoftware).Lint()
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := linted.Issue(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
