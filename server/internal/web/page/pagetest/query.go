package pagetest

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// All returns the elements at or below n that fit, in the document's order.
func All(n *html.Node, fits func(*html.Node) bool) []*html.Node {
	var found []*html.Node
	if n.Type == html.ElementNode && fits(n) {
		found = append(found, n)
	}
	for child := range n.Descendants() {
		if child.Type == html.ElementNode && fits(child) {
			found = append(found, child)
		}
	}
	return found
}

// ByID returns the element with an id, or nil.
func ByID(n *html.Node, id string) *html.Node {
	if found := All(n, func(e *html.Node) bool { return Attr(e, "id") == id }); len(found) > 0 {
		return found[0]
	}
	return nil
}

// ByClass returns the elements of a class.
func ByClass(n *html.Node, class string) []*html.Node {
	return All(n, func(e *html.Node) bool { return slices.Contains(strings.Fields(Attr(e, "class")), class) })
}

// ByTag returns the elements of a name.
func ByTag(n *html.Node, name string) []*html.Node {
	return All(n, func(e *html.Node) bool { return e.Data == name })
}

// Text returns the text at and below n as a reader sees it: white space folded, with a
// space between blocks. The text of nil is "".
func Text(n *html.Node) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	write(&b, n)
	return strings.Join(strings.Fields(b.String()), " ")
}

func write(b *strings.Builder, n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		b.WriteString(n.Data)
		return
	case n.Data == "script" || n.Data == "style":
		return
	}
	apart := n.Type == html.ElementNode && !slices.Contains(inline, n.Data)
	if apart {
		b.WriteByte(' ')
	}
	for child := range n.ChildNodes() {
		write(b, child)
	}
	if apart {
		b.WriteByte(' ')
	}
}

// inline are the elements that stand within a line of text.
var inline = []string{"a", "abbr", "b", "code", "em", "i", "kbd", "mark", "s", "small", "span", "strong", "sub", "sup", "time"}

// Attr returns the value of an attribute, or "". The attributes of nil are "".
func Attr(n *html.Node, key string) string {
	value, _ := attr(n, key)
	return value
}

func attr(n *html.Node, key string) (value string, ok bool) {
	if n == nil {
		return "", false
	}
	for _, a := range n.Attr {
		if a.Namespace == "" && a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}
