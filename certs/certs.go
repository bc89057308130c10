// Package certs is the vocabulary of certificates that every part of MAIS shares: whose
// certificate it is ([Identity]), how its key is held ([Level]), what it is for ([Profile]),
// how it is named in the inventory ([Ref]), how it stands there ([Status]), how its root or its
// key is pinned ([Fingerprint], [Pin]), and how it lies in files.
//
// Start with [CheckChain], which says whether a certificate that a peer proved in a TLS
// handshake is one of ours. It does not say whether that certificate is still good: holding,
// revocation and the allow-list of issued certificates belong to package ca.
//
// It is a leaf: it imports nothing else of this module, and nothing of step-ca.
package certs
