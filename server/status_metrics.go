package server

import (
	"math"

	"github.com/prometheus/client_golang/prometheus"

	"mais/ca/feed"
)

// measureStatus publishes how well this node follows the status of certificates.
func (s *Server) measureStatus(feed *feed.Feed) {
	gauge := func(name, help string, value func() float64) {
		s.metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	gauge("mais_status_age_seconds", "Age of the last good look at the changes of status; +Inf: there was none. Beyond ca.status_stale everybody is refused.",
		func() float64 {
			if age, ok := feed.Age(); ok {
				return age.Seconds()
			}
			return math.Inf(1)
		})
	gauge("mais_status_number", "Number of the last change of status that this node knows.", func() float64 { return float64(feed.Number()) })
	gauge("mais_status_acknowledged", "Number of the last change of status that this node has acknowledged.", func() float64 { return float64(feed.Acknowledged()) })
	gauge("mais_nodes_live", "Nodes that hold a lease, this one included and commands at the host left out.", func() float64 { return float64(feed.Live()) })
}
