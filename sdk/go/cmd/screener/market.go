package main

import (
	"encoding/binary"
	"hash/fnv"
	"math"
)

// market is a price for each symbol and cycle that depends on the seed and on nothing else: two runs see the same.
type market struct{ seed uint64 }

// price swings by a twentieth around the symbol's own level, with some noise.
func (m market) price(symbol string, cycle int) float64 {
	level := 10 + 990*m.noise(symbol, -1)
	swing := 0.05 * math.Sin(float64(cycle)/9+2*math.Pi*m.noise(symbol, -2))
	price := level * (1 + swing + 0.01*(m.noise(symbol, cycle)-0.5))
	return math.Round(price*100) / 100
}

// noise is a number in [0,1).
func (m market) noise(symbol string, cycle int) float64 {
	hash := fnv.New64a()
	_ = binary.Write(hash, binary.BigEndian, []int64{int64(m.seed), int64(cycle)})
	_, _ = hash.Write([]byte(symbol))
	// FNV's low bits mix better than its high ones.
	sum := hash.Sum64()
	sum ^= sum >> 32
	sum *= 0x9e3779b97f4a7c15
	return float64(sum>>11) / (1 << 53)
}
