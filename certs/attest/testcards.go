//go:build testcards

package attest

// TestCards says whether this program takes cards of the tests' maker, which a program for
// officers never does: it is built with the tag testcards for the tests' own use.
const TestCards = true
