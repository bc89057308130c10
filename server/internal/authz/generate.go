package authz

import (
	"context"
	"strconv"
	"time"

	"mais/server/internal/authn"
	"mais/server/internal/record"
	"mais/server/internal/record/synthetic"
)

// Generate loads n synthetic people, together with its event; made again from the same seed
// on the same day they are the same, and those that are there already are left alone.
// progress is told now and then how many are done; it may be nil.
//
// Only the system principal "generator" may. The error is ErrDenied or ErrUnavailable.
func (s *Service) Generate(ctx context.Context, system authn.Principal, n int, seed uint64, progress func(done int)) error {
	e := Look{Principal: system}.event(ActGenerate)
	e.Detail = map[string]string{"seed": strconv.FormatUint(seed, 10)}
	d, err := mayLoad(system, generator)
	if err != nil {
		return s.failed(ctx, e, err)
	}
	_, err = s.load(ctx, d, e, synthetic.People(n, seed, record.DayOf(time.Now())), progress)
	return err
}
