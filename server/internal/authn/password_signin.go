package authn

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/netip"

	"mais/certs"
	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
	"mais/server/internal/authn/internal/password"
	"mais/server/internal/authn/internal/principal"
)

// The pools that wrong tries are counted in. poolAll is that of all who try in a user's name
// from the user's own sites on devices that are not known; tries from elsewhere are never let in
// and count for nothing there, so that nobody elsewhere locks anybody out.
var (
	poolAll       = []byte("all")
	poolElsewhere = []byte("elsewhere")
	poolDevices   = []byte("devices")
	poolProof     = []byte("proof")  // second proofs of resets
	poolProofs    = []byte("proofs") // the same, but it never begins anew
)

// PasswordSignIn is what somebody types to come in.
type PasswordSignIn struct{ Email, Password, Code string }

// SignedIn is what comes of it.
type SignedIn struct {
	Known   Known
	Cookies []*http.Cookie
}

// errReplayed is the private cause of a refusal.
var errReplayed = fmt.Errorf("%w: the code was used, or the password changed, a moment ago", ErrPassword)

// SignInByPassword lets somebody in with a password from one of their own sites. What is refused
// is ErrPassword and takes the same work, whoever it was, with who it was for the event alone;
// *PasswordWait and ErrPasswordBusy came before any. e is the request's event; where the error is
// nil it was committed with the session.
func (s *Service) SignInByPassword(ctx context.Context, v *Verdict, r *http.Request, a PasswordSignIn, e audit.Event) (SignedIn, error) {
	p := s.passwords
	if p == nil || v.listener != Public {
		return SignedIn{}, refuse(NoPasswords, errors.New("no password is taken here"))
	}
	name := p.nameOf(foldAddress(a.Email))
	dev, known := p.deviceOf(r, name)
	leave, err := p.lanes.enter(ctx, known)
	if err != nil {
		return SignedIn{}, err
	}
	defer leave()
	at := attempt{service: s, name: name, typed: a.Password, code: a.Code, from: v.known.address}
	if err := at.load(ctx, foldAddress(a.Email)); err != nil {
		return SignedIn{}, err
	}
	if known = known && dev.since.After(at.stored.RecoveredAt); known {
		at.pool, at.total = append([]byte("d"), dev.nonce...), poolDevices
	} else {
		at.pool, at.total = poolOf(v.known.address), at.crowd()
	}
	proof, err := at.prove(ctx)
	out := SignedIn{Known: at.known()}
	if err != nil {
		if errors.Is(err, ErrPassword) {
			s.noteFailure(ctx, v, at, e)
		}
		return out, err
	}
	if err := s.opts.Feed.Look(ctx); err != nil { // what was read may be of a database restored a moment ago
		return out, refuse(StatusStale, err)
	}
	session, err := s.startPassword(ctx, v, at.facts, proof, at.stored.Hash, e)
	if err != nil {
		return out, err
	}
	out.Cookies = append(p.newDevice(r, name), session)
	return out, nil
}

// poolOf is the pool of a source.
func poolOf(a netip.Addr) []byte {
	return []byte("s" + base64.RawStdEncoding.EncodeToString(sourceBytes(a)))
}

func sourceBytes(a netip.Addr) []byte {
	b := SourceOf(a).Addr().AsSlice()
	return b[:min(len(b), 16)]
}

// attempt is one try at a password.
type attempt struct {
	service     *Service
	name        []byte
	typed, code string
	from        netip.Addr
	pool, total []byte
	stored      creds.Password // zero: there is no such user
	facts       principal.Facts
	permitted   permitted
	refusal     *Refusal // why they may not come in, whatever they type
	may         bool     // policy lets them have a password
	right       bool     // the password was right
}

// load reads who it may be, and whether they may come in from here.
func (a *attempt) load(ctx context.Context, email string) error {
	stored, err := a.service.store.PasswordByEmail(ctx, email)
	if err != nil && !errors.Is(err, creds.ErrUnknown) {
		return refuse(StatusStale, err)
	}
	a.stored, a.facts = stored, principal.Facts{Address: a.from}
	user := stored.User
	if err != nil || stored.Hash == "" {
		a.refusal = refuse(UnknownToken, errors.New("nobody with a password"))
	}
	if user == "" {
		return nil
	}
	who, err := certs.NewIdentity(certs.User, user)
	if err != nil {
		return err
	}
	a.facts.Identity = who
	at := a.service.directory.now.Load()
	may, refusal := a.service.resolvePassword(ctx, at, &a.facts)
	if refusal != nil && refusal.Kind == StatusStale {
		return refusal
	}
	u, err := a.service.directory.user(ctx, at, user)
	a.may = err == nil && len(permits(u).roles) > 0
	if a.permitted = may; a.refusal == nil {
		a.refusal = refusal
	}
	return nil
}

// known is whom the attempt was about: whoever has no password is not even a guess.
func (a *attempt) known() Known {
	switch {
	case a.right:
		return proved(a.stored)
	case a.may && a.stored.Hash != "":
		return Known{User: a.stored.User}
	}
	return Known{}
}

// crowd is the pool of all tries that might let somebody in, and of those that cannot.
func (a *attempt) crowd() []byte {
	if a.refusal != nil {
		return poolElsewhere
	}
	return poolAll
}

// prove compares the password and the code. It does the same work whatever is wrong.
func (a *attempt) prove(ctx context.Context) (creds.Proof, error) {
	s, p := a.service, a.service.passwords
	tries, all, wait, err := s.store.Try(ctx, a.name, a.pool, a.total, delays)
	switch {
	case err != nil:
		return creds.Proof{}, refuse(StatusStale, err)
	case wait > 0:
		return creds.Proof{}, &PasswordWait{wait}
	}
	hash := a.stored.Hash
	if hash == "" {
		hash = p.dummy
	}
	normal, formErr := password.Normal(a.typed)
	right, old, err := p.Costs.Check(normal, hash)
	if err != nil {
		return creds.Proof{}, err
	}
	a.right = right && formErr == nil
	if string(a.total) == string(poolAll) && all == maxConsecutive+1 { // once, by the one that finds the door closed
		s.tell(ctx, a.stored, newsGuessed)
	}
	step, fault := a.factor()
	switch {
	case a.refusal != nil:
		return creds.Proof{}, fmt.Errorf("%w: %w", ErrPassword, a.refusal.cause)
	case !a.right:
		return creds.Proof{}, fmt.Errorf("%w: a wrong password", ErrPassword)
	case tries > maxConsecutive, string(a.total) == string(poolAll) && all > maxConsecutive:
		return creds.Proof{}, fmt.Errorf("%w: %d wrong tries in a row: only a device that is known, or a new password by mail", ErrPassword, max(tries, all)-1)
	case fault != "":
		return creds.Proof{}, fmt.Errorf("%w: %s", ErrPassword, fault)
	}
	proof := creds.Proof{User: a.stored.User, Step: step, Name: a.name, Pools: [][]byte{a.pool, poolAll, poolDevices}}
	if old {
		if proof.Hash, err = p.Costs.Hash(normal); err != nil {
			return creds.Proof{}, err
		}
	}
	return proof, nil
}

// factor compares the code of the second factor. step is 0 where there is none and none is asked for.
func (a *attempt) factor() (step int64, fault string) {
	if a.stored.Sealed == nil {
		if a.permitted.factor {
			return 0, "a second factor is asked for, and none is set up"
		}
		return 0, ""
	}
	secret, err := a.service.passwords.unsealFactor(a.stored.User, a.stored.Sealed)
	if err != nil {
		return 0, "the second factor cannot be unsealed: " + err.Error()
	}
	step, ok := secret.Match(a.code, a.service.opts.Now(), a.stored.LastStep)
	if !ok {
		return 0, "a wrong code of the second factor, or a used one"
	}
	return step, ""
}
