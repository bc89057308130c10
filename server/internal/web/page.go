package web

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"net/http"

	"mais/server/internal/authn"
)

//go:embed pages/*.html
var pageFiles embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// frame is what every page carries.
type frame struct {
	Title, Deployment, Contact string
}

func (s *Site) frame(title string) frame { return frame{title, s.opts.Deployment, s.opts.Contact} }

// page renders a template of pages/ with its data.
func page(status int, name string, data any) answer {
	var body bytes.Buffer
	if err := pages.ExecuteTemplate(&body, name, data); err != nil {
		panic(fmt.Errorf("render %s: %w", name, err)) // a test renders every page
	}
	return answer{status: status, kind: "text/html; charset=utf-8", body: body.Bytes()}
}

type problemData struct {
	frame
	Detail, Next, Address, Reference string
}

func (s *Site) problemPage(p problem, address, reference string) answer {
	return page(p.Status, "problem.html", problemData{s.frame(p.Title), p.Detail, p.Next, address, reference})
}

type homeData struct {
	frame
	Name, Agency, Site, Address, Level, NotAfter string
	Roles                                        []string
	SignedIn, User                               bool
}

// home names the holder of the token and asks them to sign in; signing in is never automatic.
func home(_ context.Context, c *call) (answer, error) {
	return page(http.StatusOK, "home.html", homeData{
		frame: c.site.frame("Your token"), Name: c.who.Name(), Agency: c.who.Agency(), Site: c.who.Site(),
		Address: c.who.Address().String(), Level: c.who.Level().String(), NotAfter: c.who.NotAfter().Format("2 January 2006, 15:04 MST"),
		Roles: c.who.Roles(), SignedIn: c.who.Session() != "", User: c.who.User() != "",
	}), nil
}

// signIn starts a session under a new id, with its own event.
func signIn(ctx context.Context, c *call) (answer, error) {
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	cookie, err := c.site.opts.Authn.SignIn(ctx, c.verdict, c.event)
	if err != nil {
		return answer{}, err
	}
	c.audited = true
	return answer{status: http.StatusSeeOther, goTo: "/", cookie: cookie}, nil
}

// signOut ends the session and the connection. Without the card the next connection proves
// nothing.
func signOut(ctx context.Context, c *call) (answer, error) {
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	ended, err := c.site.opts.Authn.SignOut(ctx, c.verdict, c.event)
	if err != nil {
		return answer{}, err
	}
	c.audited = ended
	out := page(http.StatusOK, "signed-out.html", c.site.frame("You are signed out"))
	out.cookie, out.close, out.settled = authn.NoCookie(), true, true
	return out, nil
}

type publicData struct {
	frame
	PublicURL, MutualURL string
}

func publicHome(_ context.Context, c *call) (answer, error) {
	o := c.site.opts
	return page(http.StatusOK, "public.html", publicData{c.site.frame("Enrol"), o.PublicURL, o.MutualURL}), nil
}

func notFound(context.Context, *call) (answer, error) { return answer{}, errNotFound }

func wrongMethod(context.Context, *call) (answer, error) { return answer{}, errMethod }
