//! How far a run is, for whoever waits for it at a terminal.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Console;
use crate::run::engine::Event;

/// How long nobody wants to be told how far a run is.
pub(super) const UNBORING: Duration = Duration::from_secs(1);

/// A bar on a terminal; nothing where standard error is none.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(super) fn new(total: usize) -> Progress {
        let bar =
            ProgressBar::with_draw_target(u64::try_from(total).ok(), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} requests  {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Progress { bar }
    }

    pub(super) fn note(&self, event: &Event<'_>) {
        match event {
            Event::Exchanged => self.bar.inc(1),
            Event::CaseFinished(case) => self.bar.set_message((*case).to_owned()),
        }
    }

    pub(super) fn show(&self) {
        self.bar.set_draw_target(ProgressDrawTarget::stderr());
        // A target that keeps everybody waiting brings no event to draw at.
        self.bar.enable_steady_tick(Duration::from_millis(200));
    }

    /// Writes remarks between the bar's drawings; where it is to be quiet, for a terminal only.
    pub(super) fn remarks(&self, quiet: bool) -> impl Fn(&str) + Send + 'static {
        let bar = self.bar.clone();
        move |text| {
            if !quiet || std::io::stderr().is_terminal() {
                bar.suspend(|| Console::new().remark(text));
            }
        }
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
