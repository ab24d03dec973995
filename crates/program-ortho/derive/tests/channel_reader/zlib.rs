//! Channels under zlib and their singular batches (OP specs `protocol/derivation.md`, "Channel
//! Format", "Batch Format").

use std::io::Read;

use endgame_ortho_derive::{ChannelReader, ChannelRules};
use endgame_ortho_rlp::Encoder;
use flate2::read::ZlibEncoder;
use proptest::prelude::*;

use crate::support::{RULES, batch, encode, read, rlp, zlib};

#[test]
fn batches_come_in_their_order() {
    let batches = [batch(1, 0), batch(2, 1), batch(3, 100_000), batch(4, 56)];
    for level in 0..=9 {
        assert_eq!(read(&zlib(&rlp(&batches), level), RULES), batches);
    }
}

#[test]
fn bytes_after_a_batch_within_its_string_are_ignored() {
    let mut long = encode(&batch(1, 5));
    long.extend([1, 2, 3]);
    let mut encoder = Encoder::new();
    encoder.bytes(&long);
    encoder.bytes(&encode(&batch(2, 5)));
    let data = zlib(&encoder.finish(), 6);
    assert_eq!(read(&data, RULES), [batch(1, 5), batch(2, 5)]);
}

/// What is read of a channel in which these bytes stand between two batches.
fn around(bytes: &[u8]) -> usize {
    let mut channel = rlp(&[batch(1, 5)]);
    channel.extend(bytes);
    channel.extend(rlp(&[batch(2, 5)]));
    read(&zlib(&channel, 6), RULES).len()
}

#[test]
fn malformed_batch_ends_the_channel() {
    assert_eq!(around(&[]), 2);
    let string = |content: &[u8]| {
        let mut encoder = Encoder::new();
        encoder.bytes(content);
        encoder.finish()
    };
    let good = encode(&batch(3, 5));
    assert_eq!(around(&string(&good)), 3);
    let mut unknown_version = good.clone();
    unknown_version[0] = 2;
    let mut wrong_length = good.clone();
    wrong_length[3] -= 1;
    let mut extra_item = Encoder::after(vec![0]);
    extra_item.list(|items| {
        items.raw(&good[3..]);
        items.u64(1);
    });
    let malformed = [
        ("a list", vec![0xc0]),
        ("nothing in it", vec![0x80]),
        ("a version without content", vec![0]),
        ("a version with a header", vec![0x81, 0]),
        (
            "a length in too many bytes",
            [&[0xb9, 0, good.len() as u8], good.as_slice()].concat(),
        ),
        ("an unknown version", string(&unknown_version)),
        ("an end within it", string(&good[..good.len() - 1])),
        ("a hash of 31 bytes", string(&wrong_length)),
        ("a sixth item", string(&extra_item.finish())),
    ];
    for (what, bytes) in malformed {
        assert_eq!(around(&bytes), 1, "{what}");
    }
}

#[test]
fn batch_counts_that_ends_at_the_limit() {
    let channel = rlp(&[batch(1, 10_000), batch(2, 10_000)]);
    let read_within = |max_rlp_bytes| {
        let rules = ChannelRules {
            max_rlp_bytes,
            ..RULES
        };
        read(&zlib(&channel, 6), rules).len()
    };
    let length = channel.len() as u64;
    assert_eq!(read_within(length), 2);
    assert_eq!(read_within(length - 1), 1);
    assert_eq!(read_within(length / 2), 1);
    assert_eq!(read_within(length / 2 - 1), 0);
    assert_eq!(read_within(0), 0);
}

#[test]
fn channel_cut_anywhere_has_the_batches_that_are_whole() {
    let batches = [batch(1, 40), batch(2, 300), batch(3, 1_000)];
    let data = zlib(&rlp(&batches), 6);
    let mut whole = 0;
    for end in 0..data.len() {
        let found = read(&data[..end], RULES);
        assert!(found.len() >= whole);
        assert_eq!(found, batches[..found.len()]);
        whole = found.len();
    }
    // The last bytes are the checksum.
    assert_eq!(whole, 3);
}

/// A corruption at the very end comes together with the last bytes. In the reference
/// implementation it spoils a batch that is read past the buffer, and not one that is read through
/// it.
#[test]
fn wrong_checksum_spoils_a_large_last_batch_alone() {
    for (length, expected) in [(3_000, 2), (10_000, 1)] {
        let mut data = zlib(&rlp(&[batch(1, 10_000), batch(2, length)]), 6);
        *data.last_mut().unwrap() ^= 1;
        assert_eq!(read(&data, RULES).len(), expected, "{length}");
    }
}

#[test]
fn bytes_after_the_stream_are_ignored() {
    let mut data = zlib(&rlp(&[batch(1, 10_000)]), 6);
    data.extend([1, 2, 3]);
    assert_eq!(read(&data, RULES).len(), 1);
}

#[test]
fn only_a_zlib_header_without_dictionary_begins_a_channel() {
    let data = zlib(&rlp(&[batch(1, 10)]), 6);
    let with_header = |header: [u8; 2], between: &[u8]| {
        read(&[&header, between, &data[2..]].concat(), RULES).len()
    };
    assert_eq!(with_header([0x78, 0x01], &[]), 1);
    assert_eq!(with_header([0x08, 0x1d], &[]), 1, "the smallest window");
    assert_eq!(
        with_header([0x88, 0x1c], &[]),
        0,
        "a larger window than there is"
    );
    assert_eq!(with_header([0x7f, 0x0c], &[]), 0, "compression method 15");
    assert_eq!(with_header([0x78, 0x02], &[]), 0, "not a multiple of 31");
    assert_eq!(with_header([0x78, 0x20], &[0, 0, 0, 2]), 0, "a dictionary");
    assert_eq!(with_header([0x78, 0x20], &[0, 0, 0, 1]), 1, "the empty one");
    assert_eq!(with_header([0x02, 0x00], &[]), 0, "no compression known");
    assert!(read(&[], RULES).is_empty());
}

#[test]
fn zip_bomb_costs_what_is_read_of_it() {
    // The first zero after the batch is malformed.
    let mut channel = zlib_of(
        rlp(&[batch(1, 10)])
            .as_slice()
            .chain(std::io::repeat(0).take(50_000_000)),
    );
    assert_eq!(read(&channel, RULES).len(), 1);
    // A batch that announces more than the limit is not read at all.
    channel = zlib_of(
        [0xbb, 0xff, 0xff, 0xff, 0xff]
            .as_slice()
            .chain(std::io::repeat(0).take(50_000_000)),
    );
    assert!(read(&channel, RULES).is_empty());
}

proptest! {
    #[test]
    fn any_stream_is_decompressed_as_it_was_compressed(
        parts in prop::collection::vec((any::<u8>(), 0..5_000usize, any::<bool>()), 1..20),
        level in 0..10u32,
    ) {
        let mut one = batch(1, 0);
        for (byte, length, repeated) in parts {
            let step = if repeated { 0 } else { 101 };
            let bytes = (0..length).map(|at| byte.wrapping_add((at * at / 7 * step) as u8));
            one.transactions.push(bytes.collect());
        }
        prop_assert_eq!(read(&zlib(&rlp(&[one.clone()]), level), RULES), [one]);
    }

    #[test]
    fn damaged_channel_has_no_more_batches(
        at in any::<prop::sample::Index>(), bit in 0..8u8, level in 0..10u32,
    ) {
        let batches = [batch(1, 2_000), batch(2, 2_000)];
        let mut data = zlib(&rlp(&batches), level);
        let at = at.index(data.len());
        data[at] ^= 1 << bit;
        prop_assert!(read(&data, RULES).len() <= 2);
    }

    #[test]
    fn any_bytes_end(mut bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        prop_assert!(ChannelReader::new(bytes.clone(), RULES).count() < 500);
        bytes.splice(0..0, [0x78, 0x01]);
        prop_assert!(ChannelReader::new(bytes, RULES).count() < 100_000);
    }
}

fn zlib_of(source: impl Read) -> Vec<u8> {
    let mut data = Vec::new();
    let mut encoder = ZlibEncoder::new(source, flate2::Compression::best());
    encoder.read_to_end(&mut data).unwrap();
    data
}
