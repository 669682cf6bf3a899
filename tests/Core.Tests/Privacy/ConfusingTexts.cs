using System.Text;

namespace TelemetryKit.Core.Tests.Privacy;

/// <summary>
/// Texts in which patterns begin, overlap, end early and adjoin: fragments of real matches, concatenated at random and then modified.
/// </summary>
internal sealed class ConfusingTexts(int seed)
{
    private static readonly string[] Fragments =
    [
        "alice", "@", "example.com", ".", "1.2.3", "163.com", "a@b.co", "/home/", "/Users/", "/mnt/c", "/var", "C:\\Users\\",
        "c:/users/", "bob", "\\", "/", "~al/", "file://",
        "eyJhbGciOi", "eyJ9abcdefgh.x1234567", ".abc", "ghp_", "npm_", "0123456789abcdef", "xoxb-", "AKIA", "Bearer ", "basic ",
        "abcdefghij0123456", "://", "u:p@", "password", "token", "Api-Key",
        "secretkey", "=", ":", " = ", ": ", "\"", "'", "--token ", "--pwd", "hunter22", "-----BEGIN ", "KEY-----",
        "10.0.0.1", "192.168.1.300", "::1", "2001:db8:", ":8a2e:370", "fe80::", "ffff:", "::",
        "00:1a:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E", "10:30:05", "+49 170 12", "+1", "(555) ", "555-", "123-4567", "06 12 34",
        " 56 78", "0171-", "4111", " 1111", "-1111", "4111111111111111", "3782 822463 10005",
        "q7Zt1XbV9mKp3RwY", "5sLd8GhJ2fNc6TaE", "+/", "==", "_", "-", " ", ",", ";", "é", "构", "🎉", "[email]", "[", "]",
        "%40", "%2F", "%", "25", "％", "＠", "．", "１", "２５５", "\u200b", "\u00a0", "\u00ad", "‑", "–", "٣", "。", "пример.рф", "ü",
        "home", "homes/", "/mnt/", "/data", "/users/", "me", "/root",
        "\\\\srv\\", "users", "c$\\", "profiles$", "Documents and Settings\\",
        " Ada", " Élan", "SG.", "hvs.", "ya29.", "bot12345678:AA", "1//0", "key-0123456789abcdef", "0123456789abcdef0123456789abcdef",
        "MTIzNDU2Nzg5MDEyMzQ1Njc4", ".Gabcde.", "hooks.slack.com/services/",
        "authorization", "Cookie: a=", "Token ",
        "sk-", "oy2",
        " => ", "=>", ">", "</", "<", "\\\"", "--db-", "--no-password ", "-u ", "--user=", "ada:hunter2", "?sig=", "&x-amz-signature=",
        "required",
        "0044 20", " 7946 0958", "001.", "212.555.0123", ".", "4.111111111111111", "e15", "E+14", "001b.4411.3ab7", "_10.1.2.3", "a.",
        "\\u0040", "\\x40", "&#64;", "&#x40;", "&#", "git", "hg", "@3x", ".png", "@v1", ".service", "version ", "Versions=", "127.0.0.1",
        "0.0.0.0", "255.255.255.0", "::01", "0:0", "64:ff9b::198.051.100.7", "Shared", "Public", "home/users/", "Benutzer\\", "Usuários\\",
        "C:\\", "用户\\", "dokumente und einstellungen\\", "\\\\wsl$\\", "//wsl.localhost/", "Ubuntu\\", "home\\",
        "machine h ", "machine", "login u ", "\n", "password p", "mysql ", "mariadb-dump ", "-u x ", "-p", "mot de passe", "contraseña",
        "CONTRASEÑA", "senha", "hasŁo", "heslo", "kennwort", "пароль", "ПАРОЛЬ", "密码", "パスワード", "비밀번호", "passord",
        "$", "{", "}", "%s", "?", "*", "VAR", "{0}", "<x>",
        "2026-11-20T10:30:00Z", "v", "x", "0", "9", "\n", "\0", "%", "(", ")",
    ];

    private readonly Random _random = new(seed);

    public string Next()
    {
        var text = new StringBuilder();
        for (var n = _random.Next(1, 9); n > 0; n--)
            text.Append(Fragments[_random.Next(Fragments.Length)]);
        for (var n = _random.Next(3); n > 0 && text.Length > 0; n--)
        {
            var at = _random.Next(text.Length);
            if (!char.IsSurrogate(text[at]))
                text[at] = (char)_random.Next(0x20, 0x7f);
        }

        return text.ToString();
    }
}
