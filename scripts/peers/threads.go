// A guest with threads for scripts/peers.sh: goroutines, locks, atomics, a garbage collection.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

func main() {
	var wait sync.WaitGroup
	var lock sync.Mutex
	var count atomic.Uint64
	sums := map[int]uint64{}
	for i := range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			var parts []uint64
			for n := range 4000 {
				parts = append(parts, uint64(n*i)^count.Add(1))
				if n%500 == 0 {
					runtime.Gosched()
				}
			}
			var sum uint64
			for _, part := range parts {
				sum = sum*31 + part
			}
			lock.Lock()
			sums[i] = sum
			lock.Unlock()
		}()
	}
	wait.Wait()
	runtime.GC()
	fmt.Println(len(sums), count.Load(), sums)
}
