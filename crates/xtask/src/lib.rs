//! What the repository does for itself: checks of its own shape, and evidence made to order.

pub mod cloudtrail;
pub mod draw;
pub mod evidence;
pub mod gzip;
pub mod incident;
pub mod moment;
pub mod tidy;
