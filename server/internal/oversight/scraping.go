package oversight

import (
	"context"
	"fmt"
	"time"
)

// bounds of the people whose records are opened in a span of time.
type bounds struct {
	words string
	span  time.Duration
	most  int // more is an alarm, if it is unusual
	ever  int // more is an alarm, however usual
	usual func(context.Context, string, time.Time, time.Time) (int, error)
}

// scraping: many different people's records in an hour or a day, and more than is usual for this
// user, or more than is usual for anybody.
func (w watch) scraping(ctx context.Context) error {
	limits := w.s.opts.Alerts
	for _, of := range []bounds{
		{"an hour", time.Hour, limits.PeopleAnHour, limits.MostAnHour, w.UsualHour},
		{"24 hours", 24 * time.Hour, limits.PeopleADay, limits.MostADay, w.UsualDay},
	} {
		if err := w.opening(ctx, of); err != nil {
			return err
		}
	}
	return nil
}

func (w watch) opening(ctx context.Context, of bounds) error {
	from := w.at.Add(-of.span)
	openers, err := w.openers(ctx, from, of.most+of.ever)
	if err != nil {
		return err
	}
	for _, o := range openers {
		tooMany, much := of.ever > 0 && o.People > of.ever, of.most > 0 && o.People > of.most
		if !tooMany && !much {
			continue
		}
		usual, err := of.usual(ctx, o.User, from.AddDate(0, 0, -usualDays), from)
		if err != nil {
			return err
		}
		if !tooMany && o.People <= usual*w.s.opts.Alerts.TimesUsual {
			continue
		}
		err = w.raise(ctx, alarmScraping, o.User, o.Name, o.Agency, "", o.People,
			fmt.Sprintf("Opened the records of %d people within %s; usual for them in the four weeks before: %d.", o.People, of.words, usual),
			map[string]string{"people": fmt.Sprint(o.People), "within": of.words, "usual": fmt.Sprint(usual), "limit": fmt.Sprint(of.most), "ever": fmt.Sprint(of.ever)})
		if err != nil {
			return err
		}
	}
	return nil
}

// listing: many different people in lists of results, which tell names and alerts, whether or not a
// record is opened.
func (w watch) listing(ctx context.Context) error {
	limits := w.s.opts.Alerts
	for _, of := range []bounds{{words: "an hour", span: time.Hour, most: limits.ListedAnHour}, {words: "24 hours", span: 24 * time.Hour, most: limits.ListedADay}} {
		if of.most == 0 {
			continue
		}
		listers, err := w.Listers(ctx, w.at.Add(-of.span), w.at, of.most)
		if err != nil {
			return err
		}
		for _, l := range listers {
			err := w.raise(ctx, alarmListing, l.User, l.Name, l.Agency, "", l.People,
				fmt.Sprintf("Was given lists of %d people within %s.", l.People, of.words),
				map[string]string{"people": fmt.Sprint(l.People), "within": of.words, "limit": fmt.Sprint(of.most)})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
