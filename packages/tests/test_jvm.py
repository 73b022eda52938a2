"""Published jars: their contents, their POMs, and projects that build and run with them.

`packages/assemble` builds them.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from machines import Machine
from published import ROOT, TARGETS, VERSION

PUBLISHED = ROOT / "target/packages/jvm"
NATIVES = ROOT / "target/packages/natives/libraries"
COMMANDS = ROOT / "target/packages/natives/commands/com/renumerate/testing"
ARTIFACTS = {"renumerate-kotlin": NATIVES, "renumerate-testing": COMMANDS}
"""The artifacts, and the folders of their native files."""

PLATFORM = re.compile(r"(linux|darwin|win32)-(?:x86-64|aarch64)")
"""Platform names in JNA's form."""

LIBRARY = {"linux": "librenumerate_uniffi.so", "darwin": "librenumerate_uniffi.dylib", "win32": "renumerate_uniffi.dll"}
COMMAND = {"linux": "renumerate", "darwin": "renumerate", "win32": "renumerate.exe"}
SOURCES = {
    "renumerate-kotlin": ["client/src/main/kotlin", "client/src/main/generated"],
    "renumerate-testing": ["testing/src/main/kotlin"],
}
RESOURCES = {
    "renumerate-kotlin": ["META-INF/com.android.tools/r8/renumerate.pro", "META-INF/renumerate-kotlin.kotlin_module"],
    "renumerate-testing": ["META-INF/renumerate-testing.kotlin_module"],
}
MAVEN_FILES = {
    artifact: [
        "META-INF/MANIFEST.MF",
        f"META-INF/maven/com.renumerate/{artifact}/pom.properties",
        f"META-INF/maven/com.renumerate/{artifact}/pom.xml",
    ]
    for artifact in ARTIFACTS
}

artifacts = pytest.mark.parametrize("artifact", ARTIFACTS)


def published(artifact: str, ending: str) -> Path:
    path = PUBLISHED / "com/renumerate" / artifact / VERSION / f"{artifact}-{VERSION}{ending}"
    assert path.exists(), f"{path} is missing: run packages/assemble"
    return path


def files(jar: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(jar) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}


def native_files(artifact: str) -> dict[str, Path]:
    """Returns the built native files, by their expected names in the jar."""
    is_client = artifact == "renumerate-kotlin"
    prefix, names = ("", LIBRARY) if is_client else ("com/renumerate/testing/", COMMAND)
    built = {}
    for platform in ARTIFACTS[artifact].iterdir():
        match = PLATFORM.fullmatch(platform.name)
        assert match, f"not a platform of JNA: {platform}"
        name = names[match[1]]
        built[f"{prefix}{platform.name}/{name}"] = platform / name
    return built


def jna_platform() -> str:
    """Returns JNA's name of this platform."""
    system, machine = os.uname().sysname.lower(), os.uname().machine
    return f"{system}-{ {'x86_64': 'x86-64', 'arm64': 'aarch64'}.get(machine, machine) }"


@artifacts
def test_jar_contains_the_expected_files(artifact: str) -> None:
    found = sorted(files(published(artifact, ".jar")))
    package = "com/renumerate/" if artifact == "renumerate-kotlin" else "com/renumerate/testing/"
    classes = [name for name in found if re.fullmatch(rf"{package}[\w/$]+\.class", name)]
    assert len(classes) > 10
    others = ["META-INF/LICENSE", *MAVEN_FILES[artifact], *RESOURCES[artifact], *native_files(artifact)]
    assert sorted(set(found) - set(classes)) == sorted(others)


@artifacts
def test_jar_contains_the_built_native_files(artifact: str) -> None:
    packed, built = files(published(artifact, ".jar")), native_files(artifact)
    assert jna_platform() in {path.parent.name for path in built.values()}
    for name, path in built.items():
        assert packed[name] == path.read_bytes(), name


@artifacts
def test_sources_jar_contains_the_sources(artifact: str) -> None:
    packed = files(published(artifact, "-sources.jar"))
    folders = [ROOT / "bindings/kotlin" / folder for folder in SOURCES[artifact]]
    expected = {str(path.relative_to(folder)): path.read_bytes() for folder in folders for path in folder.rglob("*.kt")}
    assert len(expected) > 5
    assert {name: content for name, content in packed.items() if name not in MAVEN_FILES[artifact]} == expected


@artifacts
def test_docs_have_a_page_for_each_public_class(artifact: str) -> None:
    packed = files(published(artifact, "-javadoc.jar"))
    assert "index.html" in packed
    public = re.compile(r"^public (?:\w+ )*(?:class|interface|object) (\w+)", re.MULTILINE)
    folder = ROOT / "bindings/kotlin" / SOURCES[artifact][0]
    package = "com/renumerate" if artifact == "renumerate-kotlin" else "com/renumerate/testing"
    names = [name for path in folder.rglob("*.kt") for name in public.findall(path.read_text("utf-8"))]
    assert len(names) > 3
    for name in names:
        assert len(packed[f"{package}/{name}.html"]) > 1000, name
    assert not [name for name in packed if "/internal/" in name]


POM = "{http://maven.apache.org/POM/4.0.0}"


@artifacts
def test_pom_meets_the_requirements_of_maven_central(artifact: str) -> None:
    """See https://central.sonatype.org/publish/requirements/."""
    pom = ElementTree.parse(published(artifact, ".pom")).getroot()

    def text(path: str) -> str:
        return (pom.findtext("/".join(POM + tag for tag in path.split("/"))) or "").strip()

    assert (text("groupId"), text("artifactId"), text("version")) == ("com.renumerate", artifact, VERSION)
    assert not VERSION.endswith("-SNAPSHOT")
    for path in ("name", "description", "licenses/license/name", "developers/developer/name"):
        assert text(path), f"no {path}"
    for path in ("url", "licenses/license/url", "developers/developer/organizationUrl", "scm/url"):
        assert re.fullmatch(r"https://\S+", text(path)), f"{path} is {text(path)!r}"
    for path in ("scm/connection", "scm/developerConnection"):
        assert text(path).startswith("scm:git:https://"), f"{path} is {text(path)!r}"
    assert "${" not in ElementTree.tostring(pom, "unicode")
    assert pom.find(f"{POM}parent") is None, "the parent is not published"
    in_jar = files(published(artifact, ".jar"))[f"META-INF/maven/com.renumerate/{artifact}/pom.xml"]
    assert in_jar == published(artifact, ".pom").read_bytes()
    for dependency in pom.iterfind(f"{POM}dependencies/{POM}dependency"):
        assert re.fullmatch(r"\d[\w.]*", dependency.findtext(f"{POM}version") or "")
        assert dependency.findtext(f"{POM}scope") == "compile"


@artifacts
def test_each_file_has_checksums(artifact: str) -> None:
    for ending in (".jar", "-sources.jar", "-javadoc.jar", ".pom"):
        path = published(artifact, ending)
        for name in ("md5", "sha1"):
            expected = hashlib.new(name, path.read_bytes()).hexdigest()
            assert path.with_name(f"{path.name}.{name}").read_text("ascii").strip() == expected


def test_release_requires_the_repository_url(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "REPOSITORY"}
    pom = ROOT / "bindings/kotlin/pom.xml"
    command = ["mvn", "-B", "--strict-checksums", "-P", "release", "-f", pom, "-N", "validate"]
    result = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert "-Drepository=https://" in result.stdout


@pytest.fixture(scope="module")
def local_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Links to the user's Maven repository, without this project's artifacts, which must come from `PUBLISHED`."""
    folder, users = tmp_path_factory.mktemp("m2"), Path.home() / ".m2/repository"
    (users / "com").mkdir(parents=True, exist_ok=True)
    (folder / "com").mkdir()
    for group in [*users.iterdir(), *(users / "com").iterdir()]:
        name = group.relative_to(users)
        if str(name) not in ("com", "com/renumerate"):
            (folder / name).symlink_to(group)
    return folder


@pytest.fixture(scope="module")
def environment(bare_path: str) -> dict[str, str]:
    """Returns an environment with Java and Maven, and without Rust."""
    for tool in ("java", "mvn"):
        assert shutil.which(tool, path=bare_path), f"{tool} is not installed, or only in the folder of cargo"
    names = ("HOME", "LANG", "JAVA_HOME", "TMPDIR")
    return {"PATH": bare_path, **{name: os.environ[name] for name in names if name in os.environ}}


@pytest.fixture(scope="module", params=["kotlin", "java"])
def project(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    local_repository: Path,
    environment: dict[str, str],
) -> tuple[str, Path]:
    """Builds a project with Maven. Returns its language and its folder."""
    folder = tmp_path_factory.mktemp(request.param) / "project"
    shutil.copytree(Path(__file__).parent / "jvm" / request.param, folder)
    settings = [f"-Dpublished={PUBLISHED.as_uri()}", f"-Drenumerate.version={VERSION}"]
    options = ["--batch-mode", "--strict-checksums", "--no-transfer-progress", "--quiet"]
    subprocess.run(
        ["mvn", *options, f"-Dmaven.repo.local={local_repository}", *settings, "package"],
        cwd=folder, env=environment, check=True,
    )  # fmt: skip
    return request.param, folder


def test_maven_resolves_jars_from_the_folder(project: tuple[str, Path], local_repository: Path) -> None:
    for artifact in ARTIFACTS:
        resolved = local_repository / "com/renumerate" / artifact / VERSION / "_remote.repositories"
        assert f"{artifact}-{VERSION}.jar>published=" in resolved.read_text("utf-8")


def test_project_runs_with_the_jars(
    project: tuple[str, Path], target: str, machine: Machine, environment: dict[str, str], command: Path
) -> None:
    if TARGETS[target]["node"].get("libc") == "musl":
        pytest.skip("JNA does not distinguish C libraries, and the jar contains the library for glibc")
    language, folder = project
    classpath = os.pathsep.join(["target/consumer.jar", "target/lib/*"])
    # By default, Java starts processes with jspawnhelper, an arm64 program that this machine cannot run.
    emulated = [f"-Dcommand={command}", "-Djdk.lang.Process.launchMechanism=VFORK"]
    settings = [] if machine.is_this_one else emulated
    main = "ConsumerKt" if language == "kotlin" else "Consumer"
    result = subprocess.run(
        [*machine.java(), *settings, "-cp", classpath, main],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
    flavors = ["suspend", "blocking", "async"] if language == "kotlin" else ["blocking", "async"]
    sessions = [f"{flavor} {prefix}" for flavor in flavors for prefix in ("ret", "sub")]
    assert result.stdout.splitlines() == [f"{each} cus_{number}" for number, each in enumerate(sessions, 1)]
