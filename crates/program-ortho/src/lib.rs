//! ortho: an independent OP Stack state transition function written from the specs.
