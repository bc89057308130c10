package authn

import (
	"context"
	"errors"
	"fmt"

	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
)

// Security is what a user's page about their password says.
type Security struct {
	Factor bool // a second factor is set up
	Needs  bool // their roles ask for one
	Codes  int  // recovery codes that were not used
}

// SecurityOf returns what the page says of whoever is signed in with a password.
func (s *Service) SecurityOf(ctx context.Context, p Principal) (out Security, err error) {
	stored, err := s.ownPassword(ctx, p)
	if err != nil {
		return out, err
	}
	u, err := s.directory.user(ctx, s.directory.now.Load(), p.User())
	if err != nil {
		return out, refuse(StatusStale, err)
	}
	_, left, err := s.store.HasCode(ctx, p.User(), nil)
	return Security{Factor: stored.Sealed != nil, Needs: permits(u).factor, Codes: left}, err
}

func (s *Service) ownPassword(ctx context.Context, p Principal) (creds.Password, error) {
	if s.passwords == nil || p.Method() != ByPassword {
		return creds.Password{}, refuse(NoPasswords, errors.New("not signed in with a password"))
	}
	stored, err := s.store.PasswordOf(ctx, p.User())
	if err != nil {
		return stored, refuse(StatusStale, err)
	}
	return stored, nil
}

// PasswordProof is what somebody who is signed in types once more before anything of theirs
// changes: who found the screen open cannot.
type PasswordProof struct{ Password, Code string }

// proveAgain compares the password of whoever is signed in. Wrong tries are counted by session:
// they keep nobody else out.
func (s *Service) proveAgain(ctx context.Context, v *Verdict, given PasswordProof) (creds.Password, creds.Proof, error) {
	stored, err := s.ownPassword(ctx, v.principal)
	if err != nil {
		return stored, creds.Proof{}, err
	}
	leave, err := s.passwords.lanes.enter(ctx, true)
	if err != nil {
		return stored, creds.Proof{}, err
	}
	defer leave()
	a := attempt{service: s, name: s.passwords.nameOf(stored.Email), typed: given.Password, code: given.Code, from: v.known.address,
		stored: stored, facts: v.facts, pool: append([]byte("t"), v.key[:]...), total: poolDevices}
	proof, err := a.prove(ctx)
	return stored, proof, err
}

// ChangePassword sets another password for whoever is signed in. Their other sessions end.
func (s *Service) ChangePassword(ctx context.Context, v *Verdict, given PasswordProof, next string, e audit.Event) (PasswordStrength, error) {
	stored, err := s.ownPassword(ctx, v.principal)
	if err != nil {
		return 0, err
	}
	if _, strength, fault := s.passwords.Rules.Judge(next, stored.Name, stored.Email, stored.Agency); fault != "" { // before a try is counted
		return strength, &UnfitPassword{fault}
	}
	stored, proof, err := s.proveAgain(ctx, v, given)
	if err != nil {
		return 0, err
	}
	hash, strength, err := s.fit(ctx, stored, next)
	if err != nil {
		return strength, err
	}
	proof.Hash = ""
	c := creds.Change{User: stored.User, Compared: stored.Hash, Hash: hash, Proof: proof, But: v.key, Reason: "password-" + newsChanged}
	return strength, s.changeOwn(ctx, stored, c, newsChanged, e)
}

// changeOwn stores a change that its holder made, and tells them.
func (s *Service) changeOwn(ctx context.Context, stored creds.Password, c creds.Change, news string, e audit.Event) error {
	e.Act, e.Outcome, e.Detail = actSet, audit.Allowed, map[string]string{"how": news}
	err := s.store.ChangePassword(ctx, c, e, func(of creds.Session) audit.Event { return ending(of, c.Reason) })
	if errors.Is(err, creds.ErrReplayed) {
		return errReplayed
	}
	if err != nil {
		return err
	}
	s.tell(ctx, stored, news)
	return nil
}

// settled is proveAgain with the proof recorded: for what is not stored in the same transaction.
func (s *Service) settled(ctx context.Context, v *Verdict, given PasswordProof) (creds.Password, creds.Proof, error) {
	stored, proof, err := s.proveAgain(ctx, v, given)
	if err != nil {
		return stored, proof, err
	}
	if err := s.store.Settle(ctx, proof); err != nil {
		return stored, proof, fmt.Errorf("%w: %w", ErrPassword, err)
	}
	return stored, proof, nil
}

// ProvePassword compares the password of whoever is signed in, and the code of their second
// factor, before something of theirs is done elsewhere. The error is that of a wrong one.
func (s *Service) ProvePassword(ctx context.Context, v *Verdict, given PasswordProof) error {
	_, _, err := s.settled(ctx, v, given)
	return err
}

// RenewFactor shows another second factor, which takes the place of the old one when it is confirmed.
func (s *Service) RenewFactor(ctx context.Context, v *Verdict, given PasswordProof) (NewFactor, error) {
	stored, proof, err := s.settled(ctx, v, given)
	if err != nil {
		return NewFactor{}, err
	}
	if proof.Hash != "" {
		stored.Hash = proof.Hash
	}
	return s.passwords.show(pending{What: ForFactor, User: stored.User, Session: v.facts.Session, Email: stored.Email, Compared: stored.Hash, FactorAt: stored.FactorAt}, stored.Email)
}

// RenewCodes makes recovery codes in place of all that there were.
func (s *Service) RenewCodes(ctx context.Context, v *Verdict, given PasswordProof, e audit.Event) ([]string, error) {
	stored, proof, err := s.proveAgain(ctx, v, given)
	if err != nil {
		return nil, err
	}
	shown, hashes := freshCodes()
	return shown, s.changeOwn(ctx, stored, creds.Change{User: stored.User, Compared: stored.Hash, Proof: proof, Codes: hashes}, newsCodes, e)
}
