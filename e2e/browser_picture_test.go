package e2e_test

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// tall is as much of a page as is kept of it: what matters stands at its top.
const tall = 2000

// store keeps a picture when that was asked for.
func store(t testing.TB, name string, picture []byte) {
	t.Helper()
	if *screens == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*screens, name+".png"), small(t, picture), 0o644); err != nil {
		t.Fatal(err)
	}
}

// small makes a PNG a third as large: pages have few colours, and what antialiasing mixes
// of them nobody misses.
func small(t testing.TB, picture []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	bounds := full.Bounds()
	bounds.Max.Y = min(bounds.Max.Y, tall)
	pixels := func(see func(x, y int, c color.RGBA)) {
		for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
			for x := bounds.Min.X; x < bounds.Max.X; x++ {
				see(x, y, color.RGBAModel.Convert(full.At(x, y)).(color.RGBA))
			}
		}
	}
	often := map[color.RGBA]int{}
	pixels(func(_, _ int, c color.RGBA) { often[c]++ })
	colours := slices.SortedFunc(maps.Keys(often), func(a, b color.RGBA) int { return cmp.Compare(often[b], often[a]) })
	var palette color.Palette
	for _, c := range colours[:min(len(colours), 64)] {
		palette = append(palette, c)
	}
	nearest := map[color.RGBA]uint8{}
	for c := range often {
		nearest[c] = uint8(palette.Index(c))
	}
	few := image.NewPaletted(bounds, palette)
	pixels(func(x, y int, c color.RGBA) { few.SetColorIndex(x, y, nearest[c]) })
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, few); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
