package authn

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"mais/certs"
	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
	"mais/server/internal/authn/internal/principal"
	"mais/server/internal/codes"
)

// Who has forgotten their password sets it anew with two proofs: a code from their mail, and a
// code of their second factor or one of the recovery codes that they kept. Mail alone is not
// enough, or whoever reads it would have the account; without the second proof an administrator
// invites anew.
const (
	// ResetMinutes is for how long a code is good.
	ResetMinutes = 15
	resetQueue   = 1024
	resetSenders = 4
	resetSend    = 30 * time.Second
)

type resetAsk struct {
	email string
	event audit.Event
	v     *Verdict
}

// AskReset has a code sent to the user with a mail address, if there is one who may have a password
// here. It asks nobody whether there is, so that the answer and its time are the same for all.
func (s *Service) AskReset(v *Verdict, email string, e audit.Event) error {
	if s.passwords == nil || s.passwords.Mailer == nil {
		return ErrNoPasswordMail
	}
	select {
	case s.passwords.resets <- resetAsk{foldAddress(email), e, v}:
		return nil
	default:
		return ErrPasswordBusy
	}
}

// startResets sends the codes that were asked for, until ctx ends.
func (s *Service) startResets(ctx context.Context) *sync.WaitGroup {
	senders := &sync.WaitGroup{}
	for range resetSenders {
		senders.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case ask := <-s.passwords.resets:
					s.answerReset(ctx, ask)
				}
			}
		})
	}
	return senders
}

// answerReset sends a code, or finds that none is to be sent, and records which.
func (s *Service) answerReset(ctx context.Context, ask resetAsk) {
	ctx, cancel := context.WithTimeout(ctx, resetSend)
	defer cancel()
	stored, err := s.sendReset(ctx, ask)
	e := ask.event
	e.Act, e.Outcome = "password.reset-code", audit.Allowed
	switch { // whom nobody knows is named nowhere: what was typed may be anybody's address
	case err == nil:
		e.User, e.UserName, e.Agency, e.AuthMethod = stored.User, stored.Name, stored.Agency, "none"
	case stored.Hash != "": // whoever asked is not proved to be they: nothing that fails is theirs
		e.Detail = map[string]string{"tried": stored.User}
	}
	if err != nil {
		e.Outcome, e.Reason = audit.Failed, err.Error()
	}
	if _, err := s.opts.Ledger.Append(ctx, e); err != nil {
		s.opts.Logger.WarnContext(ctx, "that a code was asked for is not in the audit", "error", err)
	}
}

var errNoPassword = errors.New("nobody here has a password under this address")

func (s *Service) sendReset(ctx context.Context, ask resetAsk) (creds.Password, error) {
	stored, err := s.store.PasswordByEmail(ctx, ask.email)
	if errors.Is(err, creds.ErrUnknown) || err == nil && stored.Hash == "" {
		return stored, errNoPassword
	}
	if err != nil {
		return stored, err
	}
	if _, refusal := s.fromHere(ctx, ask.v, stored.User); refusal != nil {
		return stored, refusal
	}
	fresh, from := codes.NewMail(), ask.v.known.address
	added, err := s.store.AddReset(ctx, creds.Reset{ID: fresh.ID(), User: stored.User, From: from, Source: SourceOf(from), Life: ResetMinutes * time.Minute}, fresh.Hash())
	if err == nil && !added {
		err = errors.New("as many codes as are sent in one name were sent")
	}
	if err != nil {
		return stored, err
	}
	return stored, s.passwords.Mailer.SendReset(ctx, stored.Email, stored.Name, fresh.Reveal(), s.opts.Now().Add(ResetMinutes*time.Minute))
}

// fromHere says what a user may do with a password from where a request came.
func (s *Service) fromHere(ctx context.Context, v *Verdict, user string) (permitted, *Refusal) {
	who, err := certs.NewIdentity(certs.User, user)
	if err != nil {
		return permitted{}, refuse(StatusStale, err)
	}
	facts := principal.Facts{Identity: who, Address: v.known.address}
	return s.resolvePassword(ctx, s.directory.now.Load(), &facts)
}

// PasswordReset is what somebody types who has forgotten their password. Proof is a code of their
// second factor or a recovery code.
type PasswordReset struct{ Code, Proof, Password string }

// Reset sets a password anew. Every refusal is ErrReset; each try counts, whatever is wrong with
// it. All sessions of the user end, and they are written to. Who proved themselves with a
// recovery code and had a second factor, or needs one, sets up a new one first.
func (s *Service) Reset(ctx context.Context, v *Verdict, r PasswordReset, e audit.Event) (PasswordSet, error) {
	if s.passwords == nil {
		return PasswordSet{}, ErrReset
	}
	if _, _, fault := s.passwords.Rules.Judge(r.Password); fault != "" { // before a try is counted
		return PasswordSet{}, &UnfitPassword{fault}
	}
	typed, _ := codes.ReadMail(r.Code) // what is no code names none
	user, err := s.store.TryReset(ctx, typed.ID(), typed.Hash())
	if errors.Is(err, creds.ErrUnknown) {
		return PasswordSet{}, fmt.Errorf("%w: not a good code", ErrReset)
	}
	if err != nil {
		return PasswordSet{}, refuse(StatusStale, err)
	}
	stored, err := s.store.PasswordOf(ctx, user)
	if err != nil {
		return PasswordSet{}, refuse(StatusStale, err)
	}
	out := PasswordSet{Known: proved(stored)}
	may, refusal := s.fromHere(ctx, v, user)
	if refusal != nil {
		return out, fmt.Errorf("%w: %w", ErrReset, refusal.cause)
	}
	step, recovery, err := s.secondProof(ctx, stored, r.Proof)
	if err != nil {
		return out, err
	}
	w := pending{What: ForReset, User: user, Email: stored.Email, Code: typed.ID(), Recovery: recovery, Compared: stored.Hash, FactorAt: stored.FactorAt}
	if w.Hash, out.Strength, err = s.fit(ctx, stored, r.Password); err != nil {
		return out, err
	}
	if recovery != nil && (stored.Sealed != nil || may.factor) {
		return s.later(out, w, stored)
	}
	return s.finish(ctx, v, out, w, stored, nil, step, e)
}

// countProof counts a code of the second factor before it is looked at. Whoever comes here reads
// the holder's mail, and there are as many codes as they ask for: so these tries are counted by
// user, whatever the code and the source. That keeps the holder out of nothing but this: they
// sign in as ever, and a recovery code is long enough not to be counted.
func (s *Service) countProof(ctx context.Context, stored creds.Password) error {
	counted := delays
	counted.Anew = 0
	_, all, wait, err := s.store.Try(ctx, s.passwords.nameOf(stored.Email), poolProof, poolProofs, counted)
	switch {
	case err != nil:
		return refuse(StatusStale, err)
	case wait > 0:
		return &PasswordWait{wait}
	case all > maxProofs:
		if all == maxProofs+1 {
			s.tell(ctx, stored, newsProofs)
		}
		return fmt.Errorf("%w: %d wrong second proofs in a row: only a recovery code, or an invitation", ErrReset, all-1)
	}
	return nil
}

// secondProof takes a code of the second factor, or a recovery code.
func (s *Service) secondProof(ctx context.Context, stored creds.Password, typed string) (step int64, recovery []byte, err error) {
	if hash := codeHash(typed); hash != nil {
		has, _, err := s.store.HasCode(ctx, stored.User, hash)
		if err == nil && !has {
			err = fmt.Errorf("%w: not a recovery code", ErrReset)
		}
		return 0, hash, err
	}
	if stored.Sealed == nil {
		return 0, nil, fmt.Errorf("%w: no second proof", ErrReset)
	}
	if err := s.countProof(ctx, stored); err != nil {
		return 0, nil, err
	}
	secret, err := s.passwords.unsealFactor(stored.User, stored.Sealed)
	if err != nil {
		return 0, nil, err
	}
	step, ok := secret.Match(typed, s.opts.Now(), stored.LastStep)
	if !ok {
		return 0, nil, fmt.Errorf("%w: a wrong second proof", ErrReset)
	}
	return step, nil, nil
}
