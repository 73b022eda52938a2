//! Color of the brand.

use renumerate_sandbox::{Sandbox, SandboxError};

use crate::support::{TempFolder, start, start_with};

#[tokio::test]
async fn brand_color_is_part_of_the_styles() {
    let default = start(Sandbox::builder()).await.get("/widgets.css").await;
    let widgets = start_with(Sandbox::builder(), |widgets| widgets.brand_color("#FFD400")).await;
    let branded = widgets.get("/widgets.css").await;
    assert!(branded.text.starts_with(&default.text) && !default.text.contains("#FFD400"), "{}", default.text);
    assert!(branded.text.contains("--brand: #FFD400; --on-brand: #000000;"), "{}", branded.text);
    assert_eq!(branded.header("content-type"), Some("text/css"));
}

#[tokio::test]
async fn invalid_brand_color_is_reported() {
    let folder = TempFolder::new();
    let widgets = folder.widgets().brand_color("#000000; }");
    let error = Sandbox::builder().widgets(widgets).start().await.unwrap_err();
    assert!(matches!(error, SandboxError::InvalidBrandColor(_)), "{error}");
    assert!(!folder.0.exists(), "no certificate authority is created");
}
