//! Answers from small cases, compared with an independent evaluation and by hand.

mod answers;
mod asked;
mod case;
mod equal;
mod noted;
mod sources;
