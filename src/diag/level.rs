//! What a finding does: stop everything, refuse an entry, or tell.

use crate::diag::Lang;

/// What a finding does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Nothing is published at all.
    Stop,
    /// The entry is not published.
    Refuse,
    /// Published; the team should look.
    Warn,
    /// For information.
    Note,
}

impl Level {
    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Refuse => "refuse",
            Self::Warn => "warn",
            Self::Note => "note",
        }
    }

    /// The word shown to the team.
    #[must_use]
    pub fn word(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Stop, Lang::Zh) => "停止",
            (Self::Refuse, Lang::Zh) => "不予发布",
            (Self::Warn, Lang::Zh) => "请核对",
            (Self::Note, Lang::Zh) => "提示",
            (Self::Stop, Lang::En) => "stop",
            (Self::Refuse, Lang::En) => "refused",
            (Self::Warn, Lang::En) => "check",
            (Self::Note, Lang::En) => "note",
        }
    }
}
