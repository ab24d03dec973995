//! The stream's bits (RFC 7932, section 1.5.1: the lowest bit of a byte is its first).

/// Reads bits. Past the end there are zeros: whoever uses what was read looks at the position first.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    stream: &'a [u8],
    /// How many bytes went into the buffer.
    next: usize,
    /// The next bits, the first of them lowest. Those above `count` are right, or zeros.
    buffer: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    /// The most bits that one [`read`](Self::read) reads.
    pub(super) const MOST: u32 = 24;

    pub(super) const fn new(stream: &'a [u8]) -> Self {
        Self {
            stream,
            next: 0,
            buffer: 0,
            count: 0,
        }
    }

    /// Sees to it that there are 56 bits or more in the buffer.
    #[inline]
    pub(super) fn refill(&mut self) {
        let rest = self.stream.get(self.next..).unwrap_or_default();
        if let Some(bytes) = rest.first_chunk() {
            self.buffer |= u64::from_le_bytes(*bytes) << self.count;
            self.next += ((63 - self.count) >> 3) as usize;
            self.count |= 0x38;
        } else {
            self.refill_at_end();
        }
    }

    #[cold]
    fn refill_at_end(&mut self) {
        while self.count < 56 {
            let byte = self.stream.get(self.next).copied().unwrap_or_default();
            self.buffer |= u64::from(byte) << self.count;
            self.next += 1;
            self.count += 8;
        }
    }

    /// The next bits, of which no more count than there are in the buffer.
    #[inline]
    pub(super) const fn peek(&self) -> u64 {
        self.buffer
    }

    /// Leaves out bits that are in the buffer.
    #[inline]
    pub(super) const fn skip(&mut self, count: u32) {
        self.buffer >>= count;
        self.count -= count;
    }

    /// Reads bits that are in the buffer.
    #[inline]
    pub(super) const fn take(&mut self, count: u32) -> u32 {
        let bits = self.buffer & ((1 << count) - 1);
        self.skip(count);
        bits as u32
    }

    /// Reads up to [`MOST`](Self::MOST) bits.
    pub(super) fn read(&mut self, count: u32) -> u32 {
        if self.count < Self::MOST {
            self.refill();
        }
        self.take(count)
    }

    /// Reads one bit.
    pub(super) fn flag(&mut self) -> bool {
        self.read(1) != 0
    }

    /// Reads up to the end of a byte. Whether there were only zeros.
    pub(super) const fn align(&mut self) -> bool {
        self.take(self.count % 8) == 0
    }

    /// Whether nothing that is in the buffer lies past so many bytes of the stream.
    #[inline]
    pub(super) const fn is_all_before(&self, byte: usize) -> bool {
        self.next <= byte
    }

    /// Whether more than so many bytes of the stream were needed for what was read.
    pub(super) const fn is_past(&self, byte: usize) -> bool {
        self.bytes() > byte
    }

    /// How many bytes of the stream were needed for what was read.
    pub(super) const fn bytes(&self) -> usize {
        self.next - (self.count / 8) as usize
    }

    /// Takes whole bytes, as many as there are and at most `most`.
    pub(super) fn bytes_up_to(&mut self, most: usize) -> &'a [u8] {
        let start = self.bytes();
        let rest = self.stream.get(start..).unwrap_or_default();
        let (bytes, _) = rest.split_at(rest.len().min(most));
        self.jump(start + bytes.len());
        bytes
    }

    /// Goes on with this byte of the stream.
    pub(super) const fn jump(&mut self, byte: usize) {
        self.next = byte;
        self.buffer = 0;
        self.count = 0;
    }
}
