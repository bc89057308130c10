package creds

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/withdrawal"
)

// Password is what is kept of a user's password and second factor.
type Password struct {
	User, Email, Name, Agency string
	Hash                      string // "": the user has no password
	RecoveredAt               time.Time
	Sealed                    []byte    // the second factor's secret; nil: there is none
	LastStep                  int64     // of the last code of it that was used
	FactorAt                  time.Time // when it was set; the epoch: there is none
}

const passwordFrom = `
	SELECT u.id::text, u.email, u.name, a.name, coalesce(p.hash, ''), coalesce(p.recovered_at, 'epoch'), t.sealed, coalesce(t.last_step, 0), coalesce(t.set_at, 'epoch')
	FROM access.user_account u JOIN access.agency a ON a.id = u.agency
	LEFT JOIN access.password p ON p.user_id = u.id LEFT JOIN access.totp t ON t.user_id = u.id WHERE `

// PasswordByEmail returns the password of the user with an address, or ErrUnknown when there is no such user.
func (s *Store) PasswordByEmail(ctx context.Context, email string) (Password, error) {
	return s.password(ctx, passwordFrom+`u.email = $1`, email)
}

// PasswordOf returns the password of a user, or ErrUnknown when there is no such user.
func (s *Store) PasswordOf(ctx context.Context, user string) (Password, error) {
	return s.password(ctx, passwordFrom+`u.id = $1::uuid`, user)
}

func (s *Store) password(ctx context.Context, query, arg string) (p Password, err error) {
	err = s.db.QueryRow(ctx, query, arg).Scan(&p.User, &p.Email, &p.Name, &p.Agency, &p.Hash, &p.RecoveredAt, &p.Sealed, &p.LastStep, &p.FactorAt)
	if errors.Is(err, pg.ErrNoRows) {
		return p, ErrUnknown
	}
	if err != nil {
		return p, fmt.Errorf("read a password: %w", err)
	}
	return p, nil
}

// PasswordsAnywhere reports whether any agency and any role allow passwords.
func (s *Store) PasswordsAnywhere(ctx context.Context) (any bool, err error) {
	err = s.db.QueryRow(ctx, `SELECT EXISTS (SELECT FROM access.agency WHERE passwords <> 'forbidden')
		AND EXISTS (SELECT FROM access.role WHERE passwords <> 'forbidden')`).Scan(&any)
	if err != nil {
		return false, fmt.Errorf("read where passwords are allowed: %w", err)
	}
	return any, nil
}

// Proof is what a password was proved with, to be recorded in the transaction that it serves.
type Proof struct {
	User  string
	Step  int64  // of the second factor's code; 0: there was none
	Hash  string // the password's at today's costs; "": it has them
	Name  []byte // whose wrong tries are forgiven
	Pools [][]byte
}

// ErrReplayed is returned when a code of a second factor was used meanwhile.
var ErrReplayed = errors.New("creds: the code was used a moment ago")

// settle records a proof within tx.
func (p Proof) settle(ctx context.Context, tx *pg.Tx) error {
	if p.Step != 0 {
		n, err := tx.Exec(ctx, `UPDATE access.totp SET last_step = $2 WHERE user_id = $1 AND last_step < $2`, p.User, p.Step)
		if err != nil {
			return fmt.Errorf("record the use of a code: %w", err)
		}
		if n == 0 {
			return ErrReplayed
		}
	}
	if p.Hash != "" {
		if _, err := tx.Exec(ctx, `UPDATE access.password SET hash = $2 WHERE user_id = $1`, p.User, p.Hash); err != nil {
			return fmt.Errorf("record a password at today's costs: %w", err)
		}
	}
	for _, pool := range p.Pools {
		if _, err := tx.Exec(ctx, `DELETE FROM access.password_guard WHERE name = $1 AND pool = $2`, p.Name, pool); err != nil {
			return fmt.Errorf("forgive wrong tries: %w", err)
		}
	}
	return nil
}

// CreateProved stores a new session with what it was proved by and its event. The password must
// still be the one that was compared.
func (s *Store) CreateProved(ctx context.Context, v Session, p Proof, compared string, e audit.Event) error {
	return s.db.Transact(ctx, func(tx *pg.Tx) error {
		if err := stillHas(ctx, tx, v.User, compared); err != nil {
			return err
		}
		if err := p.settle(ctx, tx); err != nil {
			return err
		}
		return create(ctx, tx, v, e)
	})
}

// stillHas locks a user's password until tx ends, and returns ErrReplayed if it is another one
// than was compared.
func stillHas(ctx context.Context, tx *pg.Tx, user, compared string) error {
	var hash string
	err := tx.QueryRow(ctx, `SELECT hash FROM access.password WHERE user_id = $1 FOR UPDATE`, user).Scan(&hash)
	if errors.Is(err, pg.ErrNoRows) || err == nil && hash != compared {
		return ErrReplayed
	}
	if err != nil {
		return fmt.Errorf("read a password again: %w", err)
	}
	return nil
}

// Change is what becomes of a user's password. An empty field leaves what there is.
type Change struct {
	User       string
	Compared   string    // the hash that the change rests on; "": on none
	FactorAt   time.Time // when the second factor was set that it rests on; zero: on none
	Hash       string
	Recovered  bool // devices that were known are not any more
	Sealed     []byte
	Step       int64 // of the code that the new second factor was shown with
	NoFactor   bool  // the second factor goes
	Codes      [][]byte
	Proof      Proof
	Reset      string // id of a reset that is used
	Code       []byte // hash of a recovery code that is used
	Registered bool   // it is a registration
	But        SessionKey
	Reason     string // why sessions end but that one; "": none ends
}

// ChangePassword does a change with its event, and ends sessions with theirs.
func (s *Store) ChangePassword(ctx context.Context, c Change, e audit.Event, describe func(Session) audit.Event) error {
	return s.db.Transact(ctx, func(tx *pg.Tx) error {
		if c.Compared != "" {
			if err := stillHas(ctx, tx, c.User, c.Compared); err != nil {
				return err
			}
		}
		for _, step := range []func(context.Context, *pg.Tx) error{c.stillSet, c.spend, c.Proof.settle, c.set, c.setFactor, c.setCodes, c.register} {
			if err := step(ctx, tx); err != nil {
				return err
			}
		}
		if c.Reason != "" {
			err := endIn(ctx, tx, describe, c.Reason, `s.user_id = $2::uuid AND s.id_hash <> $3`, c.User, c.But[:])
			if err != nil {
				return err
			}
		}
		return s.conclude(ctx, tx, e)
	})
}

// conclude records an act that may take a password away, and has the journal hold that.
func (s *Store) conclude(ctx context.Context, tx *pg.Tx, e audit.Event) error {
	if err := audit.AppendIn(ctx, tx, e); err != nil {
		return err
	}
	return withdrawal.End(ctx, tx, s.journal, e)
}

// stillSet returns ErrReplayed if the second factor was set up anew since.
func (c Change) stillSet(ctx context.Context, tx *pg.Tx) error {
	if c.FactorAt.IsZero() {
		return nil
	}
	var at time.Time
	err := tx.QueryRow(ctx, `SELECT coalesce(max(set_at), 'epoch') FROM access.totp WHERE user_id = $1::uuid`, c.User).Scan(&at)
	if err != nil {
		return fmt.Errorf("read a second factor again: %w", err)
	}
	if !at.Equal(c.FactorAt) {
		return ErrReplayed
	}
	return nil
}

// spend uses the reset and the recovery code that a change rests on, each once.
func (c Change) spend(ctx context.Context, tx *pg.Tx) error {
	if c.Reset != "" {
		n, err := tx.Exec(ctx, `UPDATE access.password_reset SET used_at = now()
			WHERE id = $1 AND user_id = $2 AND used_at IS NULL AND expires_at > now()`, c.Reset, c.User)
		if err != nil {
			return fmt.Errorf("use a code: %w", err)
		}
		if n == 0 {
			return ErrReplayed
		}
		_, err = tx.Exec(ctx, `UPDATE access.password_reset SET used_at = now() WHERE user_id = $1 AND used_at IS NULL`, c.User)
		if err != nil {
			return fmt.Errorf("end other codes: %w", err)
		}
	}
	if c.Code == nil {
		return nil
	}
	n, err := tx.Exec(ctx, `UPDATE access.recovery_code SET used_at = now() WHERE user_id = $1 AND sha256 = $2 AND used_at IS NULL`, c.User, c.Code)
	if err != nil {
		return fmt.Errorf("use a recovery code: %w", err)
	}
	if n == 0 {
		return ErrReplayed
	}
	return nil
}

func (c Change) set(ctx context.Context, tx *pg.Tx) error {
	if c.Hash == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO access.password AS p (user_id, hash) VALUES ($1, $2) ON CONFLICT (user_id)
		DO UPDATE SET hash = $2, set_at = clock_timestamp(), recovered_at = CASE WHEN $3 THEN now() ELSE p.recovered_at END`, c.User, c.Hash, c.Recovered)
	if err != nil {
		return fmt.Errorf("store a password: %w", err)
	}
	return nil
}

func (c Change) setFactor(ctx context.Context, tx *pg.Tx) error {
	if !c.NoFactor && c.Sealed == nil {
		return nil
	}
	if _, err := tx.Exec(ctx, `DELETE FROM access.totp WHERE user_id = $1`, c.User); err != nil {
		return fmt.Errorf("take a second factor away: %w", err)
	}
	if c.Sealed == nil {
		return nil
	}
	if _, err := tx.Exec(ctx, `INSERT INTO access.totp (user_id, sealed, last_step) VALUES ($1, $2, $3)`, c.User, c.Sealed, c.Step); err != nil {
		return fmt.Errorf("store a second factor: %w", err)
	}
	return nil
}

func (c Change) setCodes(ctx context.Context, tx *pg.Tx) error {
	if c.Codes == nil {
		return nil
	}
	if _, err := tx.Exec(ctx, `DELETE FROM access.recovery_code WHERE user_id = $1`, c.User); err != nil {
		return fmt.Errorf("take recovery codes away: %w", err)
	}
	for _, code := range c.Codes {
		if _, err := tx.Exec(ctx, `INSERT INTO access.recovery_code (user_id, sha256) VALUES ($1, $2)`, c.User, code); err != nil {
			return fmt.Errorf("store recovery codes: %w", err)
		}
	}
	return nil
}

func (c Change) register(ctx context.Context, tx *pg.Tx) error {
	if !c.Registered {
		return nil
	}
	if _, err := tx.Exec(ctx, `SELECT access.registered($1::uuid)`, c.User); err != nil {
		return fmt.Errorf("note a registration: %w", err)
	}
	return nil
}

// ForgetPassword deletes all of a user's password, with its event, unless there is none.
func (s *Store) ForgetPassword(ctx context.Context, user string, e audit.Event) (had bool, err error) {
	err = s.db.Transact(ctx, func(tx *pg.Tx) error {
		had = false
		for _, from := range []string{`access.password_reset`, `access.recovery_code`, `access.totp`} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+from+` WHERE user_id = $1::uuid`, user); err != nil {
				return fmt.Errorf("forget a password: %w", err)
			}
		}
		n, err := tx.Exec(ctx, `DELETE FROM access.password WHERE user_id = $1::uuid`, user)
		if err != nil {
			return fmt.Errorf("forget a password: %w", err)
		}
		if n == 0 {
			return nil
		}
		had = true
		return s.conclude(ctx, tx, e)
	})
	return had && err == nil, err
}

// HasCode reports whether a recovery code with a hash is a user's and was not used, and how many there are.
func (s *Store) HasCode(ctx context.Context, user string, hash []byte) (has bool, left int, err error) {
	err = s.db.QueryRow(ctx, `SELECT coalesce(bool_or(sha256 = $2), false), count(*) FROM access.recovery_code
		WHERE user_id = $1::uuid AND used_at IS NULL`, user, hash).Scan(&has, &left)
	if err != nil {
		return false, 0, fmt.Errorf("look for a recovery code: %w", err)
	}
	return has, left, nil
}

// Settle records a proof by itself.
func (s *Store) Settle(ctx context.Context, p Proof) error {
	return s.db.Transact(ctx, func(tx *pg.Tx) error { return p.settle(ctx, tx) })
}
