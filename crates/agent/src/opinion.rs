//! What the other programs think of a game that the challenger plays by the game's own.

use std::sync::Arc;

use alloy::primitives::Address;
use endgame_prestate::Program;
use tokio::task::JoinHandle;

use crate::{
    AgentError, AgentEvent, Observer,
    judges::{Disagreement, Judge, compare},
    roots::{OutputRoots, RootRequest},
};

/// The programs that are asked about a game beside its own.
#[derive(Clone, Default)]
pub(crate) struct OtherJudges(Option<Arc<(Program, Vec<Judge>)>>);

/// How far the others have got with one game.
#[derive(Default)]
pub(crate) enum Opinion {
    /// They were not asked, or could not say.
    #[default]
    Open,
    /// They are at it: what they say comes at the end, nothing if one of them could not.
    Asked(JoinHandle<Option<Vec<Disagreement>>>),
    /// They have spoken.
    Given(Vec<Disagreement>),
}

impl OtherJudges {
    /// Those beside `own`.
    pub(crate) fn new(own: Program, others: Vec<Judge>) -> Self {
        Self((!others.is_empty()).then(|| Arc::new((own, others))))
    }
}

impl Opinion {
    /// Asks the others in the background if they have not spoken: the game does not wait for them.
    pub(crate) async fn ask(
        &mut self,
        others: &OtherJudges,
        (game, request): (Address, RootRequest),
        own: &OutputRoots,
        observer: &Observer,
    ) {
        if matches!(self, Self::Asked(running) if running.is_finished()) {
            self.hear().await;
        }
        let (Self::Open, Some(judges)) = (&*self, &others.0) else {
            return;
        };
        let (judges, own, observer) = (Arc::clone(judges), own.clone(), observer.clone());
        *self = Self::Asked(tokio::task::spawn_blocking(move || {
            let (program, others) = &*judges;
            let about = (game, request);
            let asked = others
                .iter()
                .map(|other| ask_one(other, about, (*program, &own), &observer));
            let asked: Result<Vec<_>, _> = asked.collect();
            asked.ok().map(|all| all.into_iter().flatten().collect())
        }));
    }

    /// Waits for those that are at it, and gives what they disagree on.
    pub(crate) async fn hear(&mut self) -> &[Disagreement] {
        if let Self::Asked(running) = self {
            // One that died has said why in the log.
            *self = match running.await.ok().flatten() {
                Some(found) => Self::Given(found),
                None => Self::Open,
            };
        }
        match self {
            Self::Given(found) => found,
            _ => &[],
        }
    }
}

/// What one of the others does not agree on.
fn ask_one(
    other: &Judge,
    (game, request): (Address, RootRequest),
    own: (Program, &OutputRoots),
    observer: &Observer,
) -> Result<Option<Disagreement>, AgentError> {
    let program = other.program;
    let theirs = other.roots.roots(&request).inspect_err(|error| {
        tracing::warn!(%game, %program, %error, "no second opinion");
        observer.emit(AgentEvent::JudgeFailed {
            game,
            program: program.name(),
            reason: error.to_string(),
        });
    })?;
    let found = compare(&request, own, (program, &theirs));
    if let Some(found) = found {
        tracing::error!(%game, "{found}");
        observer.emit(AgentEvent::ProgramsDisagree {
            game: Some(game),
            found,
        });
    }
    Ok(found)
}
