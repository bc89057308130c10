package keydir

import (
	"context"
	"crypto"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mais/ca/internal/keys"
	"mais/config"
)

// OpenKey opens a key in a file, or finds the address of one in a key manager; whether that
// answers is not asked.
func OpenKey(ctx context.Context, dir, id string, h Holding, public crypto.PublicKey, unlock config.Secret) (crypto.Signer, error) {
	if h.Address {
		text, err := os.ReadFile(filepath.Join(dir, AddressFile(id)))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDirectory, err)
		}
		key, err := keys.OpenKept(strings.TrimRight(string(text), "\r\n"), public)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", AddressFile(id), err)
		}
		return key, nil
	}
	sealed, err := os.ReadFile(filepath.Join(dir, KeyFile(id)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	signer, err := keys.Open(ctx, sealed, unlock)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", KeyFile(id), err)
	}
	return signer, nil
}
