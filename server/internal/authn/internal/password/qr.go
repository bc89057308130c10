package password

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the white around a QR code, in modules (ISO/IEC 18004, 6.3.8).
const quiet = 4

// Picture is a QR code as the dark modules of an SVG: pages load no images from elsewhere.
type Picture struct {
	Size int    // of its sides, with the white around it
	Path string // of an SVG path element
}

// Draw returns the QR code of a text.
func Draw(text string) (Picture, error) {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return Picture{}, fmt.Errorf("draw a QR code: %w", err)
	}
	var path strings.Builder
	side := code.Bounds().Dx()
	for y := range side {
		for x := range side {
			if code.At(x, y) == color.Black {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return Picture{Size: side + 2*quiet, Path: path.String()}, nil
}
