package web

import (
	"context"
	"net/netip"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
)

// Credentials is the administrators' and the holders' door to certificates: package
// lifecycle. Each method decides for itself what the caller administers; what is not theirs
// is lifecycle.ErrUnknown, as if it did not exist, and who administers nothing gets
// lifecycle.ErrNotAllowed.
type Credentials interface {
	// Administers reports what the caller administers: "" nothing, "all", or an agency's name.
	Administers(authn.Principal) string
	Certificates(context.Context, authn.Principal, api.CertificateFilter) (api.Certificates, error)
	// EachCertificate gives all that the filter finds, one after another, however many.
	EachCertificate(ctx context.Context, p authn.Principal, f api.CertificateFilter, give func(api.Certificate) error) error
	Certificate(ctx context.Context, p authn.Principal, ref certs.Ref) (api.CertificateDetail, error)
	// Receipt returns the JWS for the change of a number of the certificate's status, 0 for the
	// last.
	Receipt(ctx context.Context, p authn.Principal, ref certs.Ref, number int64) (jws string, err error)
	Expiries(context.Context, authn.Principal) (api.Expiries, error)
	Check(context.Context, authn.Principal) (api.Check, error)
	// LastCheck is Check as it was within the last minute.
	LastCheck(context.Context, authn.Principal) (api.Check, error)
	Plan(context.Context, authn.Principal, api.PlanRequest) (api.Plan, error)
	AddSerials(ctx context.Context, p authn.Principal, id string, lines []api.SerialLine) (api.Plan, error)
	Plans(context.Context, authn.Principal) ([]api.Plan, error) // the caller's and their colleagues', newest first, at most 50
	PlanOf(ctx context.Context, p authn.Principal, id string) (api.Plan, error)
	// PlanSize is how many items a plan has, and foresees nothing.
	PlanSize(ctx context.Context, p authn.Principal, id string) (items int, err error)
	PlanItems(ctx context.Context, p authn.Principal, id string, after, limit int) (api.PlanItems, error)
	// Confirm carries the plan out: the first of it before it returns, the rest in the
	// background. A wrong word is lifecycle.ErrWord.
	Confirm(ctx context.Context, p authn.Principal, id, word string) (api.Plan, error)
	// Discard forgets what nobody has confirmed.
	Discard(ctx context.Context, p authn.Principal, id string) (api.Plan, error)
	Stop(ctx context.Context, p authn.Principal, id string) (api.Plan, error)
	// The quarantines after a lost journal, newest first, and an approval of one.
	Quarantines(context.Context, authn.Principal) ([]api.Quarantine, error)
	Quarantine(ctx context.Context, p authn.Principal, id int64) (api.Quarantine, error)
	ApproveQuarantine(ctx context.Context, p authn.Principal, id int64) (api.Quarantine, error)
	Invite(ctx context.Context, p authn.Principal, email string) (api.Invited, error)
	// InviteOwn sends the caller a code for a token of their own.
	InviteOwn(ctx context.Context, p authn.Principal) error
	// Own are all certificates ever issued to the caller. A holder plans hold and revoke on
	// their own with Plan as an administrator does on others', but not release.
	Own(context.Context, authn.Principal) ([]api.Certificate, error)
	// Cards are those whose last holder the caller administers.
	Cards(context.Context, authn.Principal, api.CardFilter) (api.CardList, error)
	Card(ctx context.Context, p authn.Principal, id string) (api.CardDetail, error)
	// ReturnCard notes that a card was given back: lifecycle.ErrCardInUse while something on it
	// has not ended.
	ReturnCard(ctx context.Context, p authn.Principal, id string) (api.CardDetail, error)
	// Witness takes the caller's word that a key was made on a card before their eyes, for
	// somebody else.
	Witness(context.Context, authn.Principal, api.WitnessRequest) (api.Witnessed, error)
	// AskLost has a code sent to whoever is registered with a mail address, if anybody is, and
	// does not say whether.
	AskLost(ctx context.Context, email string) error
	// ReportLost puts everything of a code's holder on hold. Any code that does not come to
	// that is lifecycle.ErrLostCode.
	ReportLost(ctx context.Context, typed string, from netip.Addr) (lifecycle.Loss, error)
}
