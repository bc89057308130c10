package people

import (
	"context"
	"time"

	"mais/internal/pg"
)

// NetworkAlone is a network that one person recognised, with nobody's word beside theirs.
type NetworkAlone struct {
	Prefix, Site string // the site's name
	At           time.Time
}

// NetworksAlone returns the networks that somebody has recognised alone since a moment, the last first, and
// how many they are: at some sites, by their UUIDs, and at those of the people on a list; "": of no list.
func (r *Register) NetworksAlone(ctx context.Context, by string, sites []string, list string, since time.Time, most int) (found []NetworkAlone, total int, err error) {
	rows, err := r.db.Query(ctx, `WITH places AS MATERIALIZED (
			SELECT unnest($2::text[]) AS id UNION SELECT w FROM access.change_item i,
				jsonb_array_elements_text(CASE jsonb_typeof(i.after -> 'sites') WHEN 'array' THEN i.after -> 'sites' ELSE '[]' END) w WHERE i.change::text = $3)
		SELECT n.cidr::text, s.name, c.applied_at, count(*) OVER () FROM access.change c
			JOIN places p ON p.id = c.after ->> 'site' JOIN access.site s ON s.id::text = p.id
			JOIN access.subnet n ON n.site = s.id AND n.cidr = (c.after ->> 'prefix')::cidr
		WHERE c.kind = 'network.add' AND c.made_by::text = $1 AND c.state = 'applied' AND c.second = '{}' AND c.applied_at > $4
		ORDER BY c.applied_at DESC, n.cidr LIMIT $5`, by, pg.Array(sites), list, since, most)
	found, err = pg.Collect(rows, err, func(r *pg.Rows) (n NetworkAlone, err error) {
		return n, r.Scan(&n.Prefix, &n.Site, &n.At, &total)
	})
	return found, total, wrap("read which networks "+by+" recognised alone", err)
}
