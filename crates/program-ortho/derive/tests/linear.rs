//! Work grows with what is on L1, not with its square: each hostile input once, and once twice as
//! large. The sections are of the OP specs' `protocol/`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod world;

use std::io::Write;

use endgame_ortho_derive::{BlockId, ChannelBank, ChannelReader, ChannelRules, Frame, Rollup};
use endgame_ortho_execute::Fork;
use endgame_ortho_primitives::{Address, Hash, Word, meter};
use endgame_ortho_types::Log;
use flate2::{Compression, write::ZlibEncoder};
use world::{
    BATCHER, Chain, INBOX, PORTAL, SYSTEM_CONFIG, Single, batcher_transaction, receipt, span,
    whole_channel,
};

/// A size at which a square is far larger than what grows by itself.
const SIZE: u64 = 400;

/// keccak-256 of `TransactionDeposited(address,address,uint256,bytes)`.
const DEPOSITED: &str = "b3813568d9991fc951961fcb4c784893574240a28925604d09fc577c55bb7c32";
/// keccak-256 of `ConfigUpdate(uint256,uint8,bytes)`.
const CONFIG_UPDATE: &str = "1d2b0bda21d56b8bd12d4f94ebacffdfb35f5e226f84b461103bb8beab6353be";

/// With what a tree's depth adds granted.
fn assert_linear(name: &str, work: impl Fn(u64) -> u64) {
    meter::assert_linear(name, SIZE, 3, work);
}

/// Both chains, where blocks may be as late as they like.
fn patient(fork: Fork) -> (Chain, Rollup) {
    let (chain, rollup) = Chain::new(fork);
    let rollup = Rollup {
        max_sequencer_drift: 1 << 40,
        seq_window_size: 1 << 40,
        channel_timeout: 1 << 40,
        channel_timeout_granite: 1 << 40,
        ..rollup
    };
    (chain, rollup)
}

/// The work of deriving all that L1 gives; how many blocks that is.
fn derive(chain: &Chain, rollup: &Rollup) -> (u64, usize) {
    let mut derivation = chain.derivation(rollup);
    let work = meter::measure(|| chain.derive(rollup, &mut derivation, |_| true));
    (work, chain.blocks().len())
}

/// The work of deriving from these data of the batcher, each in an L1 block.
fn work(fork: Fork, blocks: &[Vec<u8>]) -> u64 {
    let (chain, rollup) = patient(fork);
    for data in blocks {
        chain.l1_with(std::slice::from_ref(data));
    }
    derive(&chain, &rollup).0
}

fn frame(channel: u64, number: u64, data: &[u8], is_last: bool) -> Vec<u8> {
    let mut out = Word::from(channel).to_be_bytes()[16..].to_vec();
    out.extend((number as u16).to_be_bytes());
    out.extend((data.len() as u32).to_be_bytes());
    out.extend(data);
    out.push(u8::from(is_last));
    out
}

fn first_l1(chain: &Chain) -> BlockId {
    chain.0.borrow().l1[0].id()
}

/// "Frame Queue", "Channel Bank"; `holocene/derivation.md`, the same.
#[test]
fn many_frames() {
    type Frames<'a> = &'a dyn Fn(u64, u64) -> (u64, u64);
    let kinds: [(&str, Frames<'_>); 6] = [
        ("channels that never end", &|at, _| (at, 0)),
        ("channels that never begin", &|at, _| (at, 1)),
        ("one channel in order", &|at, _| (0, at)),
        ("one channel backwards", &|at, size| (0, size - 1 - at)),
        ("one channel that begins again and again", &|_, _| (0, 0)),
        ("and again after ten frames", &|at, _| (0, at % 10)),
    ];
    for fork in [Fork::Bedrock, Fork::Granite, Fork::Holocene] {
        for (name, place) in kinds {
            assert_linear(&format!("{fork}: {name}"), |size| {
                let frames = (0..size).flat_map(|at| {
                    let (channel, number) = place(at, size);
                    frame(channel, number, &[0x55; 40], number == size - 1)
                });
                work(fork, &[[0].into_iter().chain(frames).collect()])
            });
            assert_linear(&format!("{fork}: {name}, a transaction each"), |size| {
                let frames = (0..size).map(|at| {
                    let (channel, number) = place(at, size);
                    [&[0], &frame(channel, number, &[0x55; 40], false)[..]].concat()
                });
                work(fork, &frames.collect::<Vec<_>>())
            });
        }
    }
}

/// "Pruning".
#[test]
fn many_channels_are_pruned() {
    assert_linear("pruned channels", |size| {
        let mut bank = ChannelBank::new();
        meter::measure(|| {
            for at in 0..4 * size {
                let frame = Frame {
                    channel: Word::from(at).to_be_bytes()[16..].try_into().unwrap(),
                    data: vec![0; 100],
                    ..Frame::default()
                };
                bank.ingest(frame, 1, 100, 300 * size);
            }
        })
    });
}

/// "Channel Reader": small blocks of compressed data, each with codes of its own.
#[test]
fn channels_of_many_small_pieces() {
    let (chain, _) = patient(Fork::Granite);
    let batch = Single::after(&chain.head(), first_l1(&chain), &[&[7; 50]]).encode();
    let string = world::channel(std::slice::from_ref(&batch));
    // Past zlib's header and that of its stored block, before the checksum.
    let string = &string[7..string.len() - 4];
    let rules = ChannelRules {
        max_rlp_bytes: 100_000_000,
        brotli: true,
        ..ChannelRules::default()
    };
    let read = |data: Vec<u8>, batches: u64| {
        meter::measure(|| {
            assert_eq!(ChannelReader::new(data, rules).count() as u64, batches);
        })
    };
    assert_linear("zlib", |size| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        for _ in 0..size {
            encoder.write_all(string).unwrap();
            encoder.flush().unwrap();
        }
        read(encoder.finish().unwrap(), size)
    });
    assert_linear("Brotli", |size| {
        let mut data = vec![1];
        let mut encoder = brotli::CompressorWriter::new(&mut data, 4096, 9, 22);
        for _ in 0..size {
            encoder.write_all(string).unwrap();
            encoder.flush().unwrap();
        }
        drop(encoder);
        read(data, size)
    });
}

/// "Batch Queue"; `delta/span-batches.md`, the same.
#[test]
fn many_batches() {
    for fork in [Fork::Bedrock, Fork::Granite, Fork::Holocene] {
        let batches = |name: &str, made: &dyn Fn(&Chain, u64) -> Vec<u8>| {
            assert_linear(&format!("{fork}: {name}"), |size| {
                let (chain, rollup) = patient(fork);
                let all: Vec<_> = (0..size).map(|at| made(&chain, at)).collect();
                // The last one first, which keeps those of later blocks waiting.
                let mut backwards = all.clone();
                backwards.reverse();
                chain.l1_with(&[whole_channel(1, &backwards)]);
                chain.l1_with(&[whole_channel(2, &all)]);
                derive(&chain, &rollup).0
            });
        };
        let single = |chain: &Chain, blocks_ahead: u64, parent: Hash| {
            let batch = Single::after(&chain.head(), first_l1(chain), &[&[1]]);
            Single {
                parent,
                timestamp: batch.timestamp + 2 * blocks_ahead,
                ..batch
            }
            .encode()
        };
        batches("of one block", &|chain, _| {
            single(chain, 0, chain.head().hash)
        });
        batches("of a block without its parent", &|chain, _| {
            single(chain, 0, Hash([9; 32]))
        });
        batches("of blocks that never come", &|chain, at| {
            single(chain, at + 1, Hash([9; 32]))
        });
        if fork >= Fork::Granite {
            batches("spans of the same ten blocks", &|chain, _| {
                let blocks: Vec<_> = (0..10).map(|_| (first_l1(chain), &[1, 2][..])).collect();
                span(&chain.head(), &blocks)
            });
        }
    }
}

/// `delta/span-batches.md`, "Span batch format".
#[test]
fn large_span() {
    for fork in [Fork::Granite, Fork::Holocene] {
        for (name, nonces) in [("empty", &[][..]), ("with transactions", &[3, 4, 5])] {
            assert_linear(&format!("{fork}: {name}"), |size| {
                let (chain, rollup) = patient(fork);
                let blocks: Vec<_> = (0..size).map(|_| (first_l1(&chain), nonces)).collect();
                chain.l1_with(&[whole_channel(1, &[span(&chain.head(), &blocks)])]);
                let (work, derived) = derive(&chain, &rollup);
                assert_eq!(derived as u64, size);
                work
            });
        }
        assert_linear(&format!("{fork}: one block"), |size| {
            let (chain, rollup) = patient(fork);
            let nonces: Vec<_> = (0..size).collect();
            let blocks = [(first_l1(&chain), &nonces[..])];
            chain.l1_with(&[whole_channel(1, &[span(&chain.head(), &blocks)])]);
            let (work, derived) = derive(&chain, &rollup);
            assert_eq!(derived, 1);
            work
        });
    }
}

/// "Batch Queue": empty batches once the sequencing window is over, which may be thousands of L1
/// blocks.
#[test]
fn l1_without_batches() {
    for fork in [Fork::Bedrock, Fork::Holocene] {
        assert_linear(&format!("{fork}"), |size| {
            let (chain, rollup) = patient(fork);
            let rollup = Rollup {
                seq_window_size: 10 * size,
                max_sequencer_drift: 20,
                block_time: 12,
                ..rollup
            };
            for _ in 0..20 * size {
                chain.l1_with(&[]);
            }
            let (work, derived) = derive(&chain, &rollup);
            assert!(derived as u64 > 9 * size, "{derived}");
            work
        });
    }
}

fn log(address: Address, topic: &str, topics: [Hash; 3], words: &[u64], tail: &[u8]) -> Log {
    let first = Hash(hex(topic));
    let words = words
        .iter()
        .flat_map(|word| Word::from(*word).to_be_bytes());
    let mut data: Vec<u8> = words.chain(tail.iter().copied()).collect();
    data.resize(data.len().next_multiple_of(32), 0);
    Log {
        address,
        topics: [&[first], &topics[..]].concat(),
        data,
    }
}

fn hex(text: &str) -> [u8; 32] {
    let byte = |at: usize| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap();
    std::array::from_fn(byte)
}

/// `deposits.md`, `system-config.md`.
#[test]
fn many_logs_and_transactions() {
    let deposit = |size: usize| {
        // Mint, value, gas limit, whether it creates a contract, data.
        let opaque = vec![0; 32 + 32 + 8 + 1 + size];
        let sender = Word::from(7_u64).into();
        let topics = [sender, sender, Hash::ZERO];
        log(
            PORTAL,
            DEPOSITED,
            topics,
            &[32, opaque.len() as u64],
            &opaque,
        )
    };
    // The gas limit.
    let update = |limit: u64| {
        let topics = [Hash::ZERO, Word::from(2_u64).into(), Hash::ZERO];
        let mut log = log(SYSTEM_CONFIG, CONFIG_UPDATE, topics, &[32, 32, limit], &[]);
        log.topics.truncate(3);
        log
    };
    let l1_block = |logs: Vec<Log>, transactions: Vec<Vec<u8>>| {
        let (chain, rollup) = patient(Fork::Granite);
        let rollup = Rollup {
            seq_window_size: 2,
            ..rollup
        };
        chain.l1(chain.next_l1_time(), transactions, &[receipt(logs)]);
        for _ in 0..3 {
            chain.l1_with(&[]);
        }
        let work = derive(&chain, &rollup).0;
        let head = chain.head();
        (work, head.header.gas_limit, chain)
    };
    assert_linear("deposits", |size| {
        let logs = (0..size).map(|_| deposit(100)).collect();
        let (work, _, chain) = l1_block(logs, vec![]);
        let blocks = &chain.0.borrow().l2;
        let most = blocks.iter().map(|block| block.transactions.len()).max();
        assert_eq!(most, Some(size as usize + 1));
        work
    });
    assert_linear("a large deposit", |size| {
        l1_block(vec![deposit(100 * size as usize)], vec![]).0
    });
    assert_linear("configuration updates", |size| {
        let logs = (0..size).map(|at| update(30_000_000 + at)).collect();
        let (work, gas_limit, _) = l1_block(logs, vec![]);
        assert_eq!(gas_limit, 30_000_000 + size - 1);
        work
    });
    for sender in [BATCHER, INBOX] {
        assert_linear("transactions to the inbox", |size| {
            let data = frame(1, 1, &[0; 100], false);
            let transaction = batcher_transaction(sender, &[&[0], &data[..]].concat());
            l1_block(vec![], vec![transaction; size as usize]).0
        });
    }
}
