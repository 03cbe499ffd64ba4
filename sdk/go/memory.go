package hangar

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// memoryMB is what the process takes of its machine's memory; where the system does not say, what Go has asked for.
func memoryMB() int {
	if statm, err := os.ReadFile("/proc/self/statm"); err == nil {
		if fields := strings.Fields(string(statm)); len(fields) > 1 {
			if pages, err := strconv.Atoi(fields[1]); err == nil {
				return pages * os.Getpagesize() >> 20
			}
		}
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.Sys >> 20)
}
