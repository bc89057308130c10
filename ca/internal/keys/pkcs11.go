//go:build pkcs11

package keys

// Hardware security modules, through a library that is loaded by cgo.
import _ "go.step.sm/crypto/kms/pkcs11"
