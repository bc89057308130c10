package web

import (
	"context"
	"time"

	"mais/server/api"
	"mais/server/internal/oversight"
)

// Oversight is what a governance officer asks of the audit. Each call appends exactly one audit
// event, whatever comes of it, unless the error is audit.ErrUnavailable.
type Oversight interface {
	Search(context.Context, oversight.Look, api.AuditFilter) (api.AuditPage, error)
	Entry(ctx context.Context, l oversight.Look, id int64) (api.AuditEntry, error)
	Story(ctx context.Context, l oversight.Look, session string) (api.AuditStory, error)
	Looks(ctx context.Context, l oversight.Look, person string, before int64) (api.AuditLooks, error)
	Refusals(ctx context.Context, l oversight.Look, from, to time.Time) (api.AuditRefusals, error)
	Figures(ctx context.Context, l oversight.Look, from, to time.Time) (api.AuditFigures, error)
	Export(ctx context.Context, l oversight.Look, f api.AuditFilter, format string) (oversight.Exported, error)
	Alerts(ctx context.Context, l oversight.Look, before int64, open bool) (api.AuditAlerts, error)
	Settle(ctx context.Context, l oversight.Look, id int64, note string) error
}

// auditRoutes are of the review of the audit. Package oversight decides who may, a governance
// officer, and records each under the act that stands here.
var auditRoutes = []endpoint{
	{"GET", "/audit", signedIn, "audit.list", auditPage},
	{"POST", "/audit", signedIn, "audit.ask", askAudit},
	{"GET", "/audit/export/{format}", signedIn, "audit.export", exportAuditPage},
	{"GET", "/audit/entry/{id}", signedIn, "audit.entry", auditEntryPage},
	{"GET", "/audit/sessions/{name}", signedIn, "audit.session", storyPage},
	{"GET", "/audit/people", signedIn, "page.whose", whosePage},
	{"POST", "/audit/people", signedIn, "audit.find", findNumber},
	{"GET", "/audit/people/{id}", signedIn, "audit.person", lookersPage},
	{"GET", "/audit/refusals", signedIn, "audit.refusals", refusalsPage},
	{"POST", "/audit/refusals", signedIn, "audit.ask", askDays},
	{"GET", "/audit/figures", signedIn, "audit.figures", figuresPage},
	{"POST", "/audit/figures", signedIn, "audit.ask", askDays},
	{"GET", "/audit/alerts", signedIn, "audit.alerts", alertsPage},
	{"POST", "/audit/alerts/{id}/settle", signedIn, "alarm.settled", settleAlert},

	{"GET", api.PathAudit, holder, "audit.list", searchAudit},
	{"GET", api.PathAuditEntry + "/{id}", holder, "audit.entry", showAuditEntry},
	{"GET", api.PathAuditSession + "/{name}", holder, "audit.session", tellSession},
	{"GET", api.PathAuditPerson + "/{id}", holder, "audit.person", tellLookers},
	{"POST", api.PathAuditFind, holder, "audit.find", findNumberByProgram},
	{"GET", api.PathAuditRefusals, holder, "audit.refusals", tellRefusals},
	{"GET", api.PathAuditFigures, holder, "audit.figures", tellFigures},
	{"GET", api.PathAuditExport, holder, "audit.export", exportAudit},
	{"GET", api.PathAuditAlerts, holder, "audit.alerts", listAlerts},
	{"POST", api.PathAuditAlerts + "/{id}/settle", holder, "alarm.settled", settleByProgram},
}
