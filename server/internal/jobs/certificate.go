// Package jobs is what the server does by itself beside answering: it renews the server's
// own certificate ([Node]) and retires certificates that have been renewed ([Supersede]).
// A job ends with its context and outlives every failure; that it succeeds in time nobody here
// promises, but the log says when it does not.
package jobs

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"mais/ca"
	"mais/certs"
)

// retryAtMost bounds the wait after a failed renewal; sooner when little is left.
const retryAtMost = time.Minute

// lookEvery is how soon a key that was put on the disk is taken over.
const lookEvery = time.Second

// Issuer is the CA: it issues the server's own certificates and knows how they stand.
type Issuer interface {
	IssueServer(ctx context.Context, node certs.Identity, csr []byte, dns []string, addresses []netip.Addr) (ca.Issued, error)
	Issuers() []*x509.Certificate
	RefOf(*x509.Certificate) (certs.Ref, bool)
	Get(context.Context, certs.Ref) (ca.Entry, error)
	Staple(ctx context.Context, leaf *x509.Certificate) (der []byte, until time.Time, err error)

	Board // for Node.Announce
}

// NodeOptions are of OpenNode. All fields are needed.
type NodeOptions struct {
	Dir       string // holds the node's files; see Node
	Issuer    Issuer
	DNS       []string     // names in the certificate
	Addresses []netip.Addr // addresses in the certificate
	Logger    *slog.Logger
}

// Node is this server's own certificate: a key that stays, because sites pin it, and a
// certificate that is renewed at two thirds of its life while connections go on. On disk
// it is server.id (who this node is), server.key and server.crt. When an operator puts another
// key there, which sites have been told of, it goes over to that; see SwitchKey.
type Node struct {
	opts     NodeOptions
	identity certs.Identity
	held     *held // only Run changes it, and OpenNode
	now      atomic.Pointer[served]
	stapled  atomic.Pointer[stapled]
	renewed  chan struct{}         // of one: the certificate is another
	chain    atomic.Pointer[chain] // of announcements that this node believes
}

// held is the key that the certificate is for.
type held struct {
	key     crypto.Signer
	request []byte // the certificate signing request, which stays as well
	file    os.FileInfo
}

// served is the certificate in use and when to renew it.
type served struct {
	certificate tls.Certificate
	renew       time.Time
}

// OpenNode reads the node's files and makes what is missing; the certificate is issued if
// the one on disk is missing, ended, not for these names, or not active in the inventory.
func OpenNode(ctx context.Context, o NodeOptions) (*Node, error) {
	n := &Node{opts: o, renewed: make(chan struct{}, 1)}
	slices.Sort(n.opts.DNS)
	slices.SortFunc(n.opts.Addresses, netip.Addr.Compare)
	err := n.openIdentity()
	if err == nil {
		n.held, err = n.openKey()
	}
	if err != nil {
		return nil, fmt.Errorf("open the server's key: %w", err)
	}
	on, err := n.readCertificate(ctx)
	if err == nil {
		n.now.Store(on)
		return n, nil
	}
	o.Logger.InfoContext(ctx, "the server's certificate is issued", "because", err)
	if err := n.issue(ctx); err != nil {
		return nil, err
	}
	return n, nil
}

// Identity returns who this node is.
func (n *Node) Identity() certs.Identity { return n.identity }

// Run renews the certificate until ctx ends, and has a new one issued when the key on disk is
// another.
func (n *Node) Run(ctx context.Context) error {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		wait := time.NewTimer(time.Until(n.now.Load().renew))
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case <-wait.C:
		case <-look.C:
			if wait.Stop(); !n.takeOver(ctx) {
				continue
			}
		}
		if err := n.issue(ctx); err != nil && ctx.Err() == nil {
			n.later(ctx, err)
		}
	}
}

// takeOver goes over to the key on disk if that is another, and reports whether it is. What
// cannot be read leaves everything as it is.
func (n *Node) takeOver(ctx context.Context) bool {
	file, err := os.Stat(n.path(keyFile))
	if err != nil || os.SameFile(file, n.held.file) {
		return false
	}
	other, err := n.openKey()
	if err != nil {
		n.opts.Logger.ErrorContext(ctx, "the server's new key can't be read; the old one goes on", "error", err)
		n.held.file = file // said once
		return false
	}
	same := certs.SameKey(other.key.Public(), n.held.key.Public())
	n.held = other
	return !same
}

// later puts the next attempt off after a failure: a tenth of what is left.
func (n *Node) later(ctx context.Context, err error) {
	on := n.now.Load()
	end := on.certificate.Leaf.NotAfter
	n.opts.Logger.ErrorContext(ctx, "the server's certificate can't be renewed", "expires", end, "error", err)
	wait := min(retryAtMost, max(time.Until(end)/10, time.Second/10))
	n.now.Store(&served{on.certificate, time.Now().Add(wait)})
}

// issue gets a new certificate for the key and puts it into use once it is on disk.
func (n *Node) issue(ctx context.Context) error {
	issued, err := n.opts.Issuer.IssueServer(ctx, n.identity, n.held.request, n.opts.DNS, n.opts.Addresses)
	if cause, _ := ca.CauseOf(err); cause != "" {
		return fmt.Errorf("issue the server's certificate: %w: %s", err, cause) // said to ourselves
	}
	if err != nil {
		return fmt.Errorf("issue the server's certificate: %w", err)
	}
	chain := append([]*x509.Certificate{issued.Certificate}, issued.Chain...)
	if err := n.writeCertificate(chain); err != nil {
		return fmt.Errorf("keep the server's certificate: %w", err)
	}
	left := time.Until(issued.Certificate.NotAfter)
	n.now.Store(&served{n.certificate(chain), time.Now().Add(left * 2 / 3)})
	select {
	case n.renewed <- struct{}{}:
	default:
	}
	n.opts.Logger.InfoContext(ctx, "the server's certificate is new", "certificate", issued.Ref.String(),
		"expires", issued.Certificate.NotAfter, "pin", certs.PinOf(issued.Certificate).String())
	return nil
}

func (n *Node) certificate(chain []*x509.Certificate) tls.Certificate {
	c := tls.Certificate{PrivateKey: n.held.key, Leaf: chain[0]}
	for _, cert := range chain {
		c.Certificate = append(c.Certificate, cert.Raw)
	}
	return c
}

// fits says why a certificate that was read cannot be served.
func (n *Node) fits(chain []*x509.Certificate) error {
	leaf := chain[0]
	_, rules, err := certs.CheckChain(chain, n.opts.Issuer.Issuers(), time.Now())
	if err != nil {
		return err
	}
	addresses := make([]netip.Addr, 0, len(leaf.IPAddresses))
	for _, ip := range leaf.IPAddresses {
		a, _ := netip.AddrFromSlice(ip)
		addresses = append(addresses, a.Unmap())
	}
	names := slices.Sorted(slices.Values(leaf.DNSNames))
	slices.SortFunc(addresses, netip.Addr.Compare)
	switch {
	case rules.Profile != certs.ServerNode:
		return errors.New("it is not a server's")
	case !certs.SameKey(leaf.PublicKey, n.held.key.Public()):
		return errors.New("it is for another key")
	case !slices.Equal(names, n.opts.DNS) || !slices.Equal(addresses, n.opts.Addresses):
		return errors.New("the server's names have changed")
	}
	return nil
}

// stands says why the inventory does not have a certificate that was read as active: the
// file may be older than its end.
func (n *Node) stands(ctx context.Context, leaf *x509.Certificate) error {
	ref, ok := n.opts.Issuer.RefOf(leaf)
	if !ok {
		return errors.New("no issuer of ours made it")
	}
	entry, err := n.opts.Issuer.Get(ctx, ref)
	if err != nil {
		return err
	}
	if entry.Status != certs.Active {
		return fmt.Errorf("%s is %s", ref, entry.Status)
	}
	return nil
}
