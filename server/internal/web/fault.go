package web

import (
	"errors"

	"mais/server/api"
	"mais/server/internal/authz"
	"mais/server/internal/lifecycle"
)

// faultsOf returns what is wrong with the fields of a request, as far as err says so.
func faultsOf(err error) []api.FieldError {
	var own errInvalid
	if errors.As(err, &own) {
		return bounded(own.faults)
	}
	var theirs *authz.InvalidError
	if errors.As(err, &theirs) {
		return bounded(theirs.Fields)
	}
	var planned *lifecycle.InvalidError
	if errors.As(err, &planned) {
		return bounded(planned.Fields)
	}
	return nil
}

func bounded(faults []api.FieldError) []api.FieldError { return faults[:min(len(faults), maxFields)] }
