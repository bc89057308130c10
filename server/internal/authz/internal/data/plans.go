package data

import "sync"

// maxPlans bounds a cache of statements. There are as many as sets of roles in use, a few;
// should an administrator make very many, the cache begins anew.
const maxPlans = 200

// plans keeps what was made for a key. The zero plans is empty.
type plans[K comparable, P any] struct {
	mu   sync.Mutex
	made map[K]P
}

// get returns the plan for key and makes it when there is none.
func (p *plans[K, P]) get(key K, fresh func() P) P {
	p.mu.Lock()
	defer p.mu.Unlock()
	if plan, ok := p.made[key]; ok {
		return plan
	}
	if p.made == nil || len(p.made) >= maxPlans {
		p.made = map[K]P{}
	}
	plan := fresh()
	p.made[key] = plan
	return plan
}
