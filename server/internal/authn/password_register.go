package authn

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"mais/ca"
	"mais/certs"
	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
	"mais/server/internal/authn/internal/password"
	"mais/server/internal/authn/internal/principal"
)

// PasswordSet is what comes of setting a password: the codes to keep, or a second factor to set
// up first.
type PasswordSet struct {
	Known    Known
	Strength PasswordStrength
	Codes    []string   // recovery codes, shown once; nil: the old ones stay
	Factor   *NewFactor // not done yet: see ConfirmFactor
}

// Why sessions end and holders are written to, and how a password came to be in its event.
const (
	newsRegistered = "registered"
	newsChanged    = "changed"
	newsRecovered  = "recovered"
	newsFactor     = "second-factor"
	newsCodes      = "recovery-codes"
	newsGuessed    = "guessed"        // at sign-in
	newsProofs     = "guessed-proofs" // by somebody who reads the holder's mail

	actSet = "password.set"
)

// PasswordNews are the words that a PasswordMailer is given.
var PasswordNews = []string{newsRegistered, newsChanged, newsRecovered, newsFactor, newsCodes, newsGuessed, newsProofs}

// PasswordRegistration is what somebody types who was invited.
type PasswordRegistration struct{ Email, Code, Password string }

// Register sets the password of whoever was invited and may have one, with the code from their
// mail and from one of their own sites. Every refusal of the code is ca.ErrRefused; a password
// that is not taken is an *UnfitPassword, and takes nothing of the code. Where policy asks for a
// second factor the code is spent when that is confirmed. Where the error is nil and Factor is
// too, e was committed.
func (s *Service) Register(ctx context.Context, v *Verdict, r PasswordRegistration, e audit.Event) (PasswordSet, error) {
	if s.passwords == nil {
		return PasswordSet{}, refuse(NoPasswords, errors.New("no password is taken here"))
	}
	who, err := s.passwords.Codes.Spendable(ctx, s.spending(v, r.Email, r.Code))
	if err != nil {
		return PasswordSet{}, err
	}
	stored, err := s.store.PasswordOf(ctx, who.ID())
	if err != nil {
		return PasswordSet{}, refuse(StatusStale, err)
	}
	out := PasswordSet{Known: proved(stored)}
	var hash string
	if hash, out.Strength, err = s.fit(ctx, stored, r.Password); err != nil {
		return out, err
	}
	w := pending{What: ForRegistration, User: stored.User, Email: stored.Email, Code: r.Code, Hash: hash}
	facts := principal.Facts{Identity: who, Address: v.known.address}
	may, refusal := s.resolvePassword(ctx, s.directory.now.Load(), &facts)
	if refusal != nil {
		return out, refusal
	}
	if may.factor {
		return s.later(out, w, stored)
	}
	return s.finish(ctx, v, out, w, stored, nil, 0, e)
}

// spending is the wish to spend an invitation's code on a password, from where its holder may
// have one.
func (s *Service) spending(v *Verdict, email, code string) ca.Spending {
	return ca.Spending{Code: code, Holder: email, By: v.known.address.String(), Admits: func(ctx context.Context, who certs.Identity) error {
		if err := s.Fresh(); err != nil {
			return refuse(StatusStale, err)
		}
		facts := principal.Facts{Identity: who, Address: v.known.address}
		if _, refusal := s.resolvePassword(ctx, s.directory.now.Load(), &facts); refusal != nil {
			return refusal
		}
		return nil
	}}
}

// fit judges a new password of a user and hashes it.
func (s *Service) fit(ctx context.Context, of creds.Password, typed string) (hash string, strength PasswordStrength, err error) {
	normal, strength, fault := s.passwords.Rules.Judge(typed, of.Name, of.Email, of.Agency)
	if fault != "" {
		return "", strength, &UnfitPassword{fault}
	}
	leave, err := s.passwords.lanes.enter(ctx, false)
	if err != nil {
		return "", strength, err
	}
	defer leave()
	hash, err = s.passwords.Costs.Hash(normal)
	return hash, strength, err
}

// JudgePassword says what a new password is worth and why it would not be taken, of anybody's.
func (s *Service) JudgePassword(typed string) (PasswordStrength, PasswordFault) {
	if s.passwords == nil {
		return 0, ""
	}
	_, strength, fault := s.passwords.Rules.Judge(typed)
	return strength, fault
}

// later has a second factor set up first.
func (s *Service) later(out PasswordSet, w pending, stored creds.Password) (PasswordSet, error) {
	factor, err := s.passwords.show(w, stored.Email)
	out.Factor = &factor
	return out, err
}

// ConfirmFactor takes the first code of a second factor, and does what waited for it. The error is
// ErrFactor for a wrong code, with the same factor to be shown again, and ErrPending for what is
// not, or not any more, to be confirmed by this caller, or here: what says for what it waits.
func (s *Service) ConfirmFactor(ctx context.Context, v *Verdict, what, sealed, typed string, e audit.Event) (PasswordSet, error) {
	if s.passwords == nil {
		return PasswordSet{}, ErrPending
	}
	w, err := s.passwords.open(sealed)
	if err == nil && (w.What != what || w.What == ForFactor && (v.refusal != nil || w.Session != v.facts.Session || v.facts.Session == "")) {
		err = ErrPending
	}
	if err != nil {
		return PasswordSet{}, err
	}
	stored, err := s.store.PasswordOf(ctx, w.User)
	if err != nil {
		return PasswordSet{}, refuse(StatusStale, err)
	}
	out := PasswordSet{Known: proved(stored)}
	if w.What == ForReset {
		if _, refusal := s.fromHere(ctx, v, w.User); refusal != nil {
			return out, fmt.Errorf("%w: %w", ErrReset, refusal.cause)
		}
	}
	secret, step, err := s.passwords.match(w, typed)
	if err != nil {
		factor, drawn := s.passwords.again(w, sealed)
		out.Factor = &factor
		return out, errors.Join(err, drawn)
	}
	box, err := s.passwords.sealFactor(stored.User, secret)
	if err != nil {
		return out, err
	}
	return s.finish(ctx, v, out, w, stored, box, step, e)
}

// finish stores what was asked for, and spends what it rests on. step is of the code that was
// typed: of a factor that is new, or of the one that stays.
func (s *Service) finish(ctx context.Context, v *Verdict, out PasswordSet, w pending, stored creds.Password, factor []byte, step int64, e audit.Event) (PasswordSet, error) {
	c := creds.Change{User: w.User, Hash: w.Hash, Compared: w.Compared, FactorAt: w.FactorAt, Sealed: factor}
	proof := creds.Proof{User: w.User, Name: s.passwords.nameOf(stored.Email), Pools: [][]byte{poolAll, poolOf(v.known.address)}}
	if c.Step = step; factor == nil { // the code is of the second factor that stays
		proof.Step = step
	}
	e.Outcome, e.User, e.UserName, e.Agency = audit.Allowed, stored.User, stored.Name, stored.Agency
	var news string
	switch w.What {
	case ForRegistration:
		if err := s.spend(ctx, v, w); err != nil {
			return out, err
		}
		proof.Pools = append(proof.Pools, poolProof, poolProofs)
		news, e.AuthMethod = newsRegistered, "code"
		c.Recovered, c.Registered, c.NoFactor, c.Reason = true, true, factor == nil, "password-"+newsRegistered
		out.Codes, c.Codes = freshCodes()
	case ForReset:
		proof.Pools = append(proof.Pools, poolProof, poolProofs)
		news, e.AuthMethod = newsRecovered, "mail-code"
		c.Recovered, c.Reset, c.Code, c.Reason = true, w.Code, w.Recovery, "password-"+newsRecovered
	case ForFactor:
		news = newsFactor
	}
	c.Proof = proof
	e.Act, e.Detail = actSet, map[string]string{"how": news, "second_factor": fmt.Sprint(factor != nil)}
	err := s.store.ChangePassword(ctx, c, e, func(of creds.Session) audit.Event { return ending(of, c.Reason) })
	if errors.Is(err, creds.ErrReplayed) {
		err = fmt.Errorf("%w: what it rests on was used, or changed, a moment ago", ErrReset)
	}
	if err != nil && w.What == ForRegistration {
		err = fmt.Errorf("the invitation's code is spent and no password is set, so another invitation is needed: %w", err)
	}
	if err != nil {
		return out, err
	}
	s.tell(ctx, stored, news)
	return out, nil
}

// spend spends the code of an invitation that a registration rests on. It must still be of the
// user that the password was made for.
func (s *Service) spend(ctx context.Context, v *Verdict, w pending) error {
	spending := s.spending(v, w.Email, w.Code)
	admits := spending.Admits
	spending.Admits = func(ctx context.Context, who certs.Identity) error {
		if who.Kind() != certs.User || who.ID() != w.User {
			return errors.New("the code is of somebody else than it was when the password was typed")
		}
		return admits(ctx, who)
	}
	_, err := s.passwords.Codes.Spend(ctx, spending)
	return err
}

// freshCodes returns recovery codes to be shown, and their hashes to be kept.
func freshCodes() (shown []string, hashes [][]byte) {
	shown = password.NewRecovery()
	for _, code := range shown {
		hashes = append(hashes, codeHash(code))
	}
	return shown, hashes
}

// codeHash is what is kept of a recovery code; nil for what is none.
func codeHash(typed string) []byte {
	text, ok := password.ReadRecovery(typed)
	if !ok {
		return nil
	}
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}
