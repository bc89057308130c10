package ca

import (
	"context"
	"strings"
	"time"

	"mais/ca/internal/store"
)

// CommandMark ends the name of a node that is a command at the host, and no server: it answers
// nobody, but holds a lease while it runs, since it changes what others answer by.
const CommandMark = store.CommandMark

// Command reports whether the node is a command at the host.
func (n LiveNode) Command() bool { return strings.HasSuffix(n.Name, CommandMark) }

// LiveNode is a process that answers for the status of certificates.
type LiveNode struct {
	Name      string
	Issuers   []string // the issuing CAs whose keys it has
	StartedAt time.Time
	Until     time.Time // its lease, by the database's clock
	Number    int64     // the last change that it has acknowledged
}

// LiveNodes returns the nodes that hold a lease, this one included if its feed runs, by name.
func (c *CA) LiveNodes(ctx context.Context) ([]LiveNode, error) {
	found, err := store.LiveNodes(ctx, c.db)
	var nodes []LiveNode
	for _, n := range found {
		nodes = append(nodes, LiveNode{n.Name, n.Issuers, n.StartedAt, n.LeaseUntil, n.Number})
	}
	return nodes, err
}

// issuerIDs returns the ids of the issuing CAs whose keys are here.
func (c *CA) issuerIDs() []string {
	ids := []string{}
	for _, i := range c.issuers {
		ids = append(ids, i.ID())
	}
	return ids
}
