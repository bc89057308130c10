// The right order. This must compile, or the failures of the others mean nothing.
package look

import (
	"context"

	"mais/server/internal/audit"
)

func look(ctx context.Context, log *audit.Log, sealed audit.Sealed[string]) (string, error) {
	receipt, err := log.Append(ctx, sealed.Event())
	if err != nil {
		return "", err
	}
	return sealed.Open(receipt)
}
