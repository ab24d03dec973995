//! Channels under Brotli (OP specs `protocol/fjord/derivation.md`, "Brotli Channel Compression").

use std::io::Write;

use ::brotli::CompressorWriter;
use endgame_ortho_derive::{ChannelReader, ChannelRules, SingularBatch};
use proptest::prelude::*;

use crate::support::{RULES, batch, read, rlp, zlib};

/// Words of the dictionary, as they are and changed.
const TEXT: &str = "Time down life left. The back of the code data show only site, with the city \
    open and just like free work, TEXT year over body love form book play live.com/ line help \
    home side \"more\" word long them view find page days full head term each area from that";

fn compress(bytes: &[u8], quality: u32, window_bits: u32) -> Vec<u8> {
    let mut data = vec![1];
    let mut writer = CompressorWriter::new(&mut data, 4_096, quality, window_bits);
    writer.write_all(bytes).unwrap();
    drop(writer);
    data
}

fn text_batch(timestamp: u64) -> SingularBatch {
    let mut one = batch(timestamp, 0);
    one.transactions = vec![TEXT.into(), TEXT.to_uppercase().into(), TEXT[9..].into()];
    one
}

#[test]
fn batches_come_in_their_order() {
    let batches = [batch(1, 0), text_batch(2), batch(3, 100_000), text_batch(4)];
    for quality in 0..=11 {
        for window_bits in [10, 16, 22, 24] {
            let data = compress(&rlp(&batches), quality, window_bits);
            assert_eq!(read(&data, RULES), batches, "{quality} {window_bits}");
        }
    }
}

#[test]
fn brotli_is_not_taken_before_fjord() {
    let rules = ChannelRules {
        brotli: false,
        ..RULES
    };
    let channel = rlp(&[batch(1, 10)]);
    assert!(read(&compress(&channel, 11, 22), rules).is_empty());
    assert_eq!(read(&zlib(&channel, 6), rules).len(), 1);
}

#[test]
fn no_other_version_is_taken() {
    let mut data = compress(&rlp(&[batch(1, 10)]), 11, 22);
    for version in 0..=u8::MAX {
        data[0] = version;
        assert_eq!(read(&data, RULES).len(), usize::from(version == 1));
    }
}

#[test]
fn channel_cut_anywhere_has_the_batches_that_are_whole() {
    let batches = [batch(1, 40), text_batch(2), batch(3, 5_000)];
    let data = compress(&rlp(&batches), 11, 16);
    let mut whole = 0;
    for end in 0..data.len() {
        let found = read(&data[..end], RULES);
        assert!(found.len() >= whole);
        assert_eq!(found, batches[..found.len()]);
        whole = found.len();
    }
    assert!(whole >= 2);
}

/// More input than the stream has is a corruption that comes with the last bytes. In the reference
/// implementation it spoils a batch that is read past the buffer, and not one that is read through
/// it.
#[test]
fn bytes_after_the_stream_spoil_a_large_last_batch_alone() {
    for (length, expected) in [(3_000, 2), (10_000, 1)] {
        let mut large = batch(2, 0);
        large.transactions = vec![vec![7; length]];
        let mut data = compress(&rlp(&[batch(1, 10), large]), 9, 22);
        data.push(0);
        assert_eq!(read(&data, RULES).len(), expected, "{length}");
    }
}

/// A meta-block that holds the output itself (RFC 7932, 9.2), after the bits that are given.
fn stored(before: u32, bits: u32, bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len() - 1).unwrap();
    let header = before | (length << 3 | 1 << 19) << bits;
    [&header.to_le_bytes()[..3], bytes].concat()
}

/// The reference implementation hands out what it has when it needs another part of the input, and
/// loses what it has when it finds a corruption.
#[test]
fn corruption_spoils_what_came_with_its_part_of_the_input() {
    let channel = rlp(&[batch(1, 3_000), batch(2, 3_000), batch(3, 3_000)]);
    // A window of 16 bits, then two meta-blocks, then one with a reserved bit set. The first part
    // of the input ends within the second batch.
    let data = [vec![1], stored(0, 1, &channel), vec![0b1110]].concat();
    assert_eq!(read(&data, RULES).len(), 1);
    // The same without the corruption, but with an end that is missing.
    assert_eq!(read(&data[..data.len() - 1], RULES).len(), 3);
    // And with an empty last meta-block.
    let data = [vec![1], stored(0, 1, &channel), vec![0b11]].concat();
    assert_eq!(read(&data, RULES).len(), 3);
}

#[test]
fn zip_bomb_costs_what_is_read_of_it() {
    let mut channel = rlp(&[batch(1, 10)]);
    channel.resize(20_000_000, 0);
    assert_eq!(read(&compress(&channel, 5, 24), RULES).len(), 1);
    channel[..5].copy_from_slice(&[0xbb, 0xff, 0xff, 0xff, 0xff]);
    assert!(read(&compress(&channel, 5, 24), RULES).is_empty());
}

proptest! {
    #[test]
    fn any_stream_is_decompressed_as_it_was_compressed(
        parts in prop::collection::vec((0..TEXT.len(), any::<u8>(), 0..3_000usize, 0..3u8), 1..12),
        quality in 0..12u32,
        window_bits in 10..25u32,
    ) {
        let mut one = batch(1, 0);
        for (start, byte, length, kind) in parts {
            let text = TEXT[start..].bytes().cycle();
            one.transactions.push(match kind {
                0 => vec![byte; length],
                1 => text.take(length).collect(),
                _ => (0..length).map(|at| byte.wrapping_add((at * at / 7 * 101) as u8)).collect(),
            });
        }
        let data = compress(&rlp(&[one.clone()]), quality, window_bits);
        prop_assert_eq!(read(&data, RULES), [one]);
    }

    #[test]
    fn damaged_channel_has_no_more_batches(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        quality in 0..12u32,
    ) {
        let mut data = compress(&rlp(&[text_batch(1), batch(2, 2_000)]), quality, 16);
        for (at, byte) in damage {
            let at = at.index(data.len() - 1) + 1;
            data[at] = byte;
        }
        prop_assert!(ChannelReader::new(data, RULES).count() < 100_000);
    }

    #[test]
    fn any_bytes_end(mut bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        bytes.insert(0, 1);
        prop_assert!(ChannelReader::new(bytes, RULES).count() < 100_000);
    }
}
