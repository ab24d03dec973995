// Reads the channels that the example `channels` made (its first argument) with the readers that
// op-node reads them with, and prints a line for each: how many RLP strings there are before the
// first error, and the SHA-256 of them all, each after its length.
package main

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"github.com/andybalholm/brotli"
	"github.com/ethereum/go-ethereum/rlp"
)

func main() {
	all, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for len(all) > 0 {
		size, limit := binary.BigEndian.Uint32(all), binary.BigEndian.Uint32(all[4:])
		data := all[8 : 8+size]
		all = all[8+size:]
		count, hash := 0, sha256.New()
		if content, err := open(data); err == nil {
			stream := rlp.NewStream(content, uint64(limit))
			for {
				content, err := stream.Bytes()
				if err != nil {
					break
				}
				count++
				binary.Write(hash, binary.BigEndian, uint32(len(content)))
				hash.Write(content)
			}
		}
		fmt.Fprintf(out, "%d %x\n", count, hash.Sum(nil))
	}
}

// The decompressor that the first byte names.
func open(data []byte) (io.Reader, error) {
	buffered := bufio.NewReader(bytes.NewReader(data))
	first, err := buffered.Peek(1)
	if err != nil {
		return nil, err
	}
	switch {
	case first[0]&15 == 8 || first[0]&15 == 15:
		return zlib.NewReader(buffered)
	case first[0] == 1:
		if _, err := buffered.Discard(1); err != nil {
			return nil, err
		}
		return brotli.NewReader(buffered), nil
	}
	return nil, fmt.Errorf("compression %d", first[0])
}
