package token

import (
	"context"
	"crypto"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"mais/certs"
	"mais/config"
	"mais/server/api"
	"mais/tokenctl/internal/piv"
)

// Keeper keeps private keys of tokens, opened by what a person has typed: in files
// ([InFile]), or on a card ([OnCard], and [NewOnCard] for a key that is to be made).
//
// Both go through the same steps. A token in the making is marked before there is anything
// outside of its directory; its key is made; when the token is whole, browsers are equipped
// with it. Each step can be taken again after a run that broke off.
type Keeper interface {
	// open returns the key of a token, which has it where this keeper keeps keys.
	open(t *Token) (crypto.Signer, error)
	// mark writes into the directory of a token in the making by what its key is found.
	mark(dir string) error
	// make returns the key that the directory is marked with, and makes it unless an earlier
	// run has.
	make(ctx context.Context, dir string) (made, error)
	// equip puts the certificate of a whole token where browsers find it.
	equip(ctx context.Context, t *Token, key crypto.Signer) error
}

// made is a key of a token in the making.
type made struct {
	key      crypto.Signer
	card     *piv.Ref        // where it is; nil: in a file
	evidence api.KeyEvidence // of that
}

// inFile keeps keys in key.pem.
type inFile struct {
	passphrase config.Secret
	fresh      crypto.Signer // that mark has made
}

// InFile returns the keeper of keys in files, under a passphrase or, if it is zero, in the
// clear. The next key of a token is a new one.
func InFile(passphrase config.Secret) Keeper { return &inFile{passphrase: passphrase} }

func (k *inFile) open(t *Token) (crypto.Signer, error) { return unlock(t.key, k.passphrase, t.Dir) }

func (k *inFile) mark(dir string) error {
	key, err := certs.NewKey()
	if err != nil {
		return err
	}
	var under []byte
	if !k.passphrase.IsZero() {
		under = k.passphrase.Reveal()
	}
	text, err := certs.EncodeKey(key, under)
	if err != nil {
		return err
	}
	k.fresh = key
	return writeFile(dir, keyFile, text)
}

func (k *inFile) make(_ context.Context, dir string) (made, error) {
	if k.fresh != nil {
		return made{key: k.fresh}, nil
	}
	text, err := readFile(dir, keyFile)
	if err != nil {
		return made{}, err
	}
	key, err := unlock(text, k.passphrase, dir)
	return made{key: key}, err
}

// equip writes token.p12, for people: a site's key in the clear needs none.
func (k *inFile) equip(_ context.Context, t *Token, key crypto.Signer) error {
	if k.passphrase.IsZero() {
		return nil
	}
	p12, err := certs.EncodePKCS12(key, t.Chain[0], append(t.Chain[1:len(t.Chain):len(t.Chain)], t.Root), k.passphrase.Reveal())
	if err != nil {
		return err
	}
	return writeFile(t.Dir, p12File, p12)
}

// removeFiles removes files that may not be there.
func removeFiles(dir string, names ...string) error {
	var errs []error
	for _, name := range names {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
