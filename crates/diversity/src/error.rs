//! What is wrong with facts.

/// Why facts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DiversityError {
    /// They are not the JSON that is expected.
    #[error("the facts about mechanisms are not well-formed: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A mechanism has a component that is not described.
    #[error("mechanism {mechanism} has the component {component}, which is not described")]
    NoComponent {
        /// The mechanism.
        mechanism: String,
        /// The component.
        component: String,
    },
}
