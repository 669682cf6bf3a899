"""Writes ordinary.json: 2,080 values as tools really send them, none of which a scrubber may change. The seed is fixed."""
import hashlib
import json
import pathlib
import random
import uuid

rng = random.Random(20261129)
pick = rng.choice


def version():
    form = pick(["{a}.{b}.{c}", "v{a}.{b}.{c}", "{a}.{b}", "{a}.{b}.{c}-beta.{d}", "{a}.{b}.{c}-rc{d}", "{a}.{b}.{c}+build.{e}",
                 "{a}.{b}.{c}-preview.{d}.{e}", "{a}.{b}.{e}.{f}", "^{a}.{b}.{c}", "~{a}.{b}.0", ">={a}.{b}", "{y}.{m}.{d}",
                 "{y}{m:02}{d:02}",
                 "{a}.{b}.{c}-alpha", "{a}.x", "r{e}", "{a}.{b}.{c}-{h}", "{a}.{b}.{c}~deb12u{d}", "{a}.{b}.{c}.post{d}",
                 "{a}.{b}.{c}.dev{e}",
                 "v{a}.{b}.{e}.{f}", "{a}.{b}.{c}.v{y}{m:02}{d:02}", "{a}:{b}.{c}-{d}ubuntu{d}", "{a}.{b}.{c}-SNAPSHOT",
                 "{a}.{b}.{c}.Final"])
    return form.format(a=rng.randint(0, 30), b=rng.randint(0, 60), c=rng.randint(0, 90), d=rng.randint(1, 28), e=rng.randint(300, 9999),
                       f=rng.randint(256, 4000), y=rng.randint(2019, 2027), m=rng.randint(1, 12), h=digest(7))


def digest(length, function=hashlib.sha256):
    return function(str(rng.random()).encode()).hexdigest()[:length]


TOOLS = """git docker kubectl npm pnpm yarn cargo go dotnet mvn gradle pip poetry terraform helm make cmake ninja bazel rustup deno bun
composer bundle rake mix stack cabal swift xcodebuild adb flutter dart ansible-playbook vagrant packer az gcloud aws gh glab hg svn ffmpeg
convert pandoc jq yq rg fd sed awk tar rsync curl wget ssh scp openssl psql sqlite3 redis-cli mongosh systemctl journalctl""".split()
VERBS = """build test run publish restore install update upgrade clean lint format check deploy init list show status log diff push pull
fetch clone checkout merge rebase commit tag apply plan destroy scale rollout exec inspect prune login logout search outdated audit
doctor bench doc fix pack add remove export import migrate seed watch serve""".split()
FLAGS = """--verbose --quiet --no-cache --force --dry-run --all --json --watch --recursive --parallel=4 --jobs=8 --output=json -v -vv -q -n
-j8 --configuration=Release --target=web --profile=dev --no-restore --frozen-lockfile --depth=1 --since=2.weeks --max-old-space-size=4096
--filter=FullyQualifiedName~Parser --color=always --format={{.ID}} --namespace=default --replicas=3 --timeout=30s --retries=5 --offline
--log-level=debug --platform=linux/arm64 --build-arg=NODE_ENV=production -p:Version=1.2.3 -DskipTests -Xmx2g -O2 -Wall --std=c++20
--no-password --password-stdin --token-file --with-secrets --max-tokens=512 --key-type=rsa --cert-dir=./certs --user=1000 -u 1000:1000
--port=8080 --host=0 --locale=de-DE --threads=16 --no-emit --strict --fix --coverage --bail --sort=-cpu --tail=100 --follow
--credential-helper --keyring-backend --no-auth --allow-insecure --password-length=16 --phone-format=e164 --mask-email""".split("\n")
FLAGS = [flag for line in FLAGS for flag in line.replace("-u 1000:1000", "").split()]
FLAGS += ["-u 1000:1000", "-u node:node", "-u root", "-p 8080:80"]
WORDS = """parser token secret password key user home account session phone card address server client index page image cache queue worker
config schema model view controller service handler router store widget button table column row cell chart report invoice order cart
payment login logout profile settings search filter export import upload download stream buffer thread lock pool socket channel event metric
counter gauge histogram span trace log record batch retry timeout backoff shard replica leader snapshot migration rollback""".split()
NAMES = """Parser Token Secret Password Key User Home Account Session Phone Card Address Server Client Index Page Image Cache Queue Worker
Config Schema Model View Controller Service Handler Router Store Widget Table Chart Report Invoice Order Payment Login Settings Stream
Buffer Thread Socket Event Metric Counter Span Trace Batch Retry Timeout Shard Replica Snapshot Migration Http Json Utf8 Base64 Sha256
X509 Ipv6 OAuth2 Http2 Md5 Int32 Vector3 Matrix4x4""".split()
FOLDERS = """src lib test tests docs app apps packages internal cmd pkg core api web ui home users assets public scripts tools build dist
target node_modules vendor third_party include samples examples benchmarks fixtures""".split()
EXTENSIONS = "cs ts tsx js py go rs java kt c cpp h rb php swift md json yaml toml xml html css sql proto sh ps1 gradle csproj lock".split()
SYSTEM = """/usr/lib/x86_64-linux-gnu/libc.so.6|/usr/share/dotnet/sdk/10.0.100/MSBuild.dll|/opt/hostedtoolcache/node/22.11.0/x64/bin/node
/etc/ssl/certs/ca-certificates.crt|/var/lib/docker/overlay2|/var/log/nginx/access.log|/tmp/build-1234/out.o|/proc/self/status|/dev/null
C:\\Program Files\\dotnet\\dotnet.exe|C:\\Windows\\System32\\cmd.exe|D:\\a\\1\\s\\src\\App.csproj|/workspace/app/package.json
/app/bin/server
/usr/local/go/src/net/http/server.go|/Library/Developer/CommandLineTools|/Applications/Xcode.app/Contents|/System/Library/Frameworks
/var/www/html/index.php|/srv/www/site/home/index.html|/run/user/1000/bus|/etc/passwd|/home|/home/|~/.config/tool/settings.toml|~/.npmrc
$HOME/.cargo/bin|%USERPROFILE%\\AppData|%APPDATA%\\npm|/nix/store/3n58xw4373jp0ljirf06d8077j15pc4j-glibc-2.37-8|./home/page.tsx
../users/list.ts|src/home/page.tsx|app/users/[id]/page.tsx|/github/workspace/dist|/__w/repo/repo/src/main.rs|\\\\?\\Volume{guid}
C:\\hostedtoolcache\\windows\\Python\\3.12.4\\x64|C:/msys64/usr/bin|/mnt/d/work/app|/cygdrive/d/build|file:///usr/share/doc/index.html"""
SYSTEM = [path for line in SYSTEM.split("\n") for path in line.split("|")]


def lower(separator, count):
    return separator.join(rng.sample(WORDS, count))


def camel(count):
    return "".join(rng.sample(NAMES, count))


def path():
    parts = rng.sample(FOLDERS, rng.randint(1, 3)) + rng.sample(WORDS, rng.randint(0, 1))
    file = pick([lower("-", 2), lower("_", 2), camel(2), camel(3), pick(WORDS)])
    text = "/".join(parts) + "/" + file + "." + pick(EXTENSIONS)
    return pick([text, text, text, "./" + text, text.replace("/", "\\"),
                 f"{text}:{rng.randint(1, 900)}:{rng.randint(1, 99)}", "**/" + text])


def command():
    parts = [pick(TOOLS), pick(VERBS)] + rng.sample(FLAGS, rng.randint(0, 2))
    if rng.random() < 0.5:
        parts.append(pick([path(), lower("-", 2), pick(WORDS), version()]))
    return " ".join(parts)


def identifier():
    return pick([
        lambda: camel(rng.randint(2, 5)), lambda: lower("_", rng.randint(2, 4)), lambda: lower("-", rng.randint(2, 5)),
        lambda: "System." + camel(2) + "." + camel(2) + pick(["Exception", "Async", "Factory", "Options"]),
        lambda: lower("::", 3), lambda: camel(1) + "::" + pick(WORDS), lambda: lower(".", 3), lambda: lower("_", 3).upper(),
        lambda: "I" + camel(2) + "<" + camel(1) + ">", lambda: lower(":", 2), lambda: camel(2) + "." + camel(1) + "`2",
        lambda: camel(3) + str(rng.randint(2, 99)) + camel(1), lambda: "get" + camel(2) + "By" + camel(1) + "Id",
        lambda: f"com.example.{pick(WORDS)}.{camel(2)}", lambda: f"org/{pick(WORDS)}/{camel(2)}$1",
        lambda: f"{pick(WORDS)}_v{rng.randint(1, 9)}",
        lambda: "feature/" + pick(["ABC", "PROJ", "WEB"]) + f"-{rng.randint(10, 9999)}-" + lower("-", 3),
        lambda: f"{pick(WORDS)}@{pick(['latest', 'next', 'beta', 'main', 'canary'])}",
        lambda: f"@{pick(WORDS)}/{lower('-', 2)}@{rng.randint(1, 9)}.{rng.randint(0, 9)}.0",
        lambda: f"actions/{pick(WORDS)}@v{rng.randint(1, 6)}.{rng.randint(0, 9)}.{rng.randint(0, 9)}",
        lambda: f"npm_config_{lower('_', 2)}_{rng.randint(1, 9)}", lambda: f"hf_hub_{lower('_', 2)}_v{rng.randint(1, 9)}"])()


def opaque():
    return pick([
        lambda: str(uuid.UUID(int=rng.getrandbits(128), version=pick([1, 4, 5]))),
        lambda: str(uuid.UUID(int=rng.getrandbits(128), version=4)).upper(), lambda: "{" + str(uuid.UUID(int=rng.getrandbits(128))) + "}",
        lambda: digest(40, hashlib.sha1), lambda: digest(64), lambda: digest(32, hashlib.md5), lambda: digest(7), lambda: digest(12),
        lambda: "sha256:" + digest(64), lambda: "md5:" + digest(32), lambda: f"{pick(WORDS)}-{digest(10)}-{digest(5)}",
        lambda: "0x" + digest(8), lambda: "0x" + digest(16), lambda: f"build-{rng.randint(1000, 99999)}",
        lambda: f"#{rng.randint(1, 99999)}",
        lambda: "".join(rng.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=26)), lambda: f"W/\"{digest(16)}\"",
        lambda: f"CVE-{rng.randint(2015, 2026)}-{rng.randint(1000, 49999)}", lambda: f"ISSUE-{rng.randint(1, 9999)}",
        lambda: f"00-{digest(32)}-{digest(16)}-01", lambda: f"{rng.randint(100000, 999999)}", lambda: f"i-0{digest(16)}",
        lambda: f"arn:aws:s3:::{lower('-', 2)}", lambda: f"pid={rng.randint(2, 40000)}", lambda: f"KB{rng.randint(4000000, 5999999)}"])()


def number():
    return pick([
        lambda: f"{rng.randint(2020, 2027)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        lambda: "{}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(
            rng.randint(2020, 2027), rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23), rng.randint(0, 59), rng.randint(0, 59)),
        lambda: f"{rng.randint(1, 28):02}.{rng.randint(1, 12):02}.{rng.randint(2020, 2027)}",
        lambda: f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}.{rng.randint(0, 999):03}",
        lambda: f"{rng.randint(1, 900)} ms", lambda: f"{rng.random() * 90:.3f}s",
        lambda: f"{rng.randint(1, 1023)},{rng.randint(0, 999):03} KiB",
        lambda: f"{rng.randint(0, 100)}%", lambda: f"{rng.random() * 10:.2f}e{rng.randint(3, 11)}",
        lambda: f"{rng.randint(1, 4000)}x{rng.randint(1, 3000)}",
        lambda: str(rng.randint(1_600_000_000, 1_799_999_999)), lambda: str(rng.randint(1_600_000_000_000, 1_799_999_999_999)),
        lambda: f"exit code {rng.randint(1, 255)}", lambda: f"{rng.randint(1, 99)}/{rng.randint(100, 999)}",
        lambda: f"{rng.randint(1, 9)}h{rng.randint(1, 59)}m",
        lambda: f"+{rng.randint(1, 9999)} -{rng.randint(1, 999)}", lambda: f"line {rng.randint(1, 900)}, column {rng.randint(1, 90)}",
        lambda: f"{rng.randint(100, 999)} {rng.randint(100, 999)} {rng.randint(1000, 4096)}", lambda: f"{rng.random():.16f}",
        lambda: f"frame {rng.randint(1, 999):04} {rng.randint(1, 12):02}:{rng.randint(1, 59):02}",
        lambda: f"{rng.randint(1024, 65535)}/tcp", lambda: f"{rng.randint(3, 12)}-{rng.randint(13, 99)}",
        lambda: f"[{rng.randint(1, 9)}, {rng.randint(10, 99)}, {rng.randint(100, 999)}]"])()


def link():
    host = pick(["example.com", "example.org", "docs.example.net", "hub.example.com", "github.example.com", "localhost"])
    return pick([
        lambda: f"https://{host}/{lower('/', 2)}", lambda: f"https://{host}/{pick(WORDS)}?page={rng.randint(1, 40)}&sort={pick(WORDS)}",
        lambda: f"http://localhost:{rng.randint(1024, 9999)}/home/{pick(WORDS)}",
        lambda: f"https://{host}/users/{rng.randint(1, 900)}/{pick(WORDS)}",
        lambda: f"GET /users/{rng.randint(1, 99)}/{pick(WORDS)}", lambda: f"POST /api/{pick(WORDS)}/{{id}}",
        lambda: f"https://{host}/search?q={lower('%20', 2)}&lang=en",
        lambda: f"https://{host}/{pick(WORDS)}?key=PROJ-{rng.randint(10, 999)}",
        lambda: f"ghcr.io/org/{pick(WORDS)}:{version()}".replace("+", "-"),
        lambda: f"mcr.microsoft.com/dotnet/{pick(['sdk', 'runtime'])}:{rng.randint(6, 10)}.0-alpine",
        lambda: f"git+https://{host}/org/{pick(WORDS)}.git#{digest(7)}",
        lambda: f"pkg:npm/{pick(WORDS)}@{rng.randint(1, 9)}.{rng.randint(0, 30)}.{rng.randint(0, 30)}",
        lambda: f"https://{host}/{pick(WORDS)}#{lower('-', 2)}",
        lambda: f"s3://{lower('-', 2)}/{pick(WORDS)}/{digest(8)}.gz",
        lambda: f"/{pick(WORDS)}/{pick(WORDS)}?return=%2F{pick(WORDS)}%2F{pick(WORDS)}",
        lambda: f"redis://cache:6379/{rng.randint(0, 9)}", lambda: f"{pick(WORDS)}.{pick(WORDS)}.svc.cluster.local:{rng.randint(80, 9000)}",
        lambda: f"Mozilla/5.0 (X11; Linux x86_64; rv:{rng.randint(100, 140)}.0) Gecko/20100101",
        lambda: f"{pick(TOOLS)}/{rng.randint(1, 9)}.{rng.randint(0, 20)}.{rng.randint(0, 20)} (linux; x64)"])()


ERRORS = """Unexpected token: {w}|Unexpected token '{{' at position {n}|password is required|Password must be at least {n} characters
Invalid password: incorrect|Enter password: |password: required|secret {w} not found in vault|token expired {n} seconds ago
Missing key '{w}' in object|api key missing|No such file or directory: {p}|Could not find a part of the path {p}
expected {n} arguments, got {n}
Module not found: Can't resolve './{w}'|error CS1002: ; expected|error TS2304: Cannot find name '{c}'|warning: unused variable `{w}`
panic: runtime error: index out of range [{n}] with length {n}|Segmentation fault (core dumped)|{c}Exception: {w} is null
at {c}.{c}() in {p}:line {n}|TypeError: Cannot read properties of undefined (reading '{w}')|KeyError: '{w}'|ECONNREFUSED connect to {w}:{n}
Permission denied (publickey)|The phone number is not valid|card declined: insufficient funds|HTTP {n} from {w} service|exit status {n}
{c} has been deprecated; use {c} instead|bearer authentication required|Authorization: required|cookie not found
session {w} closed after {n} ms
killed by signal {n}|{n} tests passed, {n} failed, {n} skipped|pass=12 fail=0|pass: {n}, fail: {n}|Compiling {w} v0.{n}.0
linking {w} with ld: -l{w}
retry {n} of 5 in {n} s|tokens: {n}|max_tokens={n}|prompt_tokens: {n}, completion_tokens: {n}|key: {w}, value: {w}|user: {w}|home: not set
password policy changed|cannot convert '{c}' to '{c}'|deadline exceeded while calling {w}.{w}|Unhandled exception. System.{c}Exception: {w}
basic usage of {w}|private key file is missing|signature mismatch for {w}|assert {w} == {n}|{{"ok":true,"count":{n}}}
{{"level":"info","msg":"{w} done"}}
secrets: inherit|permissions: id-token: write|sha mismatch for {w}|password: ${{PASSWORD}}|token: ${{{{ secrets.GITHUB_TOKEN }}}}
password: {{0}}
token == null|if (secret === undefined)|const password = |type Token is not assignable to {c}|<password></password>
SELECT * FROM {w} WHERE id = {n}|@{c} decorator
cc @{w}|{w}@localhost|{w}@{n}.x|mail sent to {n} recipients|e-mail: optional|{n} @ {n} MHz|~{n} items|~{w}|-- {w}|key => value
{w} => {n}""".replace("\n", "|").split("|")


def error():
    text = pick(ERRORS)
    while "{w}" in text or "{n}" in text or "{c}" in text or "{p}" in text:
        text = text.replace("{w}", pick(WORDS), 1).replace("{n}", str(rng.randint(1, 999)), 1)
        text = text.replace("{c}", camel(2), 1).replace("{p}", path(), 1)
    return text.replace("{{", "{").replace("}}", "}")


# Ten languages; {n} is a number, {w} a word of a program.
SENTENCES = """The build of {w} finished after {n} seconds.|We could not open the file; check the permissions of {w}.
Found {n} warnings – none of them is new.
“{w}” isn’t a known command. Did you mean “{w}”?|Your password was changed {n} days ago.
Der Befehl {w} ist nach {n} Sekunden fertig.|Die Datei konnte nicht geöffnet werden: Zugriff verweigert.
Größe: {n} MB, davon {n} % belegt.|„{w}“ ist kein gültiger Schlüssel.|Passwort erforderlich – bitte {n} Zeichen eingeben.
La commande {w} s’est terminée en {n} s.|Impossible d’ouvrir le fichier : accès refusé.|Taille : {n} Mo sur {n} Go utilisés.
« {w} » n’est pas une clé valide.|Réessayez dans {n} minutes.
El comando {w} terminó en {n} segundos.|¿Está seguro de que desea borrar {w}?|No se encontró el módulo «{w}».
Contraseña obligatoria: mínimo {n} caracteres.|Se omitieron {n} pruebas.
O comando {w} terminou em {n} segundos.|Não foi possível abrir o arquivo {w}.|Versão {n}.0 já está instalada.
A sessão expirou há {n} minutos.|Endereço inválido na linha {n}.
Команда {w} завершилась за {n} секунд.|Не удалось открыть файл: доступ запрещён.|Найдено {n} предупреждений, новых нет.
Неверный пароль, попытка {n}.|Модуль «{w}» не найден.
命令 {w} 在 {n} 秒后完成。|无法打开文件：权限不足。|发现 {n} 个警告，没有新的。|“{w}”不是有效的键。|密码错误，还剩 {n} 次。
コマンド {w} は {n} 秒で完了しました。|ファイルを開けません：アクセスが拒否されました。|警告が{n}件見つかりました。|「{w}」は有効なキーではありません。|バージョン{n}.0がインストールされています。
اكتمل الأمر {w} خلال {n} ثانية.|تعذر فتح الملف: تم رفض الوصول.|تم العثور على {n} تحذيرات.|كلمة المرور مطلوبة.|الإصدار {n}.0 مثبت بالفعل.
فرمان {w} پس از {n} ثانیه تمام شد.|فایل باز نمی‌شود: دسترسی رد شد.|{n} هشدار پیدا شد.|نسخهٔ {n}.۰ نصب شده است.|کلید «{w}» معتبر نیست.
कमांड {w} {n} सेकंड में पूरा हुआ।|फ़ाइल नहीं खुल सकी: अनुमति नहीं है।|{n} चेतावनियाँ मिलीं।|“{w}” मान्य कुंजी नहीं है।
संस्करण २.{n} स्थापित है।
Komut {w} {n} saniyede tamamlandı.|Dosya açılamadı: erişim reddedildi.|{n} uyarı bulundu, yenisi yok.|“{w}” geçerli bir anahtar değil.
Şifre yanlış, {n} deneme kaldı.""".replace("\n", "|").split("|")


def sentence():
    text = pick(SENTENCES)
    while "{w}" in text or "{n}" in text:
        text = text.replace("{w}", pick(WORDS), 1).replace("{n}", str(rng.randint(2, 99)), 1)
    return text


def lookalike():
    """What looks like personal data and is none."""
    name = pick(["PASSWORD", "DB_PASSWORD", "TOKEN", "API_KEY"])
    return pick([
        lambda: f"{lower('-', 2)}@{pick(['2x', '3x'])}.{pick(['png', 'jpg', 'webp', 'gif', 'svg'])}",
        lambda: f"{pick(WORDS)}@{pick(['v1', 'tty1', '1000', '16-main', 'office'])}.{pick(['service', 'socket', 'timer', 'mount'])}",
        lambda: f"git@{pick(['github.com', 'gitlab.com', 'git.example.org'])}:{pick(WORDS)}/{lower('-', 2)}.git",
        lambda: f"{pick(['ssh', 'git+ssh'])}://git@git.example.org/{pick(WORDS)}/{pick(WORDS)}.git",
        lambda: f"{pick(['version', 'Version', 'version:'])} {rng.randint(1, 20)}.{rng.randint(0, 9)}.{rng.randint(0, 9)}.{rng.randint(0, 9)}",
        lambda: f"v10.0.{rng.randint(10000, 26100)}.{rng.randint(1, 9000)}",
        lambda: pick(["127.0.0.1", "127.0.0.1:{n}", "http://127.0.0.1:{n}/{w}", "::1", "[::1]:{n}", "0.0.0.0:{n}", "bind 0.0.0.0"]).format(
            n=rng.randint(1024, 9999), w=pick(WORDS)),
        lambda: f"/Users/Shared/{pick(WORDS)}/{pick(FOLDERS)}",
        lambda: pick(["password=", "token=", "secret=", "pwd="]) + pick(["$" + name, "${" + name + "}", "?", ":pw", "%s", "{0}", "<value>"]),
        lambda: pick(["--password", "--token"]) + pick([" <value>", " $" + name, "=$" + name])])()


def collect(make, count, first=()):
    found = dict.fromkeys(first)
    while len(found) < count:
        found[make()] = None
    return list(found)


values = {
    "commands": collect(command, 250), "flags": collect(lambda: pick(FLAGS), 60), "versions": collect(version, 200),
    "paths": collect(path, 250, SYSTEM), "identifiers": collect(identifier, 320), "ids": collect(opaque, 250),
    "numbers": collect(number, 180), "links": collect(link, 180), "messages": collect(error, 190), "sentences": collect(sentence, 120),
    "lookalikes": collect(lookalike, 80)}
assert sum(map(len, values.values())) == 2080, {kind: len(of) for kind, of in values.items()}
about = "Ordinary values that scrubbing must not change, written by ordinary.py."
pathlib.Path(__file__).with_name("ordinary.json").write_text(
    json.dumps({"comment": about, "values": values}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
