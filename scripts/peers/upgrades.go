// Writes the transactions of the network upgrades, as op-node makes them, into a directory: FORK.bin
// has those of a fork, each after its length in 4 bytes. Jovian's init code, which is in no published
// crate, goes to jovian-NUMBER.code.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ethereum-optimism/optimism/op-node/rollup/derive"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
)

func main() {
	forks := map[string]func() ([]hexutil.Bytes, error){
		"ecotone": derive.EcotoneNetworkUpgradeTransactions,
		"fjord":   derive.FjordNetworkUpgradeTransactions,
		"isthmus": derive.IsthmusNetworkUpgradeTransactions,
		"jovian":  derive.JovianNetworkUpgradeTransactions,
	}
	for fork, make := range forks {
		transactions, err := make()
		check(err)
		var all []byte
		for at, encoded := range transactions {
			all = binary.BigEndian.AppendUint32(all, uint32(len(encoded)))
			all = append(all, encoded...)
			var transaction types.Transaction
			check(transaction.UnmarshalBinary(encoded))
			if fork == "jovian" && transaction.To() == nil {
				write(fmt.Sprintf("jovian-%d.code", at), transaction.Data())
			}
		}
		write(fork+".bin", all)
	}
}

func write(name string, content []byte) {
	check(os.WriteFile(filepath.Join(os.Args[1], name), content, 0o644))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
