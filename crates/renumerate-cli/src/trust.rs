//! The certificate authority of the widgets: where it is kept, and how a browser comes to trust it.

use std::fs;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::failure::Failure;

/// The folder of the authority, in the user's data.
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    let strategy = etcetera::base_strategy::choose_native_strategy()
        .map_err(|error| Failure::Other(format!("the user's data folder is not known: {error}; set HOME")))?;
    Ok(strategy.data_dir().join("renumerate"))
}

/// Copies the certificate to a file of the user's choice. The authority's own files stay what they are.
pub(crate) fn copy(certificate: &Path, file: &Path) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Other(format!("{}: {error}", file.display()));
    let text = fs::read(certificate).map_err(|error| failed(&error))?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().map_err(|error| failed(&error))?;
    let target = file.canonicalize().unwrap_or_else(|_| folder.join(file.file_name().unwrap_or_default()));
    let own = certificate.parent().and_then(|own| own.canonicalize().ok());
    if own.as_deref().is_some_and(|own| target.starts_with(own)) {
        return Err(failed(&"the authority keeps its own files there; it is there already, as ca.pem"));
    }
    fs::write(file, text).map_err(|error| failed(&error))
}

/// For which browsers `how` is, and what the others need.
pub(crate) const NOTE: &str = if cfg!(target_os = "macos") {
    "Safari and Chrome; for Firefox import it in its settings"
} else if cfg!(windows) {
    "Edge and Chrome; for Firefox import it in its settings"
} else {
    "Chrome, by certutil of libnss3-tools; for Firefox import it in its settings"
};

/// What makes the browsers of this system trust the certificate.
pub(crate) fn how(certificate: &Path) -> String {
    let file = certificate.display();
    if cfg!(target_os = "macos") {
        format!(
            "security add-trusted-cert -r trustRoot -p ssl -k ~/Library/Keychains/login.keychain-db '{file}'"
        )
    } else if cfg!(windows) {
        format!("certutil -user -addstore Root \"{file}\"")
    } else {
        format!(
            "db=~/.pki/nssdb; [ -e $db/cert9.db ] || {{ mkdir -p $db && certutil -d sql:$db -N --empty-password; }}; \
             certutil -d sql:$db -A -t C,, -n 'Renumerate sandbox CA' -i '{file}'"
        )
    }
}
