//! Strictness, and agreement with a peer.

use alloy_rlp::Encodable;
use endgame_ortho_primitives::Word;
use endgame_ortho_rlp::{Encoder, Item, Reader, RlpError};
use proptest::prelude::*;

#[test]
fn one_value_has_one_encoding() {
    for (bytes, error) in [
        (&[0x81, 0x05][..], RlpError::LongForm),
        (&[0xb8, 0x01, 0xff], RlpError::LongForm),
        (&[0xb9, 0x00, 0x38], RlpError::LongForm),
        (&[0xf8, 0x01, 0xff], RlpError::LongForm),
        (&[0x82, 0xff], RlpError::Truncated),
        (
            &[0xbf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            RlpError::Truncated,
        ),
        (&[0xb8], RlpError::Truncated),
        (&[], RlpError::Truncated),
    ] {
        assert_eq!(Reader::new(bytes).item(), Err(error), "{bytes:x?}");
    }
    assert_eq!(Reader::new(&[0x00]).u64(), Err(RlpError::LeadingZero));
    assert_eq!(
        Reader::new(&[0x82, 0x00, 0x01]).u64(),
        Err(RlpError::LeadingZero)
    );
    assert_eq!(
        Reader::new(&[0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0]).u64(),
        Err(RlpError::TooLarge(9))
    );
    assert_eq!(Reader::new(&[0x02]).bool(), Err(RlpError::TooLarge(1)));
    assert_eq!(Reader::new(&[0x80, 0x80]).end(), Err(RlpError::Trailing(2)));
    assert_eq!(Reader::new(&[0x80]).list().unwrap_err(), RlpError::NotAList);
    assert_eq!(Reader::new(&[0xc0]).bytes(), Err(RlpError::NotAString));
}

proptest! {
    #[test]
    fn strings_agree_with_the_peer(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut ours = Encoder::new();
        ours.bytes(&bytes);
        let mut theirs = Vec::new();
        bytes.as_slice().encode(&mut theirs);
        let ours = ours.finish();
        prop_assert_eq!(&ours, &theirs);
        prop_assert_eq!(Reader::new(&ours).item(), Ok(Item::Bytes(&bytes)));
    }

    #[test]
    fn numbers_agree_with_the_peer(number in any::<u128>(), shift in 0..128u32) {
        let number = number >> shift;
        let mut ours = Encoder::new();
        ours.u128(number);
        ours.word(Word::from(number));
        let mut theirs = Vec::new();
        number.encode(&mut theirs);
        number.encode(&mut theirs);
        let ours = ours.finish();
        prop_assert_eq!(&ours, &theirs);
        let mut reader = Reader::new(&ours);
        prop_assert_eq!(reader.u128(), Ok(number));
        prop_assert_eq!(reader.word(), Ok(Word::from(number)));
    }

    #[test]
    fn lists_agree_with_the_peer(items in prop::collection::vec(any::<u64>(), 0..60)) {
        let mut ours = Encoder::new();
        ours.list(|list| items.iter().for_each(|item| list.u64(*item)));
        let mut theirs = Vec::new();
        items.encode(&mut theirs);
        let ours = ours.finish();
        prop_assert_eq!(&ours, &theirs);
        let mut list = Reader::new(&ours).list().unwrap();
        for item in items {
            prop_assert_eq!(list.u64(), Ok(item));
        }
        prop_assert_eq!(list.end(), Ok(()));
    }

    #[test]
    fn what_decodes_encodes_back(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let mut reader = Reader::new(&bytes);
        if let Ok(Item::Bytes(string)) = reader.item() {
            let mut encoder = Encoder::new();
            encoder.bytes(string);
            prop_assert_eq!(encoder.finish(), &bytes[..bytes.len() - reader.rest().len()]);
        }
    }
}
