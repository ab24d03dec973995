//! Finds, verifies, stores and serves the preimages a fault proof program asks for.
