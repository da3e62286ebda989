//! How WebKitGTK draws. Its buffers are shared with a graphics card; without one they are made by a
//! software renderer, and a key takes twice the time to show (`docs/benchmarks.md`).

#[cfg(target_os = "linux")]
const WITHOUT: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Starts the program anew, in its own place, where there is no graphics card and nobody chose
/// otherwise: WebKit reads the choice from the environment it was started with.
///
/// # Errors
/// Where it cannot be started anew.
#[cfg(target_os = "linux")]
pub fn begin_again_without_gpu() -> Result<(), String> {
    use std::os::unix::process::CommandExt as _;
    if std::env::var_os(WITHOUT).is_some() || has_render_node() {
        return Ok(());
    }
    let own = std::env::current_exe().map_err(|error| format!("its own file: {error}"))?;
    let error = std::process::Command::new(own)
        .args(std::env::args_os().skip(1))
        .env(WITHOUT, "1")
        .exec();
    Err(format!("it could not be started anew: {error}"))
}

/// Whether there is anything to show a window on.
pub fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux")) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

#[cfg(target_os = "linux")]
fn has_render_node() -> bool {
    let nodes = std::fs::read_dir("/dev/dri")
        .into_iter()
        .flatten()
        .flatten();
    let mut names = nodes.map(|node| node.file_name());
    names.any(|name| name.to_string_lossy().starts_with("renderD"))
}

/// Other systems draw by themselves.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn begin_again_without_gpu() -> Result<(), String> {
    Ok(())
}
