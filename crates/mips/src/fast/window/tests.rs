use super::*;

/// Two addresses whose pages want the same slot.
const NEAR: u64 = 0x2_0000;
const FAR: u64 = NEAR + (1 << WINDOW_BITS);

fn window() -> Window {
    Window::reserve().unwrap()
}

#[test]
fn usual_programs_get_slots_of_their_own() {
    let starts = [0, 0x1_2000_0000, 0xc0_0000_0000, 0x1000_0000_0000];
    let stack = 0x7fff_ffff_f000 - (1 << 30);
    let mut slots = HashSet::new();
    for start in starts.into_iter().chain([stack]) {
        for page in (0..1 << 30_u64).step_by(1 << 20) {
            assert!(slots.insert(slot(start + page)), "{start:#x} + {page:#x}");
        }
    }
}

#[test]
fn pages_that_want_the_same_slot_both_keep_their_words() {
    assert_eq!(slot(NEAR), slot(FAR));
    let mut window = window();
    window.set_word(NEAR, 1);
    window.set_word(FAR, 2);
    assert_eq!((window.word(NEAR), window.word(FAR)), (1, 2));
    let memory = window.snapshot();
    assert_eq!((memory.word(NEAR), memory.word(FAR)), (1, 2));
    window.set_word(FAR, 3);
    assert_eq!(window.snapshot().word(FAR), 3);
    assert_eq!(memory.word(FAR), 2);
    window.restore(&memory);
    assert_eq!((window.word(NEAR), window.word(FAR)), (1, 2));
}

#[test]
fn parts_of_words_stand_in_the_guests_byte_order() {
    let mut window = window();
    window.set_word(NEAR, 0x0102_0304_0506_0708);
    let mut view = window.view().unwrap();
    assert_eq!(view.load8(NEAR + 5), Some(0x0102_0304_0506_0708));
    assert_eq!(view.load4(NEAR + 3), Some(0x0102_0304));
    assert_eq!(view.load4(NEAR + 4), Some(0x0506_0708));
    assert_eq!(view.load2(NEAR + 7), Some(0x0708));
    assert_eq!(view.load1(NEAR), Some(1));
    assert!(view.store1(NEAR + 7, 9) && view.store2(NEAR, 0xaabb));
    assert_eq!(view.load8(NEAR), Some(0xaabb_0304_0506_0709));
}

#[test]
fn a_page_that_is_only_read_does_not_come_to_exist() {
    let mut window = window();
    assert_eq!(window.view().unwrap().load_slowly(NEAR), 0);
    assert_eq!(window.view().unwrap().load8(NEAR), Some(0));
    assert_eq!(window.snapshot().page_count(), 0);
    window.set_word(NEAR, 0);
    assert_eq!(window.snapshot().page_count(), 1);
}

#[test]
fn a_store_is_slow_until_the_page_is_dirty_and_after_a_snapshot() {
    let mut window = window();
    assert!(!window.view().unwrap().store8(NEAR, 1));
    window.set_word(NEAR, 1);
    assert!(window.view().unwrap().store8(NEAR, 2));
    assert_eq!(window.snapshot().word(NEAR), 2);
    assert!(!window.view().unwrap().store8(NEAR, 3));
    window.set_word(NEAR, 4);
    window.mark_special(NEAR);
    assert!(!window.view().unwrap().store8(NEAR, 5));
    window.view().unwrap().unmark_special(NEAR);
    assert!(window.view().unwrap().store8(NEAR, 5));
}

#[test]
fn a_page_that_a_snapshot_lacks_is_gone_after_going_back() {
    let mut window = window();
    let empty = window.snapshot();
    window.set_word(NEAR, 1);
    window.snapshot();
    window.set_word(FAR, 2);
    window.restore(&empty);
    assert_eq!((window.word(NEAR), window.word(FAR)), (0, 0));
    assert_eq!(window.snapshot().page_count(), 0);
    // Its slot is free: another page takes it.
    window.set_word(FAR, 7);
    assert!(window.view().unwrap().load8(FAR).is_some());
}

#[test]
fn a_store_to_a_decoded_instruction_is_noticed() {
    let mut window = window();
    window.set_word(NEAR, 1);
    window.mark_decoded(NEAR + 4);
    window.set_word(NEAR + 8, 1);
    assert!(!window.is_stale());
    window.set_word(NEAR, 1);
    assert!(window.is_stale());
    window.forget_decoded();
    assert!(!window.is_stale());
}
