//! Sections of a run, each of which prints tables.

pub(crate) mod burst;
pub(crate) mod calls;
pub(crate) mod construction;
pub(crate) mod executables;
pub(crate) mod footprint;
pub(crate) mod imports;
pub(crate) mod sizes;
pub(crate) mod start_up;
pub(crate) mod tokens;

/// The figure divided by the peer's, or a dash if there is no peer.
pub(crate) fn ratio(own: f64, peer: Option<f64>) -> String {
    peer.map_or("-".to_owned(), |peer| format!("{:.2}", own / peer))
}
