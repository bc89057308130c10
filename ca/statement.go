package ca

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mais/certs"
	"mais/certs/receipt"
)

// SignStatement signs, with the key of this process that signs receipts, something else that
// the service says: typ, which is never a receipt's, tells what. receipt.VerifyStatement reads
// it. It signs in the name of the node that Respond named; a process without one, such as a
// command on a node's machine, signs as node. It returns ErrStale when it cannot just now.
func (c *CA) SignStatement(ctx context.Context, node certs.Identity, typ string, payload []byte) (string, error) {
	if node.Kind() != certs.Server {
		return "", fmt.Errorf("sign as %s: not a server", node)
	}
	c.node.CompareAndSwap(nil, &node)
	by, err := c.credential(ctx, c.receipts)
	if errors.Is(err, errNotReady) {
		err = fmt.Errorf("%w: %w", ErrStale, err)
	}
	if err != nil {
		return "", fmt.Errorf("sign %s: %w", typ, err)
	}
	return receipt.Signer{Key: by.key, Leaf: by.cert, Issuer: c.receipts.issuer.Certificate()}.SignStatement(typ, payload, c.now().Truncate(time.Second))
}
