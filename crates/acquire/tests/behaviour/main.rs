//! How evidence is acquired, seen from outside.

mod bombs;
mod containers;
mod evidence;
mod names;
mod originals;
mod properties;
mod reopening;
mod scanning;
mod stop;
