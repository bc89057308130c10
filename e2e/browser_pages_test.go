package e2e_test

import "testing"

// TestPages sends people of every role through every page in a Chromium of their own. The
// journeys stand in the files beside this one; they share a demo, and their pages are
// validated together at the end.
func TestPages(t *testing.T) {
	t.Parallel()
	s, g := browserDemo(t), &gallery{pages: map[string]string{}}
	t.Run("journeys", func(t *testing.T) {
		for _, j := range []struct {
			name   string
			people func(*testing.T, *service, *gallery)
		}{
			{"officer", officersNight}, {"nurse", nursesShift}, {"governance", governance},
			{"administrator", administration}, {"administration", administratorsDay}, {"refusals", refusals},
			{"places", placesAndPeople}, {"oversight", oversees},
		} {
			t.Run(j.name, func(t *testing.T) {
				t.Parallel()
				j.people(t, s, g)
			})
		}
	})
	g.validate(t)
}
